// The market's people as one sealed stream, and back.
// Format:   docs/formats/index_snapshot.md
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/log_reader.h"
#include "engine/matching/index/row_codec.h"
#include "engine/matching/index/snapshot.h"
#include "engine/model/errors.h"
#include "engine/operations/market_state.h"
#include "engine/operations/sealed_stream.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 3;
constexpr std::uint32_t kMaxHeadBytes = std::uint32_t{64} << 20;  // 65,535 names of portals
constexpr std::uint32_t kMaxNameBytes = 1024;
constexpr std::uint32_t kMaxModelBytes = std::uint32_t{1} << 31;
constexpr std::uint64_t kMaxUnlearned = std::uint64_t{1} << 26;  // more people than an index has
constexpr std::size_t kEntryBytes = 16 + 16 + 2 + 2 + 1;
constexpr std::size_t kEndBytes = 16 + 4;
constexpr std::chrono::milliseconds kTidyFirst{500};
constexpr std::size_t kSampledShards = 128;  // one person of each is made anew and compared

// What the rest belongs to.
struct Head {
  Hash256 tokens{};  // of the codes and their key
  Hash256 policy{};  // who is in it was judged by this one
  matching::WeightRules rules;
  std::uint64_t feed_position = 0;
  audit::LogState log;  // sequence and head only
  UnixSeconds taken_at;
  std::uint64_t people = 0;
  std::vector<std::string> portals;
};

void PutNames(RecordWriter& writer, const std::vector<std::string>& names) {
  writer.U32(static_cast<std::uint32_t>(names.size()));
  for (const std::string& name : names) writer.Field(name);
}
std::vector<std::string> TakeNames(RecordReader& reader) {
  std::vector<std::string> names;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i)
    names.push_back(reader.Text(kMaxNameBytes));
  return names;
}

Bytes Encode(const Head& head) {
  RecordWriter writer;
  writer.U8(kLayout).Raw(head.tokens).Raw(head.policy);
  writer.Raw(head.rules.defaults.of).Raw(head.rules.caps.of);
  writer.U64(head.feed_position).U64(head.log.sequence).Raw(head.log.head);
  writer.I64(head.taken_at.value).U64(head.people);
  PutNames(writer, head.portals);
  return writer.Take();
}

template <std::size_t kSize>
void TakeArray(RecordReader& reader, std::array<std::uint8_t, kSize>& array) {
  const ByteSpan bytes = reader.Raw(kSize);
  if (bytes.size() == kSize) std::ranges::copy(bytes, array.begin());
}

Status Malformed() { return DataLoss("snapshot: malformed"); }

StatusOr<Head> DecodeHead(ByteSpan bytes) {
  RecordReader reader(bytes);
  Head head;
  if (reader.U8() != kLayout) return DataLoss("snapshot: another format");
  TakeArray(reader, head.tokens);
  TakeArray(reader, head.policy);
  TakeArray(reader, head.rules.defaults.of);
  TakeArray(reader, head.rules.caps.of);
  head.feed_position = reader.U64();
  head.log.sequence = reader.U64();
  TakeArray(reader, head.log.head);
  head.taken_at = {reader.I64()};
  head.people = reader.U64();
  head.portals = TakeNames(reader);
  if (!reader.Finish().ok()) return Malformed();
  return head;
}

StatusOr<Bytes> ReadField(matching::ImageSource& source, std::uint32_t most) {
  Bytes size(4);
  NOREN_RETURN_IF_ERROR(source.Read(size));
  const std::uint32_t count = RecordReader(size).U32();
  if (count > most) return Malformed();
  Bytes field(count);
  NOREN_RETURN_IF_ERROR(source.Read(field));
  return field;
}

Bytes EncodeEntries(const std::vector<PersonEntry>& entries, std::size_t portals) {
  RecordWriter writer;
  for (const PersonEntry& entry : entries) {
    if (entry.portal >= portals) continue;  // came after the snapshot began
    writer.Raw(entry.person.bytes()).Raw(entry.handle.bytes());
    writer.U16(entry.portal).U16(entry.companies_class).U8(entry.discoverable ? 1 : 0);
  }
  return writer.Take();
}

StatusOr<PersonEntry> DecodeEntry(RecordReader& reader) {
  PersonEntry entry;
  NOREN_ASSIGN_OR_RETURN(entry.person, model::PersonId::FromBytes(reader.Raw(16)));
  NOREN_ASSIGN_OR_RETURN(entry.handle, model::SeekerHandle::FromBytes(reader.Raw(16)));
  entry.portal = reader.U16();
  entry.companies_class = reader.U16();
  entry.discoverable = reader.U8() != 0;
  return entry;
}

}  // namespace

StatusOr<SnapshotSummary> KeyedMarket::SaveSnapshot(SnapshotPlace& place, Random& random,
                                                    UnixSeconds now) {
  const std::lock_guard one_at_a_time(snapshot_);
  // The key first: whoever was destroyed before it came into force is out of the market after
  // CatchUp, and whoever is destroyed later takes this key, and the snapshot, along.
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, parts_.keyring.root());
  NOREN_RETURN_IF_ERROR(CatchUp());
  (void)TendPortals(std::chrono::steady_clock::now() + kTidyFirst);
  Head head;
  std::deque<matching::IndexImage> images;
  Bytes ends;
  {
    const std::lock_guard lock(writer_);
    head.feed_position = feed_position_;
    ends = EncodeEnds();
    for (std::uint16_t portal = 0; portal < people_->portals_count(); ++portal) {
      head.portals.push_back(people_->NameOf(portal));
      images.emplace_back(people_->At(portal).index);
    }
  }
  // Not before the position: the log that holds this head holds all that was applied.
  NOREN_ASSIGN_OR_RETURN(head.log, audit::LogReader(parts_.store, kEmbeddedPartition).LoadState());
  head.tokens = tokens_.Digest();
  head.policy = parts_.policy_digest;
  head.rules = parts_.weight_rules;
  head.taken_at = now;
  head.people = people_count();
  NOREN_ASSIGN_OR_RETURN(const std::unique_ptr<SnapshotPlace::Writer> to, place.Create());
  SealingSink sink(*to, {root.key, root.generation}, random);
  NOREN_RETURN_IF_ERROR(sink.Write(RecordWriter().Field(Encode(head)).bytes()));
  for (std::size_t shard = 0; shard < PeopleDirectory::kShards; ++shard) {
    const Bytes entries = EncodeEntries(people_->directory.Shard(shard), head.portals.size());
    NOREN_RETURN_IF_ERROR(sink.Write(RecordWriter().Field(entries).bytes()));
  }
  RecordWriter classes;
  PutNames(classes, people_->classes.names());
  NOREN_RETURN_IF_ERROR(sink.Write(RecordWriter().Field(classes.bytes()).bytes()));
  NOREN_RETURN_IF_ERROR(sink.Write(RecordWriter().Field(ends).bytes()));
  for (const matching::IndexImage& image : images) NOREN_RETURN_IF_ERROR(image.WriteTo(sink));
  const std::uint64_t unlearned = UnlearnedChanges();  // before the model: never too few
  const Bytes model = relatedness()->Encode();
  NOREN_RETURN_IF_ERROR(sink.Write(RecordWriter().Field(model).U64(unlearned).bytes()));
  NOREN_RETURN_IF_ERROR(sink.End());
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot now_root, parts_.keyring.root());
  if (now_root.generation != root.generation)
    return MakeError(ErrorCode::kRetryLater, "a destruction came between");
  NOREN_RETURN_IF_ERROR(to->Finish());
  return SnapshotSummary{now, head.people, sink.bytes_count()};
}

StatusOr<MarketLoad> KeyedMarket::Load(SnapshotPlace& place) {
  MarketLoad load;
  {
    const std::lock_guard lock(writer_);
    const Status status = LoadSnapshot(place, load);
    load.people = people_->directory.size();
    if (status.ok()) return load;
    load = {};
    if (status.code() != StatusCode::kNotFound) load.refusal = std::string(MessageOf(status));
  }
  NOREN_RETURN_IF_ERROR(Load());
  load.people = people_count();
  return load;
}

// Whatever is wrong, the people are then read from the store.
Status KeyedMarket::LoadSnapshot(SnapshotPlace& place, MarketLoad& load) {
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, parts_.keyring.root());
  NOREN_ASSIGN_OR_RETURN(const std::unique_ptr<SnapshotPlace::Reader> from, place.Open());
  NOREN_ASSIGN_OR_RETURN(const std::unique_ptr<OpeningSource> source,
                         OpeningSource::Open(*from, {root.key, root.generation}));
  NOREN_ASSIGN_OR_RETURN(const Bytes encoded_head, ReadField(*source, kMaxHeadBytes));
  NOREN_ASSIGN_OR_RETURN(const Head head, DecodeHead(encoded_head));
  if (head.tokens != tokens_.Digest()) return FailedPrecondition("snapshot: other code lists");
  if (head.rules.defaults != parts_.weight_rules.defaults ||
      head.rules.caps != parts_.weight_rules.caps) {
    return FailedPrecondition("snapshot: other weights of the policy");
  }
  if (head.policy != parts_.policy_digest) return FailedPrecondition("snapshot: of another policy");
  const auto known = audit::AuditHeads(parts_.store).HeadAt(kEmbeddedPartition, head.log.sequence);
  if (!known.ok() || *known != head.log.head)
    return FailedPrecondition("snapshot: of another history of this service");
  people_ = std::make_unique<People>();
  NOREN_RETURN_IF_ERROR(ReadPeople(*source, head.portals));
  NOREN_ASSIGN_OR_RETURN(const Bytes encoded_model, ReadField(*source, kMaxModelBytes));
  NOREN_ASSIGN_OR_RETURN(matching::RelatednessModel model,
                         matching::RelatednessModel::Decode(encoded_model));
  Bytes count(8);
  NOREN_RETURN_IF_ERROR(source->Read(count));
  NOREN_RETURN_IF_ERROR(source->End());
  const std::uint64_t unlearned = std::min(RecordReader(count).U64(), kMaxUnlearned);
  NOREN_RETURN_IF_ERROR(LoadPostings(std::move(model), unlearned));
  feed_position_ = head.feed_position;
  NOREN_RETURN_IF_ERROR(CatchUpLocked());
  if (parts_.today) NOREN_RETURN_IF_ERROR(EndBeforeLocked(parts_.today()));
  NOREN_RETURN_IF_ERROR(CheckPeople());
  NOREN_RETURN_IF_ERROR(LoadMerges());
  judged_ = "";
  is_judged_.store(!parts_.use_of);
  load.from_snapshot = true;
  load.taken_at = head.taken_at;
  return OkStatus();
}

Status KeyedMarket::ReadPeople(matching::ImageSource& source,
                               const std::vector<std::string>& portals) {
  for (std::size_t i = 0; i < portals.size(); ++i) {
    if (people_->NumberOf(portals[i]) != i) return Malformed();
  }
  for (std::size_t shard = 0; shard < PeopleDirectory::kShards; ++shard) {
    NOREN_ASSIGN_OR_RETURN(const Bytes entries, ReadField(source, 0xFFFFFFFF));
    RecordReader reader(entries);
    for (std::size_t i = 0; i < entries.size() / kEntryBytes; ++i) {
      NOREN_ASSIGN_OR_RETURN(const PersonEntry entry, DecodeEntry(reader));
      if (entry.portal >= portals.size() || !people_->directory.Put(entry)) return Malformed();
    }
    if (!reader.Finish().ok()) return Malformed();
  }
  NOREN_ASSIGN_OR_RETURN(const Bytes encoded_classes, ReadField(source, kMaxHeadBytes));
  RecordReader reader(encoded_classes);
  for (const std::string& name : TakeNames(reader)) (void)people_->classes.NumberOf(name);
  if (!reader.Finish().ok()) return Malformed();
  NOREN_ASSIGN_OR_RETURN(const Bytes encoded_ends, ReadField(source, 0xFFFFFFFF));
  NOREN_RETURN_IF_ERROR(TakeEnds(encoded_ends));
  for (std::uint16_t portal = 0; portal < portals.size(); ++portal)
    NOREN_RETURN_IF_ERROR(matching::IndexImage::Read(source, people_->At(portal).index));
  return OkStatus();
}

// The last days of those who are in the market: who was destroyed leaves no trace.
Bytes KeyedMarket::EncodeEnds() const {
  RecordWriter writer;
  for (const auto& [last_day, person] : ends_) {
    if (people_->directory.Find(RowIdOf(person)))
      writer.U32(static_cast<std::uint32_t>(last_day)).Raw(person.bytes());
  }
  return writer.Take();
}

Status KeyedMarket::TakeEnds(ByteSpan encoded) {
  ends_.clear();
  RecordReader reader(encoded);
  for (std::size_t i = 0; i < encoded.size() / kEndBytes; ++i) {
    const auto last_day = static_cast<std::int32_t>(reader.U32());
    NOREN_ASSIGN_OR_RETURN(const auto person, model::PersonId::FromBytes(reader.Raw(16)));
    ends_.emplace_hint(ends_.end(), last_day, person);
  }
  NoteFirstEnd();
  return reader.Finish().ok() ? OkStatus() : Malformed();
}

// Everybody is in one index, and a sample of people is as their records say: a software that makes
// other rows of the same records does not use the rows of the old one.
Status KeyedMarket::CheckPeople() {
  std::size_t indexed = 0;
  for (std::uint16_t portal = 0; portal < people_->portals_count(); ++portal)
    indexed += people_->At(portal).index.Read().people_count();
  if (indexed != people_->directory.size()) return Malformed();
  const std::size_t classes = people_->classes.names().size();
  for (std::size_t i = 0; i < kSampledShards; ++i) {
    const auto entries = people_->directory.Shard(i * PeopleDirectory::kShards / kSampledShards);
    if (entries.empty()) continue;
    const PersonEntry& entry = *std::ranges::min_element(entries, {}, &PersonEntry::person);
    if (entry.companies_class >= classes) return Malformed();
    const std::string key = personal_data::keyspaces::PersonKey(entry.person);
    NOREN_ASSIGN_OR_RETURN(const auto stored, parts_.store.Read(kEmbeddedPartition, {key}));
    if (!stored[0]) return Malformed();
    NOREN_ASSIGN_OR_RETURN(const OpenedPerson opened, OpenPerson(entry.person, *stored[0]));
    const std::optional<MarketPerson>& person = opened.shown;
    const auto shown = FindRow(RowIdOf(entry.person));
    if (!person || !shown || shown->portal != person->portal || shown->handle != person->handle ||
        shown->discoverable != person->discoverable ||
        matching::EncodeRow(shown->row) != matching::EncodeRow(person->row)) {
      return FailedPrecondition("snapshot: rows that this software makes otherwise");
    }
  }
  return OkStatus();
}

}  // namespace noren::operations
