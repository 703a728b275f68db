// What is kept of contacts with people: announcements, what each person was told or talked to
// about, and what they do not want to be sent.
// Source:   docs/formats/contact.md
// Threads:  values; free functions concurrently
// Secrets:  a person's contacts are sealed under the person's own key
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/people.h"

namespace noren::operations {

struct AnnouncementTag {
  static constexpr std::string_view kPrefix = "announcement";
};
struct ContactTag {
  static constexpr std::string_view kPrefix = "contact";
};
using AnnouncementId = StrongId<AnnouncementTag>;
using ContactId = StrongId<ContactTag>;

// Values are stored: never renumbered.
enum class AnnouncementKind : std::uint8_t {
  kPurpose = 1,   // for a purpose of the notice, by mail
  kProcessor = 2  // that somebody is a processor now: to everybody, whatever they want to be sent
};
std::string_view AnnouncementKindName(AnnouncementKind kind);  // "purpose"
std::optional<AnnouncementKind> FindAnnouncementKind(std::string_view name);

inline constexpr std::size_t kMaxAnnouncementTextBytes = 4000;
inline constexpr std::size_t kMaxAboutBytes = 200;
inline constexpr std::size_t kMaxLeftOutReasons = 32;
inline constexpr std::string_view kLeftOutUnsubscribed = "unsubscribed";
inline constexpr std::string_view kLeftOutFrozen = "frozen";
inline constexpr std::string_view kLeftOutNotAgreed = "not_agreed";

struct AnnouncementRecord {
  AnnouncementId announcement;
  AnnouncementKind kind = AnnouncementKind::kPurpose;
  std::string purpose;  // id in the policy; kProcessor: ""
  std::string subject;  // kind of person; kProcessor: "", everybody
  std::string about;    // programme or business; kProcessor: the company
  std::string text;
  std::string queued_by;
  UnixSeconds queued_at;
  Hash256 policy{};  // under which it was queued
  // How far it is: the key of the last person who was looked at.
  std::string after;
  std::optional<UnixSeconds> done_at;
  std::uint64_t told = 0;
  std::map<std::string, std::uint64_t> left_out;  // by reason: "missing:...", "unsubscribed"
  bool operator==(const AnnouncementRecord&) const = default;
};
std::string AnnouncementKey(const AnnouncementId& announcement);
Bytes EncodeAnnouncement(const AnnouncementRecord& record);
//   errors   kDataCorrupt
StatusOr<AnnouncementRecord> DecodeAnnouncement(const AnnouncementId& id, ByteSpan plaintext);

// Values are stored: never renumbered.
enum class ContactKind : std::uint8_t {
  kTold = 1,    // by an announcement, whose id the contact has
  kTalk = 2,    // an officer's, with this person
  kLeaving = 3  // the person has said once that they leave
};
std::string_view ContactKindName(ContactKind kind);  // "told"
enum class ContactMark : std::uint8_t { kNone = 0, kUnchanged = 1, kChanged = 2 };
std::string_view ContactMarkName(ContactMark mark);  // "", "unchanged", "changed"
std::optional<ContactMark> FindContactMark(std::string_view name);

struct ContactRecord {
  ContactId contact;
  ContactKind kind = ContactKind::kTold;
  std::string purpose;  // id in the policy
  std::string about;
  std::string by;  // the officer, or ""
  UnixSeconds at;
  model::ItemId item;  // the address it went to; none: through the portal alone
  std::uint64_t item_version = 0;
  std::optional<UnixSeconds> closed_at;
  ContactMark mark = ContactMark::kNone;
  bool operator==(const ContactRecord&) const = default;
};
std::string ContactKey(const model::PersonId& person, const ContactId& contact);
std::string ContactPrefix(const model::PersonId& person);
Bytes EncodeContact(const ContactRecord& record);
//   errors   kDataCorrupt
StatusOr<ContactRecord> DecodeContact(const ContactId& id, ByteSpan plaintext);
Bytes SealContact(ServiceContext& context, const LoadedPerson& person, const ContactRecord& record);
// What is stored with it, for changes to be conditional on; nothing: there is none.
struct LoadedContact {
  ContactRecord record;
  Bytes stored;
};
StatusOr<std::optional<LoadedContact>> FindContact(ServiceContext& context,
                                                   const LoadedPerson& person,
                                                   const ContactId& contact);
// Oldest first.
StatusOr<std::vector<ContactRecord>> LoadContacts(ServiceContext& context,
                                                  const LoadedPerson& person);

// Ids of purposes for which the person wants to be sent nothing, ascending.
inline constexpr std::size_t kMaxUnsubscribed = 64;
struct Unsubscribed {
  std::vector<std::string> purposes;
  std::optional<Bytes> stored;
};
std::string UnsubscribedKey(const model::PersonId& person);
Bytes EncodeUnsubscribed(const std::vector<std::string>& purposes);
//   errors   kDataCorrupt
StatusOr<std::vector<std::string>> DecodeUnsubscribed(ByteSpan plaintext);
StatusOr<Unsubscribed> LoadUnsubscribed(ServiceContext& context, const LoadedPerson& person);

}  // namespace noren::operations
