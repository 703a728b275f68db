// Cards: what a company sees for its posting before anyone has answered. A card is a function of
// (posting, class). Exact scores choose inside who is invited; they are in no card.
// Source:   docs/formats/ranking.md (cards), ARCHITECTURE invariant 7
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/matching/cards/classes.h"
#include "engine/matching/conditions.h"
#include "engine/matching/ranking.h"

namespace noren::matching {

// How well the class row, not any member, fits what the posting asks.
enum class FitBand : std::uint8_t { kA = 1, kB, kC, kD, kE };  // best to worst
std::string_view FitBandName(FitBand band);                    // "A" .. "E"

enum class Qualified : std::uint8_t {
  kAFew = 1,  // fewer than k, none included; they can be invited unseen
  kAtLeastK
};
std::string_view QualifiedName(Qualified qualified);  // "a few", "at least k"

enum class Requirement : std::uint8_t {
  kOccupation = 1,  // the posting's own occupation
  kRegion,          // the posting's own place
  kSkill,
  kLicence,
  kLanguage,
  kExperience,
  kEducation,
  kStartBy,
  kEmploymentType,
  kWage
};
std::string_view RequirementName(Requirement requirement);

enum class Met : std::uint8_t {
  kMet = 1,  // what the row shows of every member meets it
  kNotMet,   // what the row shows does not; a member may wish for other occupations, too
  kUnknown   // the row does not say
};
std::string_view MetName(Met met);

struct RequirementOnCard {
  Requirement requirement = Requirement::kOccupation;
  std::uint32_t index = 0;  // which of the posting's required skills, licences or languages; else 0
  Met met = Met::kUnknown;
  auto operator<=>(const RequirementOnCard&) const = default;
};

struct Card {
  std::uint32_t class_id = 0;
  CoarseRow row;
  FitBand band = FitBand::kE;
  std::vector<RequirementOnCard> requirements;
  Qualified qualified = Qualified::kAFew;
  bool operator==(const Card&) const = default;
};

// The current row of a member, or null when the person is no longer discoverable (or is gone, or
// blocks the company).
using LiveRow = std::function<const SeekerRow*(SeekerRowId)>;

// One card per class that still has at least table.k live members: best band first, then "at least
// k", then class id.
std::vector<Card> MakeCards(const PostingRow& posting, const ClassTable& table,
                            const LiveRow& live);

// How many members of a class are live, and how many of those meet every condition of a posting.
struct ClassCount {
  std::uint32_t live = 0;
  std::uint32_t qualified = 0;
  bool operator==(const ClassCount&) const = default;
};
// By looking at every member; by class.
std::vector<ClassCount> CountMembers(const PostingRow& posting, const ClassTable& table,
                                     const LiveRow& live);
// The same cards from counts that were made otherwise, one per class of the table: first the places
// of all in their order, then what those say that are looked at.
struct CardPlace {
  std::uint32_t class_id = 0;
  FitBand band = FitBand::kE;
  Qualified qualified = Qualified::kAFew;
};
std::vector<CardPlace> PlaceCards(const PostingRow& posting, const ClassTable& table,
                                  std::span<const ClassCount> counts);
Card MakeCard(const PostingRow& posting, const ClassTable& table, const CardPlace& place);

struct InviteeChoice {
  std::uint32_t class_id = 0;
  std::size_t n = 0;
};

// Who of the class is invited: the n best live members that meet every hard condition, by exact
// score. The count and the names stay inside; the company is told the same whether it is n or
// fewer. Empty when the class is hidden (fewer than table.k live members).
std::vector<SeekerRowId> ChooseInvitees(const PostingRow& posting, const ClassTable& table,
                                        const InviteeChoice& choice, const LiveRow& live,
                                        const TieRule& ties);

// Postings of one company with the same key share one quota of invitations and cards, so that
// near-duplicates cannot probe a class: same minor groups and provinces, whatever else differs.
struct QuotaKey {
  std::vector<Token> occupations;  // minor groups (or coarser), sorted, unique
  std::vector<Token> regions;      // provinces (or countries), sorted, unique
  auto operator<=>(const QuotaKey&) const = default;
};
QuotaKey QuotaKeyOf(const PostingRow& posting);
// Whether both ask for people of one kind: an occupation and a region of the one lie in the same
// minor group and province as some of the other, or hold them. Naming further ones, or none, does
// not get a posting out of it: one that asks for everybody asks for the same as every other.
bool AsksForSameKind(const PostingRow& a, const PostingRow& b);

}  // namespace noren::matching
