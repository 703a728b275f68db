// What it costs to read a consent that is shown to be the present one, beside the same two records
// read and opened bare: in one loop, turn by turn, by thread CPU time. And what one transition
// adds.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/base/random.h"
#include "crypto/primitives/hash.h"
#include "engine/operations/consent_versions.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/rocksdb_store.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;

constexpr std::size_t kContentBytes = 400;
constexpr std::size_t kPerBatch = 1500;

struct OneConsent {
  model::PersonId person;
  model::ConsentId consent;
};
OneConsent ConsentOf(std::uint64_t n) {
  const Hash256 bits = primitives::Sha256(RecordWriter().U64(n).bytes());
  const ByteSpan bytes(bits);
  return {*model::PersonId::FromBytes(bytes.first(16)),
          *model::ConsentId::FromBytes(bytes.subspan(16, 16))};
}

// A RocksDB store of `count` consents with their map, made once per count.
struct Filled {
  explicit Filled(std::uint64_t count) : size(count) {
    std::string pattern = (std::filesystem::temp_directory_path() / "noren-map-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return;
    directory = pattern;
    storage::RocksDbOptions options;
    options.directory = directory + "/store";
    auto opened = storage::RocksDbStore::Open(options);
    auto derived = personal_data::PurposeKeys::Derive(SecretBytes::Random(random, 32));
    if (!opened.ok() || !derived.ok()) return;
    store = std::move(*opened);
    keys = std::make_unique<personal_data::PurposeKeys>(std::move(*derived));
    ok = WriteRecords() && WriteMap();
  }
  ~Filled() {
    store.reset();
    std::error_code ignored;
    if (!directory.empty()) std::filesystem::remove_all(directory, ignored);
  }
  Filled(const Filled&) = delete;
  Filled& operator=(const Filled&) = delete;

  bool Add(std::string key, Bytes value) {
    batch.mutations.push_back({std::move(key), std::move(value)});
    return batch.mutations.size() < kPerBatch || Flush();
  }
  bool Flush() {
    if (batch.mutations.empty()) return true;
    const bool done = store->Commit(batch).outcome == storage::Outcome::kCommitted;
    batch.mutations.clear();
    return done;
  }
  bool WriteRecords() {
    for (std::uint64_t n = 0; n < size; ++n) {
      const auto [person, consent] = ConsentOf(n);
      Bytes content(kContentBytes);
      random.Fill(content);
      const personal_data::ConsentVersion version{.version = 2,
                                                  .state = personal_data::ConsentState::kGranted,
                                                  .deadline = {1 << 30},
                                                  .changed_at = {1},
                                                  .content_sha256 = primitives::Sha256(content)};
      auto sealed = personal_data::EncodeConsentVersion({person, consent}, version, *keys, random);
      const std::string key = person_keyspaces::ConsentVersionKey(person, consent);
      entries.push_back({primitives::Sha256(AsBytes(key)), personal_data::DigestOf(version)});
      if (!sealed.ok() || !Add(key, std::move(*sealed)) ||
          !Add(person_keyspaces::ConsentKey(person, consent), std::move(content))) {
        return false;
      }
    }
    return Flush();
  }
  bool WriteMap() {
    merkle::MapUpdate map = merkle::BuildMap(std::move(entries));
    entries = {};
    for (merkle::WrittenMapNode& node : map.written) {
      if (!Add(keyspaces::ConsentMapKey(node.place), std::move(*node.bytes))) return false;
    }
    roots = std::make_unique<ConsentRoots>(map.root);
    root = map.root;
    store->Compact();
    return Flush();
  }

  std::uint64_t size;
  bool ok = false;
  std::string directory;
  SystemRandom random;
  std::unique_ptr<storage::RocksDbStore> store;
  std::unique_ptr<personal_data::PurposeKeys> keys;
  std::unique_ptr<ConsentRoots> roots;
  Hash256 root{};
  PathLength length;
  storage::Batch batch;
  std::vector<merkle::MapEntry> entries;
};

Filled& FilledOf(std::uint64_t count) {
  static std::unique_ptr<Filled> filled;
  if (!filled || filled->size != count) {
    filled.reset();
    filled = std::make_unique<Filled>(count);
  }
  return *filled;
}

double ThreadSeconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The median: other processes share the machine.
double MedianMicroseconds(std::vector<double>& seconds) {
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle * 1e6;
}

// Before the map: both records of one view, the version record opened.
bool ReadBare(Filled& filled, const OneConsent& one) {
  const std::string key = person_keyspaces::ConsentVersionKey(one.person, one.consent);
  const auto values = filled.store->Read(
      kEmbeddedPartition, {person_keyspaces::ConsentKey(one.person, one.consent), key});
  if (!values.ok() || !(*values)[1]) return false;
  return personal_data::DecodeConsentVersion({one.person, one.consent}, *(*values)[1], *filled.keys)
      .ok();
}

void ReadConsentVerified(benchmark::State& state) {
  Filled& filled = FilledOf(static_cast<std::uint64_t>(state.range(0)));
  if (!filled.ok) return state.SkipWithError("store");
  const ConsentReads from{*filled.store, *filled.keys, *filled.roots, filled.length};
  std::vector<double> bare, verified;
  std::uint64_t n = 0;
  const auto next = [&] { return ConsentOf((n += 7919) % filled.size); };
  for (int warm = 0; warm < 2000; ++warm) {
    const OneConsent one = next();
    if (!ReadConsent(from, one.person, one.consent).ok()) return state.SkipWithError("refused");
  }
  for (auto _ : state) {
    const OneConsent first = next(), second = next();
    const double begin = ThreadSeconds();
    const bool read = ReadBare(filled, first);
    const double middle = ThreadSeconds();
    const bool shown = ReadConsent(from, second.person, second.consent).ok();
    const double end = ThreadSeconds();
    if (!read || !shown) return state.SkipWithError("refused");
    bare.push_back(middle - begin);
    verified.push_back(end - middle);
  }
  const double bare_us = MedianMicroseconds(bare), verified_us = MedianMicroseconds(verified);
  state.counters["bare_us"] = bare_us;
  state.counters["verified_us"] = verified_us;
  state.counters["ratio"] = verified_us / bare_us;
  state.counters["levels_read"] = filled.length.Guess();
}
BENCHMARK(ReadConsentVerified)->ArgName("consents")->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

// What the pipeline's leader does more for one transition: verify the path, rewrite it.
void StageOneTransition(benchmark::State& state) {
  Filled& filled = FilledOf(static_cast<std::uint64_t>(state.range(0)));
  if (!filled.ok) return state.SkipWithError("store");
  const ReadBefore read = [&](const std::string& key) -> StatusOr<std::optional<Bytes>> {
    NOREN_ASSIGN_OR_RETURN(auto values, filled.store->Read(kEmbeddedPartition, {key}));
    return std::move(values.front());
  };
  std::uint64_t n = 0;
  std::size_t nodes = 0, bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto [person, consent] = ConsentOf((n += 7919) % filled.size);
    const personal_data::ConsentVersion version{.version = 3,
                                                .state = personal_data::ConsentState::kWithdrawn,
                                                .deadline = {0},
                                                .changed_at = {2},
                                                .content_sha256 = {}};
    auto sealed = personal_data::EncodeConsentVersion({person, consent}, version, *filled.keys,
                                                      filled.random);
    if (!sealed.ok()) return state.SkipWithError("seal");
    const std::vector<storage::Mutation> mutations = {
        {person_keyspaces::ConsentVersionKey(person, consent), std::move(*sealed)}};
    state.ResumeTiming();
    const auto staged = StageConsentMap(filled.root, mutations, *filled.keys, read);
    if (!staged.ok()) return state.SkipWithError("refused");
    for (const storage::Mutation& node : staged->mutations) {
      ++nodes;
      bytes += node.value ? node.value->size() : 0;
    }
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["nodes_written"] = static_cast<double>(nodes) / rounds;
  state.counters["bytes_written"] = static_cast<double>(bytes) / rounds;
}
BENCHMARK(StageOneTransition)->ArgName("consents")->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace noren::operations
