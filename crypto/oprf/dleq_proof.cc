// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/dleq_proof.h"

#include <sodium.h>

#include <algorithm>
#include <string>

#include "crypto/oprf/group.h"
#include "crypto/oprf/hash_to_group.h"
#include "crypto/oprf/public_sum.h"
#include "crypto/oprf/scalars.h"
#include "crypto/primitives/hash.h"

namespace noren::oprf {
namespace {

constexpr Element kGenerator = {0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9,
                                0x61, 0xc5, 0x00, 0x51, 0x5f, 0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82,
                                0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76};

constexpr std::string_view kRefusedKey = "OPRF key: no group element, or the identity";

// A message whose every part has its 16-bit length before it.
class Transcript {
 public:
  Transcript& Number(std::size_t number) {
    bytes_.push_back(static_cast<std::uint8_t>(number >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(number));
    return *this;
  }
  Transcript& Field(ByteSpan bytes) { return Number(bytes.size()).Raw(bytes); }
  Transcript& Raw(ByteSpan bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  void Clear() { bytes_.clear(); }
  const Bytes& bytes() const { return bytes_; }
  Scalar Hash(std::string_view tag) const {
    const ByteSpan whole = bytes_;
    return HashToScalar(tag, {&whole, 1});
  }

 private:
  Bytes bytes_;
};

// What each pair counts in the composites. One per range: it keeps its room.
class Weights {
 public:
  explicit Weights(const PublicKey& key) : tag_(ScalarTag(Mode::kVerifiable)) {
    Transcript transcript;
    transcript.Field(key.element).Field(AsBytes("Seed-" + ContextString(Mode::kVerifiable)));
    seed_ = primitives::Sha512(transcript.bytes());
  }
  Scalar Of(const ElementPairs& pairs, std::size_t index) {
    transcript_.Clear();
    transcript_.Field(seed_).Number(index);
    transcript_.Field(pairs.blinded[index]).Field(pairs.evaluated[index]);
    return transcript_.Raw(AsBytes("Composite")).Hash(tag_);
  }

 private:
  std::string tag_;
  primitives::Hash512 seed_;
  Transcript transcript_;
};

struct Composites {
  Element blinded;    // M
  Element evaluated;  // Z
};
struct Commitments {
  Element base;       // t2
  Element composite;  // t3
};

Scalar Challenge(const PublicKey& key, const Composites& composites,
                 const Commitments& commitments) {
  Transcript transcript;
  transcript.Field(key.element).Field(composites.blinded).Field(composites.evaluated);
  transcript.Field(commitments.base).Field(commitments.composite);
  return transcript.Raw(AsBytes("Challenge")).Hash(ScalarTag(Mode::kVerifiable));
}

StatusOr<Proof> ProveWithNonce(const ServerKey& key, const ElementPairs& pairs,
                               const SecretBytes& nonce, const RangeRunner& run) {
  PublicSum sum(pairs.blinded.size());
  FirstIndex refused;
  run(pairs.blinded.size(), [&](std::size_t begin, std::size_t end) {
    Weights weights(key.public_key());
    for (std::size_t i = begin; i < end; ++i) {
      if (!sum.Set(i, pairs.blinded[i], weights.Of(pairs, i))) return refused.Note(i);
    }
  });
  if (!refused.is_none()) return RefusedElement(refused.value());

  Composites composites;
  Commitments commitments;
  composites.blinded = sum.Total(run);
  commitments.base = MultiplyGenerator(nonce.ExposeSecret());
  if (!Multiply(key.scalar().ExposeSecret(), composites.blinded, composites.evaluated) ||
      !Multiply(nonce.ExposeSecret(), composites.blinded, commitments.composite)) {
    return Internal("OPRF proof: a composite is the identity");
  }

  const Scalar challenge = Challenge(key.public_key(), composites, commitments);
  SecretBytes product(kScalarSizeBytes);
  std::uint8_t* const challenge_times_key = product.ExposeSecretForWriting().data();
  crypto_core_ristretto255_scalar_mul(challenge_times_key, challenge.data(),
                                      key.scalar().ExposeSecret().data());
  Proof proof;
  std::copy(challenge.begin(), challenge.end(), proof.begin());
  crypto_core_ristretto255_scalar_sub(proof.data() + kScalarSizeBytes, nonce.ExposeSecret().data(),
                                      challenge_times_key);
  return proof;
}

// Both composites from what anybody has.
StatusOr<Composites> ComputeComposites(const PublicKey& key, const ElementPairs& pairs,
                                       const RangeRunner& run) {
  PublicSum blinded(pairs.blinded.size());
  PublicSum evaluated(pairs.blinded.size());
  FirstIndex refused;
  run(pairs.blinded.size(), [&](std::size_t begin, std::size_t end) {
    Weights weights(key);
    for (std::size_t i = begin; i < end; ++i) {
      const Scalar weight = weights.Of(pairs, i);
      const bool usable = pairs.blinded[i] != Element{} && pairs.evaluated[i] != Element{} &&
                          blinded.Set(i, pairs.blinded[i], weight) &&
                          evaluated.Set(i, pairs.evaluated[i], weight);
      if (!usable) return refused.Note(i);
    }
  });
  if (!refused.is_none()) return RefusedElement(refused.value());
  return Composites{blinded.Total(run), evaluated.Total(run)};
}

struct Term {
  const Element& element;
  const Scalar& scalar;
};

// `sum` of two terms; false when an element is none.
bool SumOfTwo(const Term& a, const Term& b, Element& sum) {
  PublicSum terms(2);
  if (!terms.Set(0, a.element, a.scalar) || !terms.Set(1, b.element, b.scalar)) return false;
  sum = terms.Total(OnThisThread());
  return true;
}

}  // namespace

StatusOr<Proof> Prove(const ServerKey& key, const ElementPairs& pairs, Random& random,
                      const RangeRunner& run) {
  return ProveWithNonce(key, pairs, RandomScalar(random), run);
}

StatusOr<Proof> UncheckedProveWithNonceForTest(const ServerKey& key, const ElementPairs& pairs,
                                               const SecretBytes& nonce) {
  return ProveWithNonce(key, pairs, nonce, OnThisThread());
}

Status VerifyProof(const PublicKey& key, const ElementPairs& pairs, const Proof& proof,
                   const RangeRunner& run) {
  NOREN_RETURN_IF_ERROR(CheckBatchSize(pairs.blinded.size()));
  if (pairs.blinded.size() != pairs.evaluated.size()) {
    return InvalidArgument("elements: as many evaluated as blinded ones expected");
  }
  if (key.element == Element{}) return InvalidArgument(kRefusedKey);
  Scalar challenge;
  Scalar response;
  std::copy_n(proof.begin(), kScalarSizeBytes, challenge.begin());
  std::copy_n(proof.begin() + kScalarSizeBytes, kScalarSizeBytes, response.begin());
  if (!IsScalar(challenge) || !IsScalar(response)) {
    return InvalidArgument("OPRF proof: no two scalars");
  }
  NOREN_ASSIGN_OR_RETURN(const Composites composites, ComputeComposites(key, pairs, run));
  Commitments commitments;
  if (!SumOfTwo({kGenerator, response}, {key.element, challenge}, commitments.base) ||
      !SumOfTwo({composites.blinded, response}, {composites.evaluated, challenge},
                commitments.composite)) {
    return InvalidArgument(kRefusedKey);
  }
  if (Challenge(key, composites, commitments) != challenge) {
    return Unauthenticated("OPRF proof does not hold");
  }
  return OkStatus();
}

}  // namespace noren::oprf
