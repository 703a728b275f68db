// The age v1 test vectors of the C2SP "CCTV" collection (npm package cctv-age), with the class of
// result that each expects.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/agefile/agefile.h"
#include "crypto/primitives/hash.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::agefile {
namespace {

struct Vector {
  std::string name;
  std::string expect;
  std::string payload_sha256;
  std::vector<std::string> identities;
  bool armored = false;
  bool passphrase = false;
  Bytes file;
};

Bytes Inflate(ByteSpan compressed) {
  Bytes out(8u << 20);
  uLongf size = out.size();
  while (true) {
    const int result = uncompress(out.data(), &size, compressed.data(), compressed.size());
    if (result == Z_OK) break;
    EXPECT_EQ(result, Z_BUF_ERROR);
    if (result != Z_BUF_ERROR) return {};
    out.resize(out.size() * 2);
    size = out.size();
  }
  out.resize(size);
  return out;
}

// A vector is lines "key: value", an empty line, and the file.
Vector ParseVector(const std::string& name, const Bytes& content) {
  Vector vector;
  vector.name = name;
  std::string_view rest = AsText(content);
  bool compressed = false;
  while (!rest.starts_with('\n')) {
    const std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(line.size() + 1);
    const std::size_t colon = line.find(": ");
    const std::string key = line.substr(0, colon);
    const std::string value = line.substr(colon + 2);
    if (key == "expect") vector.expect = value;
    if (key == "payload") vector.payload_sha256 = value;
    if (key == "identity") vector.identities.push_back(value);
    if (key == "passphrase") vector.passphrase = true;
    if (key == "armored") vector.armored = value == "yes";
    if (key == "compressed") compressed = value == "zlib";
  }
  rest.remove_prefix(1);
  vector.file = compressed ? Inflate(AsBytes(rest)) : ToBytes(rest);
  return vector;
}

// The package is a script: each vector is a comment with its path and a call with its base64.
std::vector<Vector> ReadAllVectors() {
  const Bytes script = ReadFileBytes(NOREN_CCTV_AGE "/index.js");
  std::string_view rest = AsText(script);
  constexpr std::string_view kPath = "// ../testdata/";
  constexpr std::string_view kCall = "__toBinary(\"";
  std::vector<Vector> vectors;
  for (std::size_t at = rest.find(kPath); at != rest.npos; at = rest.find(kPath)) {
    rest.remove_prefix(at + kPath.size());
    const std::string name(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(rest.find(kCall) + kCall.size());
    std::string base64(rest.substr(0, rest.find('"')));
    base64.erase(std::find(base64.begin(), base64.end(), '='), base64.end());
    const auto content = Base64DecodeUnpadded(base64);
    EXPECT_TRUE(content.ok()) << name;
    if (content.ok()) vectors.push_back(ParseVector(name, *content));
  }
  return vectors;
}

struct Result {
  std::string outcome;  // in the words of the collection
  Bytes released;       // all plaintext that was given out
};

// Decrypts in small pieces, so that every chunk that opens is released before the next one fails.
Result Decrypt(const Vector& vector, const Identity& identity) {
  const auto header_size = MeasureHeader(vector.file);
  if (!header_size.ok()) {
    EXPECT_THAT(header_size, StatusIs(StatusCode::kInvalidArgument));
    return {"header failure", {}};
  }
  const auto file_key = OpenHeader(ByteSpan(vector.file).first(*header_size), identity);
  switch (file_key.status().code()) {
    case StatusCode::kOk:
      break;
    case StatusCode::kNotFound:
      return {"no match", {}};
    case StatusCode::kDataLoss:
      return {"HMAC failure", {}};
    default:
      EXPECT_THAT(file_key, StatusIs(StatusCode::kInvalidArgument));
      return {"header failure", {}};
  }
  Result result = {"payload failure", {}};
  PayloadDecryptor decryptor(*file_key);
  ByteSpan rest = ByteSpan(vector.file).subspan(*header_size);
  const auto release = [&](const StatusOr<Bytes>& plaintext) {
    if (!plaintext.ok()) return false;
    result.released.insert(result.released.end(), plaintext->begin(), plaintext->end());
    return true;
  };
  while (!rest.empty()) {
    const std::size_t take = std::min<std::size_t>(rest.size(), 4096);
    if (!release(decryptor.Update(rest.first(take)))) return result;
    rest = rest.subspan(take);
  }
  if (release(decryptor.Finish())) result.outcome = "success";
  return result;
}

// The identity to try: the first that we can read (post-quantum ones are not supported), or else a
// stranger's.
Identity IdentityFor(const Vector& vector) {
  for (const std::string& text : vector.identities) {
    auto identity = Identity::Parse(text);
    if (identity.ok()) return std::move(identity).value();
    EXPECT_TRUE(text.starts_with("AGE-SECRET-KEY-PQ-1")) << vector.name;
  }
  SystemRandom random;
  return Identity::Generate(random);
}

// The nonce belongs to the payload here, because header and payload are stored apart; the
// collection counts it to the header.
bool NonceIsMissing(const Vector& vector) {
  return vector.name == "stream_no_nonce" || vector.name == "stream_short_nonce";
}

// Bytes follow a full chunk that is marked as the last. The reference implementation gives out that
// chunk before it sees them; we do not, so that what is compared is a prefix.
bool HasBytesBehindAFullLastChunk(const Vector& vector) {
  return vector.name.starts_with("stream_trailing_garbage") ||
         (vector.name.starts_with("stream_two_final_chunks") &&
          vector.name != "stream_two_final_chunks_short");
}

// What the reference implementation gives out: the plaintext of the file without the bytes behind.
Bytes PlaintextUpToTheLastChunk(const Vector& vector) {
  const std::size_t payload_begin = MeasureHeader(vector.file).value() + kPayloadNonceSizeBytes;
  const std::size_t behind = (vector.file.size() - payload_begin - 1) % kSealedChunkSizeBytes + 1;
  Vector cut = vector;
  cut.file.resize(vector.file.size() - behind);
  Result result = Decrypt(cut, IdentityFor(vector));
  EXPECT_EQ(result.outcome, "success");
  return std::move(result.released);
}

// A full chunk that ends the file without the mark. The reference implementation gives it out
// before it misses the mark; we wait for what follows. With a byte behind it, it is given out.
bool EndsInAFullUnmarkedChunk(const Vector& vector) {
  return vector.name == "stream_no_final_full" || vector.name == "stream_no_final_two_chunks_full";
}

Bytes PlaintextWithAByteBehind(const Vector& vector) {
  Vector longer = vector;
  longer.file.push_back(0);
  Result result = Decrypt(longer, IdentityFor(vector));
  EXPECT_EQ(result.outcome, "payload failure");
  return std::move(result.released);
}

void CheckReleased(const Vector& vector, const Bytes& released) {
  Bytes reference = released;
  if (HasBytesBehindAFullLastChunk(vector)) reference = PlaintextUpToTheLastChunk(vector);
  if (EndsInAFullUnmarkedChunk(vector)) reference = PlaintextWithAByteBehind(vector);
  EXPECT_EQ(HexEncode(primitives::Sha256(reference)), vector.payload_sha256);
  ASSERT_LE(released.size(), reference.size());
  EXPECT_TRUE(std::equal(released.begin(), released.end(), reference.begin()));
}

bool IsSupported(const Vector& vector) {
  return !vector.armored && !vector.passphrase && !vector.name.starts_with("hybrid");
}

TEST(CctvAge, EveryVectorOfX25519HeaderAndStreamHasItsExpectedResult) {
  int checked = 0;
  std::map<std::string, int> outcomes;
  for (const Vector& vector : ReadAllVectors()) {
    if (!IsSupported(vector)) continue;
    SCOPED_TRACE(vector.name);
    const Result result = Decrypt(vector, IdentityFor(vector));
    EXPECT_EQ(result.outcome, NonceIsMissing(vector) ? "payload failure" : vector.expect);
    if (!vector.payload_sha256.empty()) CheckReleased(vector, result.released);
    ++checked;
    ++outcomes[vector.expect];
  }
  EXPECT_EQ(checked, 67);
  EXPECT_GT(outcomes["success"], 10);
  EXPECT_GT(outcomes["no match"], 2);
  EXPECT_EQ(outcomes["HMAC failure"], 1);
  EXPECT_GT(outcomes["header failure"], 20);
  EXPECT_GT(outcomes["payload failure"], 10);
}

// Armor, scrypt and post-quantum recipients are not supported: such files are refused cleanly and
// release nothing.
TEST(CctvAge, WhatIsNotSupportedIsRefusedCleanly) {
  int checked = 0;
  for (const Vector& vector : ReadAllVectors()) {
    if (IsSupported(vector)) continue;
    SCOPED_TRACE(vector.name);
    const Result result = Decrypt(vector, IdentityFor(vector));
    EXPECT_EQ(result.released, Bytes());
    if (vector.armored) {
      EXPECT_EQ(result.outcome, "header failure");
    } else if (vector.expect == "success" || vector.expect == "no match") {
      EXPECT_EQ(result.outcome, "no match");
    } else {
      EXPECT_THAT(result.outcome, testing::AnyOf("no match", "header failure"));
    }
    ++checked;
  }
  EXPECT_EQ(checked, 143 - 67);
}

TEST(CctvAge, AScryptStanzaBesideAnotherIsMalformed) {
  int checked = 0;
  for (const Vector& vector : ReadAllVectors()) {
    if (vector.name != "scrypt_and_x25519" && vector.name != "scrypt_double") continue;
    EXPECT_EQ(Decrypt(vector, IdentityFor(vector)).outcome, "header failure");
    ++checked;
  }
  EXPECT_EQ(checked, 2);
}

}  // namespace
}  // namespace noren::agefile
