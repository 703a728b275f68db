// SPDX-License-Identifier: Apache-2.0
#include "server/custody/root_key_source.h"

#include <array>
#include <utility>

#include "engine/model/errors.h"
#include "server/custody/key_file.h"
#include "server/custody/share_custody.h"
#include "server/custody/token_custody.h"

namespace noren::server {
namespace {

using model::ErrorCode;

constexpr std::array<std::pair<CustodyKind, std::string_view>, 3> kKinds = {
    {{CustodyKind::kPassphrase, "passphrase"},
     {CustodyKind::kPkcs11, "pkcs11"},
     {CustodyKind::kShares, "shares"}}};

class PassphraseCustody final : public RootKeySource {
 public:
  explicit PassphraseCustody(const RootKeyPlace& place) : place_(place) {}

  StatusOr<std::optional<SecretBytes>> Open(const SecretBytes& secret, Asking asking) override {
    StatusOr<SecretBytes> root_key = Unauthenticated("");
    if (!secret.empty()) {
      root_key = ReadRootKeyFile(place_.root_key_path, secret);
    } else {
      NOREN_ASSIGN_OR_RETURN(const SecretBytes passphrase, ReadConfigured(asking));
      root_key = ReadRootKeyFile(place_.root_key_path, passphrase);
    }
    if (root_key.status().code() == StatusCode::kUnauthenticated) {
      return model::MakeError(ErrorCode::kPassphraseWrong);
    }
    if (!root_key.ok()) return root_key.status();
    return std::optional<SecretBytes>(std::move(*root_key));
  }

 private:
  StatusOr<SecretBytes> ReadConfigured(Asking asking) const {
    PassphraseSource source;
    if (!place_.passphrase_path.empty()) source.file = place_.passphrase_path;
    source.prompt = asking == Asking::kOnTerminal;
    if (!source.file && !source.prompt) {
      return model::MakeFieldError(ErrorCode::kMissingField, "secret", "passphrase");
    }
    return ReadPassphrase(source);
  }

  const RootKeyPlace place_;
};

}  // namespace

std::string_view NameOf(CustodyKind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  return "unknown";
}

std::optional<CustodyKind> FindCustodyKind(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

StatusOr<std::unique_ptr<RootKeySource>> MakeRootKeySource(const RootKeyPlace& place) {
  switch (place.kind) {
    case CustodyKind::kPassphrase:
      return std::unique_ptr<RootKeySource>(std::make_unique<PassphraseCustody>(place));
    case CustodyKind::kPkcs11:
      return std::unique_ptr<RootKeySource>(std::make_unique<TokenCustody>(place));
    case CustodyKind::kShares:
      break;
  }
  NOREN_ASSIGN_OR_RETURN(const keys::ShareSet set, ReadShareSet(place.root_key_path));
  return std::unique_ptr<RootKeySource>(std::make_unique<ShareCustody>(set));
}

}  // namespace noren::server
