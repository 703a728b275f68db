// What AVX-512 does better than Highway offers it: look-ups in 256 bytes, products of bytes, and
// look-ups of words. The target is set for this file's own functions only: with compile options,
// inline functions of shared headers could be compiled for AVX-512 and then run elsewhere.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/kernels/kernel_tables.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

// GCC 12 takes the undefined vectors of its own intrinsics for uninitialised variables (PR105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,avx512vnni,bmi,bmi2,lzcnt,popcnt")

namespace noren::matching {
namespace {

__m512i Load(const void* from) { return _mm512_loadu_si512(from); }

// 256 bytes in four registers.
struct ByteTable {
  explicit ByteTable(const std::uint8_t* bytes)
      : a(Load(bytes)), b(Load(bytes + 64)), c(Load(bytes + 128)), d(Load(bytes + 192)) {}
  __m512i Of(__m512i at) const {
    const __m512i low = _mm512_permutex2var_epi8(a, at, b);
    const __m512i high = _mm512_permutex2var_epi8(c, at, d);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), low, high);
  }
  __m512i a, b, c, d;
};

__m512i Finish(__m512i sum, __m512i first_slots, const SkillProgram& program) {
  if (program.scaled) {
    const __m512i capped =
        _mm512_min_epu16(sum, _mm512_set1_epi16(static_cast<short>(program.cap)));
    const __m512i shifted = _mm512_sll_epi16(capped, _mm_cvtsi32_si128(program.shift));
    const __m512i factor = _mm512_set1_epi16(static_cast<short>(program.factor));
    sum = _mm512_add_epi16(_mm512_mulhi_epu16(shifted, factor), _mm512_set1_epi16(1));
  }
  if (program.if_none == 0) return sum;
  const __mmask32 none = _mm512_testn_epi16_mask(first_slots, _mm512_set1_epi16(0xFF));
  const __m512i least = _mm512_set1_epi16(static_cast<short>(program.if_none));
  return _mm512_mask_max_epu16(sum, none, sum, least);
}

std::uint64_t Skills(const Block& block, const SkillProgram& program, const LaneSums& sums,
                     std::uint32_t need) {
  if (need > kMostUnits) return 0;
  const ByteTable table(program.by_hash.data());
  const __m512i nibble = _mm512_set1_epi8(0x0F);
  const std::size_t pairs = block.shape().skills / 2U;
  __m512i low = _mm512_setzero_si512();  // lanes 0..31
  __m512i high = low;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const std::uint8_t* slots = block.skill_slots(pair);
    const __m512i levels = Load(slots + 2 * kLanes);
    const __m512i low_levels = _mm512_and_si512(levels, nibble);
    const __m512i high_levels = _mm512_and_si512(_mm512_srli_epi16(levels, 4), nibble);
    low = _mm512_adds_epu16(low, _mm512_maddubs_epi16(table.Of(Load(slots)), low_levels));
    high =
        _mm512_adds_epu16(high, _mm512_maddubs_epi16(table.Of(Load(slots + kLanes)), high_levels));
  }
  const __m512i empty = _mm512_setzero_si512();
  low = Finish(low, pairs == 0 ? empty : Load(block.skill_slots(0)), program);
  high = Finish(high, pairs == 0 ? empty : Load(block.skill_slots(0) + kLanes), program);
  low = _mm512_adds_epu16(low, Load(sums.of.data()));
  high = _mm512_adds_epu16(high, Load(sums.of.data() + kLanes / 2));
  const __m512i least = _mm512_set1_epi16(static_cast<short>(need));
  return std::uint64_t{_mm512_cmpge_epu16_mask(low, least)} |
         std::uint64_t{_mm512_cmpge_epu16_mask(high, least)} << (kLanes / 2);
}

// The words of a record: the numbers, then the levels.
constexpr __mmask32 kNumberWords = (1U << kMaxRecordSkills) - 1;
constexpr std::size_t kLevelBytes = 2 * kMaxRecordSkills;

// Level of skill i in word i: byte i/2 of the levels, shifted by the nibble.
struct LevelPlaces {
  alignas(64) std::array<std::uint8_t, 64> bytes{};
  alignas(64) std::array<std::uint16_t, 32> shifts{};
};
constexpr LevelPlaces kLevelPlaces = [] {
  LevelPlaces places;
  for (std::size_t i = 0; i < kMaxRecordSkills; ++i) {
    places.bytes[2 * i] = static_cast<std::uint8_t>(kLevelBytes + i / 2);
    places.shifts[i] = static_cast<std::uint16_t>(i % 2 * 4);
  }
  return places;
}();

// Weight x level of the skills of a record, in pairs.
struct RecordProducts {
  explicit RecordProducts(const RecordProgram& program)
      : level_bytes(Load(kLevelPlaces.bytes.data())),
        level_shifts(Load(kLevelPlaces.shifts.data())),
        numbers_low(Load(program.hash_numbers.data())),
        numbers_high(Load(program.hash_numbers.data() + 32)),
        weights_low(Load(program.hash_weights.data())),
        weights_high(Load(program.hash_weights.data() + 32)),
        multiplier(_mm512_set1_epi16(static_cast<short>(program.multiplier))) {}
  __m512i Of(__m512i record) const {
    const __m512i place = _mm512_srli_epi16(_mm512_mullo_epi16(record, multiplier), 10);
    const __m512i known = _mm512_permutex2var_epi16(numbers_low, place, numbers_high);
    const __mmask32 same = _mm512_mask_cmpeq_epi16_mask(kNumberWords, known, record);
    const __m512i weights = _mm512_maskz_permutex2var_epi16(same, weights_low, place, weights_high);
    const __m512i spread = _mm512_permutexvar_epi8(level_bytes, record);
    const __m512i levels =
        _mm512_and_si512(_mm512_srlv_epi16(spread, level_shifts), _mm512_set1_epi16(0x0F));
    return _mm512_madd_epi16(weights, levels);
  }
  __m512i level_bytes, level_shifts, numbers_low, numbers_high, weights_low, weights_high;
  __m512i multiplier;
};

// The sums of four times sixteen numbers.
__m128i SumsOf(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i all =
      _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

bool HasAll(__m512i record, std::span<const std::uint16_t> required) {
  for (const std::uint16_t number : required) {
    const __m512i wanted = _mm512_set1_epi16(static_cast<short>(number));
    if (_mm512_mask_cmpeq_epi16_mask(kNumberWords, record, wanted) == 0) return false;
  }
  return true;
}

void ScoreRecords(std::span<const SkillRecord* const> records, const RecordProgram& program,
                  std::int32_t* points) {
  if (!program.hashed) return ScoreRecordsScalar(records, program, points);
  const RecordProducts products(program);
  for (std::size_t r = 0; r < records.size(); r += 4) {
    // The last group is filled up with its own first record.
    const std::size_t count = std::min<std::size_t>(4, records.size() - r);
    __m512i record[4];
    for (std::size_t i = 0; i < 4; ++i) record[i] = Load(records[r + (i < count ? i : 0)]);
    const __m128i sums = SumsOf(products.Of(record[0]), products.Of(record[1]),
                                products.Of(record[2]), products.Of(record[3]));
    _mm_mask_storeu_epi32(points + r, static_cast<__mmask8>((1U << count) - 1), sums);
    if (program.required.empty()) continue;
    for (std::size_t i = 0; i < count; ++i) {
      if (!HasAll(record[i], program.required)) points[r + i] = kLacksRequired;
    }
  }
}

}  // namespace

void FillAvx512Kernels(QueryKernels& kernels) {
  kernels.skills = Skills;
  kernels.score_records = ScoreRecords;
}

}  // namespace noren::matching

#pragma GCC pop_options
#else
namespace noren::matching {
void FillAvx512Kernels(QueryKernels&) {}
}  // namespace noren::matching
#endif
