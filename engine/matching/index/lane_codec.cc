// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/lane_codec.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/matching/index/coarse.h"

namespace noren::matching {
namespace {

constexpr std::uint8_t kMaxNibble = 15;
constexpr std::uint8_t kLevelShift = 13;
constexpr std::uint16_t kLanguageMask = (1U << kLevelShift) - 1;
constexpr std::uint8_t kAnyEmployment = 0xFF;

void AddTerm(LaneImage& image, TermId term, std::uint8_t level) {
  for (auto& [known, most] : image.terms) {
    if (known != term) continue;
    most = std::max(most, level);
    return;
  }
  image.terms.emplace_back(term, level);
}

template <typename Path, typename Add>
void EncodePaths(const std::vector<Path>& paths, Add add, const Terms& terms, LaneImage& image,
                 std::pair<std::vector<NodeCode>&, std::vector<TermId>&> into) {
  auto& [codes, leaves] = into;
  codes.clear();
  leaves.clear();
  std::vector<TermId> nodes;
  for (const Path& path : paths) {
    nodes.clear();
    const PathTerms resolved = add(path, nodes);
    image.wide |= !resolved.fits;
    for (const TermId node : nodes) AddTerm(image, node, 1);
    if (resolved.leaf == kNoTerm) continue;
    leaves.push_back(resolved.leaf);
    codes.push_back(terms.Known(resolved.leaf).code);
  }
}

// The number of a token in its kind; 0, and the row wide, when it has none.
std::uint16_t NumberOf(TermKind kind, Token token, std::uint8_t level, Terms& terms,
                       LaneImage& image) {
  const TermId id = terms.Add(kind, token);
  AddTerm(image, id, level);
  const IndexTerm& term = terms.Known(id);
  const bool usable = term.kind == kind && term.fits;
  image.wide |= !usable;
  return usable ? term.number : std::uint16_t{0};
}

void EncodeSkills(const SeekerRow& row, Terms& terms, LaneImage& image) {
  image.record = SkillRecord();
  image.wide |= row.skills.size() > kMaxRecordSkills;
  std::size_t i = 0;
  for (const LeveledToken& skill : row.skills) {
    const std::uint16_t number = NumberOf(TermKind::kSkill, skill.token, skill.level, terms, image);
    image.wide |= skill.level > kMaxNibble;
    if (image.wide || i == kMaxRecordSkills) continue;
    image.record.skill[i] = number;
    image.record.levels[i / 2] =
        static_cast<std::uint8_t>(image.record.levels[i / 2] | skill.level << (i % 2 * 4));
    ++i;
  }
}

void EncodeCredentials(const SeekerRow& row, Terms& terms, LaneImage& image) {
  image.licences.clear();
  image.languages.clear();
  for (const Token licence : row.licences)
    image.licences.push_back(NumberOf(TermKind::kLicence, licence, 1, terms, image));
  for (const LeveledToken& language : row.languages) {
    const std::uint16_t number =
        NumberOf(TermKind::kLanguage, language.token, language.level, terms, image);
    image.wide |= language.level > 7;
    image.languages.push_back(
        static_cast<std::uint16_t>(number | (language.level & 7U) << kLevelShift));
  }
}

void EncodeAmounts(const SeekerRow& row, LaneImage& image) {
  image.wage = image.experience = 0;
  image.exact_wage = 0;
  image.exact_experience = 0;
  bool exact = true;
  if (row.wage_floor) {
    const std::int64_t amount = row.wage_floor->amount_per_month;
    image.wage = CoarseStated(amount);
    image.wide |= amount < 0 || amount > kMaxPackedWage;
    if (!image.wide) image.exact_wage = PackWage(*row.wage_floor);
    exact &= CoarseIsExact(amount) && row.wage_floor->currency == model::Currency::kKrw;
  }
  if (row.experience_months) {
    const std::int32_t months = *row.experience_months;
    image.experience = CoarseStated(months);
    image.wide |= months < 0 || months >= std::numeric_limits<std::uint16_t>::max();
    if (!image.wide) image.exact_experience = static_cast<std::uint16_t>(months + 1);
    exact &= CoarseIsExact(months);
  }
  image.shape.amounts = !exact;
  image.education =
      row.education ? static_cast<std::uint8_t>(std::min<unsigned>(*row.education + 1U, kMaxNibble))
                    : 0;
  image.wide |= row.education && *row.education >= kMaxNibble;
  image.employment = row.employment_types.empty()
                         ? kAnyEmployment
                         : static_cast<std::uint8_t>(row.employment_types.bits());
  // Who accepts every type by name is not who states none, but the byte is the same.
  image.wide |= !row.employment_types.empty() && (row.employment_types.bits() >= kAnyEmployment);
}

void EncodeDays(const SeekerRow& row, LaneImage& image) {
  image.available_day = row.available_day.value_or(kNoDay);
  image.updated_day = row.updated_day.value_or(kNoDay);
  image.wide |= row.available_day == kNoDay || row.updated_day == kNoDay;
  image.shape.days = row.available_day || row.updated_day;
}

void EncodeWeights(const SeekerRow& row, LaneImage& image) {
  Weights rest = row.weights;
  image.shape.weights = false;
  for (std::size_t i = 0; i < kPersonWeights; ++i) {
    image.weights[i] = row.weights[kPersonWeightFeatures[i]];
    image.shape.weights |= image.weights[i] != 0;
    rest[kPersonWeightFeatures[i]] = 0;
  }
  image.wide |= rest != Weights();
}

bool Exceeds(const BlockShape& a, const BlockShape& most) {
  return a.occupations > most.occupations || a.regions > most.regions ||
         a.licences > most.licences || a.languages > most.languages;
}

template <typename T>
void Put(Block& block, const T* column, std::size_t lane, T value) {
  block.Mutable(column)[lane] = value;
}

// The byte of slot j of `lane` within a pair of slots, and whether its level is a high nibble.
struct SlotPlace {
  std::size_t hash = 0;
  std::size_t level = 0;
  bool high = false;
};
SlotPlace PlaceOfSlot(std::size_t lane, std::size_t slot) {
  const std::size_t in_half = (lane % (kLanes / 2)) * 2 + slot % 2;
  const bool second = lane >= kLanes / 2;
  return {in_half + (second ? kLanes : 0), 2 * kLanes + in_half, second};
}

void WriteSlots(Block& block, std::size_t lane, const SkillRecord& record) {
  const std::size_t count = record.count();
  for (std::size_t s = 0; s < block.shape().skills; ++s) {
    std::uint8_t* pair = block.Mutable(block.skill_slots(s / 2));
    const SlotPlace place = PlaceOfSlot(lane, s);
    const bool used = s < count;
    pair[place.hash] = used ? SkillSlotHash(record.skill[s]) : std::uint8_t{0};
    const unsigned level = used ? record.LevelAt(s) : 0U;
    std::uint8_t& byte = pair[place.level];
    byte = static_cast<std::uint8_t>(place.high ? (byte & 0x0FU) | level << 4
                                                : (byte & 0xF0U) | level);
  }
}

template <typename Codes, typename PutCode>
void WriteCodes(std::size_t slots, const Codes& codes, PutCode put) {
  using Code = typename Codes::value_type;
  for (std::size_t s = 0; s < slots; ++s) put(s, s < codes.size() ? codes[s] : Code());
}

void WriteOptional(Block& block, std::size_t lane, const LaneImage& image) {
  if (block.shape().amounts) {
    Put(block, block.exact_wage(), lane, image.exact_wage);
    Put(block, block.exact_experience(), lane, image.exact_experience);
  }
  if (block.shape().days) {
    Put(block, block.available_day(), lane, image.available_day);
    Put(block, block.updated_day(), lane, image.updated_day);
  }
  if (!block.shape().weights) return;
  for (std::size_t i = 0; i < kPersonWeights; ++i)
    Put(block, block.weight(i), lane, image.weights[i]);
}

void WriteColumns(Block& block, std::size_t lane, const LaneImage& image) {
  Put(block, block.wage(), lane, image.wage);
  Put(block, block.experience(), lane, image.experience);
  Put(block, block.education(), lane, image.education);
  Put(block, block.employment(), lane, image.employment);
  const BlockShape& shape = block.shape();
  WriteCodes(shape.occupations, image.occupations, [&](std::size_t s, NodeCode code) {
    Put(block, block.occupation_group(s), lane, code.group);
    Put(block, block.occupation_minor(s), lane, code.minor);
    Put(block, block.occupation_unit(s), lane, code.unit);
  });
  WriteCodes(shape.regions, image.regions, [&](std::size_t s, NodeCode code) {
    Put(block, block.province(s), lane, code.group);
    Put(block, block.place(s), lane, code.unit);
  });
  WriteCodes(shape.licences, image.licences,
             [&](std::size_t s, std::uint16_t v) { Put(block, block.licence(s), lane, v); });
  WriteCodes(shape.languages, image.languages,
             [&](std::size_t s, std::uint16_t v) { Put(block, block.language(s), lane, v); });
  WriteSlots(block, lane, image.record);
  WriteOptional(block, lane, image);
}

void DecodeNumbers(const Block& block, std::size_t lane, SeekerRow& row) {
  row.wage_floor.reset();
  row.experience_months.reset();
  if (block.shape().amounts) {
    if (block.exact_wage()[lane] != 0) row.wage_floor = UnpackWage(block.exact_wage()[lane]);
    if (block.exact_experience()[lane] != 0)
      row.experience_months = block.exact_experience()[lane] - 1;
  } else {
    if (block.wage()[lane] != 0)
      row.wage_floor = model::Wage{block.wage()[lane] - 1, model::Currency::kKrw};
    if (block.experience()[lane] != 0) row.experience_months = block.experience()[lane] - 1;
  }
  row.education.reset();
  if (block.education()[lane] != 0)
    row.education = static_cast<std::uint8_t>(block.education()[lane] - 1);
  row.employment_types = model::EmploymentTypes();
  if (const std::uint8_t bits = block.employment()[lane]; bits != kAnyEmployment) {
    for (int type = 0; type < model::kEmploymentTypeCount; ++type) {
      if ((bits >> type & 1) != 0)
        row.employment_types.Add(static_cast<model::EmploymentType>(type));
    }
  }
}

void DecodeDaysAndWeights(const Block& block, std::size_t lane, SeekerRow& row) {
  const auto stated = [&](const std::int32_t* column) {
    return column[lane] == kNoDay ? std::nullopt : std::optional(column[lane]);
  };
  const bool days = block.shape().days;
  row.available_day = days ? stated(block.available_day()) : std::nullopt;
  row.updated_day = days ? stated(block.updated_day()) : std::nullopt;
  row.weights = Weights();
  if (!block.shape().weights) return;
  for (std::size_t i = 0; i < kPersonWeights; ++i)
    row.weights[kPersonWeightFeatures[i]] = block.weight(i)[lane];
}

void DecodeLists(const Block& block, std::size_t lane, const Terms& terms, SeekerRow& row) {
  const BlockShape& shape = block.shape();
  row.occupations.clear();
  for (std::size_t s = 0; s < shape.occupations; ++s) {
    const NodeCode code{block.occupation_group(s)[lane], block.occupation_minor(s)[lane],
                        block.occupation_unit(s)[lane]};
    if (code.group == 0) break;
    row.occupations.push_back(terms.OccupationOf(code));
  }
  row.regions.clear();
  for (std::size_t s = 0; s < shape.regions && block.province(s)[lane] != 0; ++s)
    row.regions.push_back(terms.RegionOf({block.province(s)[lane], 0, block.place(s)[lane]}));
  row.licences.clear();
  for (std::size_t s = 0; s < shape.licences && block.licence(s)[lane] != 0; ++s)
    row.licences.push_back(terms.TokenOf(TermKind::kLicence, block.licence(s)[lane]));
  row.languages.clear();
  for (std::size_t s = 0; s < shape.languages && block.language(s)[lane] != 0; ++s) {
    const std::uint16_t packed = block.language(s)[lane];
    row.languages.push_back(
        {terms.TokenOf(TermKind::kLanguage, static_cast<std::uint16_t>(packed & kLanguageMask)),
         static_cast<std::uint8_t>(packed >> kLevelShift)});
  }
}

}  // namespace

void EncodeLane(const SeekerRow& row, Terms& terms, LaneImage& image) {
  image.id = row.id;
  image.wide = false;
  image.shape = BlockShape();
  image.terms.clear();
  const auto occupation = [&terms](const OccupationPath& path, std::vector<TermId>& nodes) {
    return terms.AddOccupation(path, nodes);
  };
  const auto region = [&terms](const RegionPath& path, std::vector<TermId>& nodes) {
    return terms.AddRegion(path, nodes);
  };
  EncodePaths(row.occupations, occupation, terms, image,
              {image.occupations, image.occupation_leaves});
  EncodePaths(row.regions, region, terms, image, {image.regions, image.region_leaves});
  EncodeSkills(row, terms, image);
  EncodeCredentials(row, terms, image);
  EncodeAmounts(row, image);
  EncodeDays(row, image);
  EncodeWeights(row, image);
  // An empty path among others is a wish for nothing in particular; a code cannot say it.
  image.wide |= image.occupations.size() != row.occupations.size() ||
                image.regions.size() != row.regions.size();
  const auto narrow = [](std::size_t n) {
    return static_cast<std::uint8_t>(std::min<std::size_t>(n, 255));
  };
  image.shape.occupations = narrow(image.occupations.size());
  image.shape.regions = narrow(image.regions.size());
  image.shape.licences = narrow(image.licences.size());
  image.shape.languages = narrow(image.languages.size());
  image.shape.skills = static_cast<std::uint8_t>((image.record.count() + 1) / 2 * 2);
  image.wide |= Exceeds(image.shape, kMaxShape);
  image.record.wide = image.wide ? 1 : 0;
  if (!image.wide) return;
  image.shape = BlockShape();  // the row itself is kept; only the filter columns are used
  image.occupations.clear();
  image.regions.clear();
  image.licences.clear();
  image.languages.clear();
  image.record = SkillRecord();
  image.record.wide = 1;
}

PairEntry LaneImage::EntryAt(Slot slot, std::uint8_t version) const {
  std::uint32_t marks = wide ? PairWho::kAllMarks : 0;
  for (const std::uint16_t licence : licences) marks |= PairWho::MarkOf(licence);
  const PairColumns columns{wage, employment, experience, education, version};
  return {slot | marks, columns.Packed()};
}

PairEntry EntryOfLane(const Block& block, Slot slot) {
  const std::size_t lane = LaneOf(slot);
  std::uint32_t marks = (block.wide() >> lane & 1) != 0 ? PairWho::kAllMarks : 0;
  for (std::size_t s = 0; s < block.shape().licences; ++s) {
    const std::uint16_t licence = block.licence(s)[lane];
    if (licence != 0) marks |= PairWho::MarkOf(licence);
  }
  const PairColumns columns{block.wage()[lane], block.employment()[lane], block.experience()[lane],
                            block.education()[lane], block.skills(lane).version};
  return {slot | marks, columns.Packed()};
}

BlockShape UnionOf(const BlockShape& a, const BlockShape& b) {
  return {std::max(a.occupations, b.occupations),
          std::max(a.regions, b.regions),
          std::max(a.licences, b.licences),
          std::max(a.languages, b.languages),
          std::max(a.skills, b.skills),
          a.amounts || b.amounts,
          a.days || b.days,
          a.weights || b.weights};
}

void WriteLane(Block& block, std::size_t lane, const LaneImage& image, const SeekerRow& row) {
  const std::uint8_t version = block.skills(lane).version;
  block.MutableSkills(lane) = image.record;
  block.MutableSkills(lane).version =
      std::min(version + 1U, unsigned{PairPacking::kMaxVersion}) & PairPacking::kMaxVersion;
  WriteColumns(block, lane, image);
  block.SetId(lane, image.id);
  block.SetWide(lane, image.wide ? &row : nullptr);
  block.SetLive(lane, true);
}

void ClearLane(Block& block, std::size_t lane) {
  const std::uint8_t version = block.skills(lane).version;
  block.MutableSkills(lane) = SkillRecord();
  block.MutableSkills(lane).version = version & PairPacking::kMaxVersion;
  WriteColumns(block, lane, LaneImage());
  block.SetId(lane, {});
  block.SetWide(lane, nullptr);
  block.SetLive(lane, false);
}

void DecodeLane(const Block& block, std::size_t lane, const Terms& terms, SeekerRow& row) {
  if ((block.wide() >> lane & 1) != 0) {
    row = block.WideRowOf(lane);
    return;
  }
  row.id = block.id(lane);
  const SkillRecord& record = block.skills(lane);
  row.skills.clear();
  for (std::size_t i = 0; i < record.count(); ++i)
    row.skills.push_back({terms.TokenOf(TermKind::kSkill, record.skill[i]), record.LevelAt(i)});
  DecodeLists(block, lane, terms, row);
  DecodeNumbers(block, lane, row);
  DecodeDaysAndWeights(block, lane, row);
}

}  // namespace noren::matching
