// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/statistics_record.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/scan.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using statistics::Place;

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxWordBytes = 128;
constexpr std::size_t kMaxKeyBytes = 128;
constexpr std::size_t kMaxPlaceBytes = 100;

// Values are stored: never renumbered.
enum class Stage : std::uint8_t { kCounting = 1, kDone = 2 };

void WriteCounts(const EditionRecord& record, RecordWriter& writer) {
  writer.Field(record.after).U32(static_cast<std::uint32_t>(record.counts.size()));
  for (const auto& [place, count] : record.counts)
    writer.Field(statistics::PlaceText(place))
        .U64(count.people)
        .U8(static_cast<std::uint8_t>(count.key));
}

void WriteFigures(const EditionRecord& record, RecordWriter& writer) {
  writer.I64(record.done_at->value).U32(static_cast<std::uint32_t>(record.figures.size()));
  for (const auto& [place, figure] : record.figures) {
    writer.Field(statistics::PlaceText(place)).U8(figure ? 1 : 0);
    if (figure) writer.U64(*figure);
  }
}

// False: damaged; places are written once each, in their order.
template <typename Map, typename ReadValue>
bool ReadPlaces(RecordReader& reader, Map& places, ReadValue read_value) {
  const std::uint32_t size = reader.U32();
  if (size > kMaxPlaces) return false;
  for (std::uint32_t i = 0; i < size && reader.ok(); ++i) {
    const auto place = statistics::ParsePlace(reader.Text(kMaxPlaceBytes));
    if (!place || (!places.empty() && !(places.rbegin()->first < *place))) return false;
    if (!read_value(*place)) return false;
  }
  return reader.ok();
}

bool ReadCounts(RecordReader& reader, EditionRecord& record) {
  record.after = reader.Text(kMaxKeyBytes);
  return ReadPlaces(reader, record.counts, [&](const Place& place) {
    const std::uint64_t people = reader.U64();
    const std::uint64_t key = reader.U8();
    record.counts.emplace(place, statistics::Count{people, key});
    return key < statistics::kRoundTo;
  });
}

bool ReadFigures(RecordReader& reader, EditionRecord& record) {
  record.done_at = UnixSeconds{reader.I64()};
  return ReadPlaces(reader, record.figures, [&](const Place& place) {
    const std::uint8_t is_shown = reader.U8();
    record.figures.emplace(
        place, is_shown == 1 ? std::optional<std::uint64_t>(reader.U64()) : std::nullopt);
    return is_shown <= 1;
  });
}

}  // namespace

std::string EditionId::ToString() const { return subject + "/" + std::to_string(number); }

StatusOr<EditionId> EditionId::Parse(std::string_view text) {
  const std::size_t slash = std::min(text.rfind('/'), text.size());
  EditionId id{std::string(text.substr(0, slash)), 0};
  const std::string_view digits = text.substr(std::min(slash + 1, text.size()));
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), id.number);
  const bool is_own = error == std::errc() && end == digits.data() + digits.size() &&
                      id.number > 0 && !id.subject.empty() && id.ToString() == text;
  if (!is_own) return model::MakeFieldError(ErrorCode::kBadRequest, "edition", "\"seeker/3\"");
  return id;
}

Bytes EncodeEdition(const EditionRecord& record) {
  RecordWriter writer;
  const Stage stage = record.done_at ? Stage::kDone : Stage::kCounting;
  writer.U8(kLayout).U8(static_cast<std::uint8_t>(stage));
  writer.Field(record.purpose).Field(record.begun_by).I64(record.begun_at.value);
  writer.Raw(record.policy).U64(record.least);
  if (record.done_at) {
    WriteFigures(record, writer);
  } else {
    WriteCounts(record, writer);
  }
  return writer.Take();
}

StatusOr<EditionRecord> DecodeEdition(const EditionId& id, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  EditionRecord record;
  record.edition = id;
  const std::uint8_t layout = reader.U8();
  const std::uint8_t stage = reader.U8();
  record.purpose = reader.Text(kMaxWordBytes);
  record.begun_by = reader.Text(kMaxWordBytes);
  record.begun_at = {reader.I64()};
  const ByteSpan policy = reader.Raw(record.policy.size());
  if (policy.size() == record.policy.size()) std::ranges::copy(policy, record.policy.begin());
  record.least = reader.U64();
  bool is_whole = false;
  if (reader.ok() && stage == static_cast<std::uint8_t>(Stage::kCounting))
    is_whole = ReadCounts(reader, record);
  if (reader.ok() && stage == static_cast<std::uint8_t>(Stage::kDone))
    is_whole = ReadFigures(reader, record);
  if (layout != kLayout || !is_whole || !reader.Finish().ok())
    return MakeError(ErrorCode::kDataCorrupt, "edition");
  return record;
}

Bytes EncodeFiguresReleased(const FiguresReleased& record) {
  RecordWriter writer;
  writer.U8(kLayout).Field(record.table).Field(record.target).Field(record.use).Field(record.by);
  writer.I64(record.at.value).U64(record.least).U64(record.shown).U64(record.suppressed);
  return writer.Take();
}

StatusOr<FiguresReleased> DecodeFiguresReleased(const EditionId& edition, std::uint64_t number,
                                                ByteSpan plaintext) {
  RecordReader reader(plaintext);
  FiguresReleased record;
  record.edition = edition;
  record.number = number;
  const std::uint8_t layout = reader.U8();
  record.table = reader.Text(kMaxTableNameBytes);
  record.target = reader.Text(kMaxWordBytes);
  record.use = reader.Text(kMaxWordBytes);
  record.by = reader.Text(kMaxWordBytes);
  record.at = {reader.I64()};
  record.least = reader.U64();
  record.shown = reader.U64();
  record.suppressed = reader.U64();
  if (!reader.Finish().ok() || layout != kLayout)
    return MakeError(ErrorCode::kDataCorrupt, "figures released");
  return record;
}

Bytes SealEdition(ServiceContext& context, const EditionRecord& record) {
  const std::string key = keyspaces::EditionKey(record.edition.subject, record.edition.number);
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kEdition, key}, kLayout,
                            EncodeEdition(record), context.random);
}

Bytes SealFiguresReleased(ServiceContext& context, const FiguresReleased& record) {
  const std::string key =
      keyspaces::FiguresReleasedKey(record.edition.subject, record.edition.number, record.number);
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kFiguresReleased, key}, kLayout,
                            EncodeFiguresReleased(record), context.random);
}

namespace {

StatusOr<LoadedEdition> OpenEdition(ServiceContext& context, const EditionId& id,
                                    const std::string& key, ByteSpan stored) {
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kEdition, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "edition");
  NOREN_ASSIGN_OR_RETURN(EditionRecord record, DecodeEdition(id, opened->plaintext));
  return LoadedEdition{std::move(record), Bytes(stored.begin(), stored.end())};
}

// "edition/<kind>/<number>"
StatusOr<EditionId> EditionOfKey(std::string_view key) {
  const std::string_view rest = key.substr(keyspaces::kEdition.size());
  const std::size_t slash = std::min(rest.rfind('/'), rest.size());
  EditionId id{std::string(rest.substr(0, slash)), 0};
  const std::string_view digits = rest.substr(std::min(slash + 1, rest.size()));
  std::from_chars(digits.data(), digits.data() + digits.size(), id.number);
  if (keyspaces::EditionKey(id.subject, id.number) != key)
    return MakeError(ErrorCode::kDataCorrupt, "edition");
  return id;
}

}  // namespace

StatusOr<LoadedEdition> LoadEdition(ServiceContext& context, const EditionId& edition) {
  const std::string key = keyspaces::EditionKey(edition.subject, edition.number);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  return OpenEdition(context, edition, key, *stored);
}

StatusOr<std::vector<LoadedEdition>> LoadEditions(ServiceContext& context,
                                                  std::string_view subject) {
  const std::string prefix =
      subject.empty() ? std::string(keyspaces::kEdition) : keyspaces::EditionPrefix(subject);
  std::vector<LoadedEdition> editions;
  NOREN_RETURN_IF_ERROR(VisitAll(context, prefix, [&](const storage::KeyValue& one) -> Status {
    NOREN_ASSIGN_OR_RETURN(const EditionId id, EditionOfKey(one.key));
    NOREN_ASSIGN_OR_RETURN(editions.emplace_back(), OpenEdition(context, id, one.key, one.value));
    return OkStatus();
  }));
  return editions;
}

StatusOr<std::vector<FiguresReleased>> LoadFiguresReleased(ServiceContext& context,
                                                           const EditionId& edition) {
  std::vector<FiguresReleased> records;
  NOREN_RETURN_IF_ERROR(VisitAll(
      context, keyspaces::FiguresReleasedPrefix(edition.subject, edition.number),
      [&](const storage::KeyValue& one) -> Status {
        const auto opened = storage::OpenValue(context.keys.store_seal(),
                                               {keyspaces::kFiguresReleased, one.key}, one.value);
        if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "figures released");
        NOREN_ASSIGN_OR_RETURN(
            records.emplace_back(),
            DecodeFiguresReleased(edition, records.size() + 1, opened->plaintext));
        if (keyspaces::FiguresReleasedKey(edition.subject, edition.number, records.size()) !=
            one.key)
          return MakeError(ErrorCode::kDataCorrupt, "figures released");
        return OkStatus();
      }));
  return records;
}

}  // namespace noren::operations
