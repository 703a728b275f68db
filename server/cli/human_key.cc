// SPDX-License-Identifier: Apache-2.0
#include "server/cli/human_key.h"

#include <cstring>
#include <utility>

#include "crypto/base/clock.h"
#include "crypto/base/encoding.h"
#include "crypto/base/random.h"
#include "server/auth/peer_identity.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

constexpr std::size_t kMaxSeedFileSizeBytes = 128;
constexpr std::size_t kMaxCertificateSizeBytes = 64 * 1024;
constexpr std::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kPemEnd = "-----END CERTIFICATE-----";

// The name in the caller's own certificate.
StatusOr<std::string> CompanyOfCertificate(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto connection,
                         ResolveConnection(context.options.connection, "company"));
  NOREN_ASSIGN_OR_RETURN(std::string pem,
                         ReadTextFile(connection.certificate_path, kMaxCertificateSizeBytes));
  std::erase_if(pem, [](char c) { return c == '\n' || c == '\r'; });
  const std::size_t begin = pem.find(kPemBegin);
  const std::size_t end = pem.find(kPemEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return UsageError("the client's certificate is not PEM");
  const std::size_t body = begin + kPemBegin.size();
  const auto der = Base64Decode(std::string_view(pem).substr(body, end - body));
  if (!der.ok()) return UsageError("the client's certificate is not PEM");
  NOREN_ASSIGN_OR_RETURN(const model::Principal principal, server::PrincipalFromCertificate(*der));
  return principal.name;
}

}  // namespace

StatusOr<primitives::SigningKey> ReadHumanKey(const std::string& path) {
  NOREN_ASSIGN_OR_RETURN(std::string text, ReadTextFile(path, kMaxSeedFileSizeBytes));
  std::string_view digits = text;
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  auto seed = HexDecode(digits);
  explicit_bzero(text.data(), text.size());
  if (!seed.ok() || seed->size() != primitives::kSignatureSeedSizeBytes) {
    return UsageError("a key is a file with 64 hex digits, as 'noren act keygen' makes it");
  }
  auto key = primitives::SigningKey::FromSeed(SecretBytes::CopyOf(*seed));
  explicit_bzero(seed->data(), seed->size());
  return key;
}

wire::SignedStatement SignStatement(const primitives::SigningKey& key, std::string_view prefix,
                                    std::string statement) {
  const std::string message = std::string(prefix) + statement;
  wire::SignedStatement carried;
  carried.signature = std::string(AsText(key.Sign(AsBytes(message))));
  carried.statement = std::move(statement);
  return carried;
}

StatusOr<wire::SignedStatement> SignDecision(CommandContext& context, const DecidingHuman& human,
                                             personal_data::HumanDecision decision) {
  const auto reason = personal_data::FindDecisionReason(human.reason);
  if (!reason) return UsageError("--reason: a code of docs/formats/decision.md");
  NOREN_ASSIGN_OR_RETURN(decision.company, CompanyOfCertificate(context));
  decision.at = SystemClock().Now();
  decision.decided_by = human.name;
  decision.role = human.role;
  decision.reason = *reason;
  SystemRandom().Fill(decision.nonce);
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey key, ReadHumanKey(human.key_path));
  return SignStatement(key, personal_data::kDecisionSignaturePrefix,
                       personal_data::StatementOf(decision));
}

}  // namespace noren::cli
