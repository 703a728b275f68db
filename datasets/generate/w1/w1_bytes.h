// Workload W1 as files, and their fingerprints: two programs that agree on them measure the same
// thing.
// Source:   docs/formats/w1.md (files)
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"

namespace noren::w1 {

// Takes the bytes of a file piece by piece; a piece is borrowed for the call.
using ByteSink = std::function<void(ByteSpan piece)>;

void WriteSeekers(const Seekers& seekers, const ByteSink& sink);                 // seekers.bin
void WritePostings(const std::vector<Posting>& postings, const ByteSink& sink);  // postings.bin
void WriteVectors(const std::vector<float>& matrix, const ByteSink& sink);       // emb_*.f32

// SHA-256 of a file, in lower-case hexadecimal digits.
std::string Fingerprint(const std::function<void(const ByteSink&)>& write);

// The fingerprints of 1,000,000 people and 1,000 postings begin with these.
inline constexpr std::size_t kFullSeekersCount = 1'000'000;
inline constexpr std::size_t kFullPostingsCount = 1'000;
inline constexpr std::string_view kSeekersFingerprint = "b624a81d";
inline constexpr std::string_view kPostingsFingerprint = "2af4ed82";
inline constexpr std::string_view kSeekerVectorsFingerprint = "7c140a28";
inline constexpr std::string_view kPostingVectorsFingerprint = "93f1087f";

}  // namespace noren::w1
