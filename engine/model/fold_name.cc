// SPDX-License-Identifier: Apache-2.0
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "engine/model/dictionary.h"
#include "engine/model/utf8.h"

namespace noren::model {
namespace {

constexpr std::size_t kMaxNameSizeBytes = 4096;

// Spaces and the middle dots that Korean and Japanese put between words are written or left out at
// will.
bool IsLeftOut(UChar32 c) {
  return u_isUWhiteSpace(c) || c == 0x00B7 || c == 0x30FB || c == 0x318D || c == 0x2219;
}

}  // namespace

std::string FoldName(std::string_view text) {
  if (text.size() > kMaxNameSizeBytes || FindInvalidUtf8(text) != std::string_view::npos) return {};
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error) || fold == nullptr) return {};
  const icu::UnicodeString source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const icu::UnicodeString folded = fold->normalize(source, error);
  if (U_FAILURE(error)) return {};
  std::string out;
  for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (!IsLeftOut(c)) AppendUtf8(static_cast<std::uint32_t>(c), &out);
  }
  return out;
}

}  // namespace noren::model
