// SPDX-License-Identifier: Apache-2.0
#include "server/custody/token_custody.h"

#include <fcntl.h>

#include <utility>

#include "engine/model/errors.h"
#include "engine/storage/durable_file.h"
#include "server/custody/key_file.h"
#include "server/custody/private_file.h"

namespace noren::server {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

StatusOr<SecretBytes> ReadPin(const std::string& path, RootKeySource::Asking asking) {
  PassphraseSource source;
  if (!path.empty()) source.file = path;
  source.prompt = asking == RootKeySource::Asking::kOnTerminal;
  if (!source.file && !source.prompt) {
    return model::MakeFieldError(model::ErrorCode::kMissingField, "secret", "PIN");
  }
  return ReadPassphrase(source);
}

}  // namespace

Status WriteTokenKeyFile(const std::string& path, const SecretBytes& root_key,
                         const Pkcs11Place& place, const SecretBytes& pin, Random& random) {
  NOREN_ASSIGN_OR_RETURN(const auto token, Pkcs11Token::Open(place, pin));
  keys::TokenKeyId id;
  random.Fill(id);
  NOREN_RETURN_IF_ERROR(token->MakeKey(id));
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed,
                         keys::SealRootKeyByToken(root_key, id, *token, random));
  NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file,
                         storage::OpenFile(path, O_WRONLY | O_CREAT | O_EXCL));
  NOREN_RETURN_IF_ERROR(storage::WriteAt(file, 0, sealed));
  NOREN_RETURN_IF_ERROR(storage::SyncData(file));
  return storage::SyncDirectory(storage::ParentOf(path));
}

StatusOr<std::optional<SecretBytes>> TokenCustody::Open(const SecretBytes& secret, Asking asking) {
  NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file,
                         OpenPrivateFile(place_.root_key_path, O_RDONLY, "root key file"));
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed, storage::ReadAtMost(file, 0, kMaxKeyFileBytes));
  SecretBytes pin = secret.Clone();
  if (pin.empty()) {
    NOREN_ASSIGN_OR_RETURN(pin, ReadPin(place_.pin_path, asking));
  }
  NOREN_ASSIGN_OR_RETURN(const auto token, Pkcs11Token::Open(place_.token, pin));
  NOREN_ASSIGN_OR_RETURN(SecretBytes root_key, keys::OpenRootKeyByToken(sealed, *token));
  return std::optional<SecretBytes>(std::move(root_key));
}

}  // namespace noren::server
