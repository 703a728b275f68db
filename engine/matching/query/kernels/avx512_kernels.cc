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

// The words of a record: 24 numbers, then the levels.
constexpr __mmask32 kNumberWords = (1U << kMaxRecordSkills) - 1;
constexpr std::size_t kLevelBytes = 2 * kMaxRecordSkills;

// Level of skill i in word i: byte i/2 of the levels, shifted by the nibble.
struct LevelWords {
  LevelWords() {
    alignas(64) std::array<std::uint8_t, 64> from{};
    alignas(64) std::array<std::uint16_t, 32> shift{};
    for (std::size_t i = 0; i < kMaxRecordSkills; ++i) {
      from[2 * i] = static_cast<std::uint8_t>(kLevelBytes + i / 2);
      shift[i] = i % 2 * 4;
    }
    bytes = _mm512_load_si512(from.data());
    shifts = _mm512_load_si512(shift.data());
  }
  __m512i Of(__m512i record) const {
    const __m512i spread = _mm512_permutexvar_epi8(bytes, record);
    return _mm512_and_si512(_mm512_srlv_epi16(spread, shifts), _mm512_set1_epi16(0x0F));
  }
  __m512i bytes, shifts;
};

std::int32_t SumOf(__m512i words) {
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(words), _mm512_extracti64x4_epi64(words, 1));
  __m128i quarter = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  quarter = _mm_add_epi32(quarter, _mm_shuffle_epi32(quarter, 0x4E));
  quarter = _mm_add_epi32(quarter, _mm_shuffle_epi32(quarter, 0xB1));
  return _mm_cvtsi128_si32(quarter);
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
  const LevelWords level_words;
  const __m512i numbers_low = Load(program.hash_numbers.data());
  const __m512i numbers_high = Load(program.hash_numbers.data() + 32);
  const __m512i weights_low = Load(program.hash_weights.data());
  const __m512i weights_high = Load(program.hash_weights.data() + 32);
  const __m512i multiplier = _mm512_set1_epi16(static_cast<short>(program.multiplier));
  for (std::size_t r = 0; r < records.size(); ++r) {
    const __m512i record = Load(records[r]);
    const __m512i place = _mm512_srli_epi16(_mm512_mullo_epi16(record, multiplier), 10);
    const __m512i known = _mm512_permutex2var_epi16(numbers_low, place, numbers_high);
    const __mmask32 same = _mm512_mask_cmpeq_epi16_mask(kNumberWords, known, record);
    const __m512i weights = _mm512_maskz_permutex2var_epi16(same, weights_low, place, weights_high);
    const std::int32_t sum = SumOf(_mm512_madd_epi16(weights, level_words.Of(record)));
    points[r] = HasAll(record, program.required) ? sum : kLacksRequired;
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
