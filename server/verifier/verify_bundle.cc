// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/merkle/checkpoint.h"
#include "crypto/merkle/note.h"
#include "crypto/merkle/proof.h"
#include "crypto/merkle/tree.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "server/verifier/entry_reader.h"
#include "server/verifier/json_line.h"
#include "server/verifier/verify.h"

namespace noren::verifier {
namespace {

constexpr std::size_t kMaxBundleSizeBytes = std::size_t{1} << 20;

struct Party {
  const char* name;
  std::uint8_t number;
  std::optional<Hash256> EntryFacts::*commitment;
};
constexpr Party kParties[] = {{"principal", 1, &EntryFacts::principal},
                              {"subject", 2, &EntryFacts::subject},
                              {"object", 3, &EntryFacts::object}};

Hash256 CommitmentOf(std::uint8_t party, ByteSpan salt, std::string_view name) {
  return primitives::Sha256Hasher()
      .Update(AsBytes("noren/commitment/1\n"))
      .Update({&party, 1})
      .Update(salt)
      .Update(AsBytes(name))
      .Finish();
}

class BundleVerifier {
 public:
  BundleVerifier(const merkle::NoteVerifier& key, const Bytes& signer)
      : key_(key), signer_(signer) {}

  Report Run(std::string_view bundle);

 private:
  void Found(Finding finding, std::string detail) {
    report_.findings.push_back({finding, std::nullopt, std::move(detail)});
  }
  void Passed(std::string name, std::uint64_t count) {
    report_.checks.push_back({std::move(name), count});
  }
  bool ReadEntry(const JsonObject& bundle);
  void CheckInclusion(const JsonObject& bundle);
  void CheckStatement(const JsonObject& bundle);
  void CheckStatementSignature(const JsonObject& bundle, const std::string& message);
  void CheckOpenings(const JsonObject& bundle);
  bool CheckOpening(const JsonObject& opening, const Party& party);

  const merkle::NoteVerifier& key_;
  const Bytes& signer_;
  Report report_;
  Bytes entry_;
  EntryFacts facts_;
};

Report BundleVerifier::Run(std::string_view bundle) {
  std::optional<JsonObject> object;
  if (bundle.size() <= kMaxBundleSizeBytes && bundle.ends_with('\n')) {
    object = JsonObject::Parse(bundle.substr(0, bundle.size() - 1));
  }
  if (!object ||
      !object->HasExactly({"checkpoint", "entry", "format", "inclusion", "index", "openings",
                           "signature", "statement"}) ||
      object->Text("format") != "noren/proof-bundle/2") {
    Found(Finding::kMalformed, "not a proof bundle");
    return std::move(report_);
  }
  if (!ReadEntry(*object)) return std::move(report_);
  CheckInclusion(*object);
  CheckStatement(*object);
  CheckOpenings(*object);
  return std::move(report_);
}

bool BundleVerifier::ReadEntry(const JsonObject& bundle) {
  auto entry = bundle.Base64("entry");
  if (!entry) {
    Found(Finding::kMalformed, "the entry is not base64");
    return false;
  }
  auto facts = ReadEntryFacts(*entry);
  if (!facts.ok()) {
    Found(Finding::kEntryMalformed, "the entry does not decode");
    return false;
  }
  entry_ = *std::move(entry);
  facts_ = *std::move(facts);
  report_.last_sequence = facts_.sequence;
  return true;
}

void BundleVerifier::CheckInclusion(const JsonObject& bundle) {
  const auto note = bundle.Text("checkpoint");
  const auto index = bundle.Unsigned("index");
  const auto proof = bundle.Hashes("inclusion");
  if (!note || !index || !proof) {
    Found(Finding::kMalformed, "checkpoint, index or inclusion proof");
    return;
  }
  const auto checkpoint = merkle::OpenCheckpoint(*note, key_);
  if (!checkpoint.ok()) {
    Found(Finding::kSignatureInvalid, "the checkpoint is not signed by the given key");
    return;
  }
  Passed("checkpoint signature", 1);
  report_.origin = checkpoint->origin;
  report_.tree_size = checkpoint->head.size;
  report_.root = checkpoint->head.root;
  const Hash256 leaf_hash = merkle::HashLeaf(entry_);
  if (!merkle::VerifyInclusion(leaf_hash, *index, checkpoint->head, *proof).ok()) {
    Found(Finding::kNotIncluded, "the inclusion proof does not lead to the checkpoint's root");
    return;
  }
  Passed("inclusion proof", proof->size());
}

void BundleVerifier::CheckStatement(const JsonObject& bundle) {
  const auto statement = bundle.Text("statement");
  if (!statement) {
    Found(Finding::kMalformed, "the statement is not a text");
    return;
  }
  const auto parsed = JsonObject::Parse(*statement);
  const auto kind = parsed ? parsed->Text("noren") : std::nullopt;
  if (!kind) {
    Found(Finding::kMalformed, "the statement is of no kind");
    return;
  }
  // What a signature covers, and what the entry has the digest of.
  const std::string message = "noren/" + *kind + "\n" + *statement;
  if (facts_.statement_digest != primitives::Sha256(AsBytes(message))) {
    Found(Finding::kStatementMismatch, "the entry records another statement");
    return;
  }
  Passed("statement recorded by the entry", 1);
  if (bundle.IsNull("signature")) {
    report_.notes.push_back("the statement carries no signature: it was proved in another way");
    if (!signer_.empty()) Found(Finding::kSignatureInvalid, "the statement is not signed");
    return;
  }
  CheckStatementSignature(bundle, message);
}

void BundleVerifier::CheckStatementSignature(const JsonObject& bundle, const std::string& message) {
  const auto signature = bundle.Object("signature");
  const auto key_bytes = signature ? signature->Base64("key") : std::nullopt;
  const auto value = signature ? signature->Base64("value") : std::nullopt;
  if (!key_bytes || !value || !signature->HasExactly({"key", "value"})) {
    Found(Finding::kMalformed, "the statement's signature");
    return;
  }
  const auto key = primitives::VerifyingKey::FromBytes(*key_bytes);
  if (!key.ok() || !primitives::Verify(*key, AsBytes(message), *value).ok()) {
    Found(Finding::kSignatureInvalid, "the statement's signature does not fit its key");
    return;
  }
  if (signer_.empty()) {
    report_.notes.push_back(
        "the statement's signature fits the key in the bundle; whose key that "
        "is was not checked");
  } else if (*key_bytes != signer_) {
    Found(Finding::kSignatureInvalid, "the statement is signed by another key than expected");
    return;
  }
  Passed("statement signature", 1);
}

void BundleVerifier::CheckOpenings(const JsonObject& bundle) {
  const auto openings = bundle.Object("openings");
  if (!openings) {
    Found(Finding::kMalformed, "the openings are not an object");
    return;
  }
  std::uint64_t opened = 0;
  for (const std::string& name : openings->Names()) {
    const auto* party = std::find_if(std::begin(kParties), std::end(kParties),
                                     [&](const Party& p) { return name == p.name; });
    const auto opening = openings->Object(name);
    if (party == std::end(kParties) || !opening) {
      Found(Finding::kMalformed, "an opening of something that is no party");
      return;
    }
    if (!CheckOpening(*opening, *party)) return;
    ++opened;
  }
  if (opened > 0) Passed("names opened", opened);
}

bool BundleVerifier::CheckOpening(const JsonObject& opening, const Party& party) {
  const auto name = opening.Text("name");
  const auto salt = opening.Base64("salt");
  if (!opening.HasExactly({"name", "salt"}) || !name || !salt || salt->size() != 16) {
    Found(Finding::kMalformed, "an opening");
    return false;
  }
  if (facts_.*party.commitment != CommitmentOf(party.number, *salt, *name)) {
    Found(Finding::kOpeningMismatch, "a revealed name does not open its commitment");
    return false;
  }
  return true;
}

}  // namespace

StatusOr<Report> VerifyBundle(std::string_view bundle, const BundleExpectations& expectations) {
  NOREN_ASSIGN_OR_RETURN(const merkle::NoteVerifier key,
                         merkle::NoteVerifier::Parse(expectations.verifier_key));
  return BundleVerifier(key, expectations.statement_signer).Run(bundle);
}

}  // namespace noren::verifier
