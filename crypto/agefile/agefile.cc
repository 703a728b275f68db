// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/agefile.h"

#include <algorithm>
#include <utility>

#include "crypto/agefile/header_parser.h"

namespace noren::agefile {
namespace {

void Append(Bytes& out, ByteSpan more) { out.insert(out.end(), more.begin(), more.end()); }

// True when `file` ends within its header: a line of the MAC may still come. Cheaper and safer than
// parsing at every piece.
bool HeaderMayContinue(ByteSpan file) {
  const std::string_view text = AsText(file);
  const std::string_view common = text.substr(0, kVersionLine.size());
  if (common != kVersionLine.substr(0, common.size())) return false;
  const std::size_t mac_line = text.find("\n---");
  return mac_line == std::string_view::npos ||
         text.find('\n', mac_line + 1) == std::string_view::npos;
}

}  // namespace

StatusOr<Bytes> EncryptFile(ByteSpan plaintext, std::span<const Recipient> recipients,
                            Random& random) {
  const SecretBytes file_key = GenerateFileKey(random);
  NOREN_ASSIGN_OR_RETURN(Bytes file, EncryptHeader(file_key, recipients, random));
  file.reserve(file.size() + PayloadSize(plaintext.size()));
  PayloadEncryptor payload(file_key, random);
  Append(file, payload.Update(plaintext));
  Append(file, payload.Finish());
  return file;
}

StatusOr<Bytes> DecryptFile(ByteSpan file, const Identity& identity) {
  NOREN_ASSIGN_OR_RETURN(const std::size_t header_size, MeasureHeader(file));
  NOREN_ASSIGN_OR_RETURN(const SecretBytes file_key, OpenHeader(file.first(header_size), identity));
  PayloadDecryptor payload(file_key);
  NOREN_ASSIGN_OR_RETURN(Bytes plaintext, payload.Update(file.subspan(header_size)));
  NOREN_ASSIGN_OR_RETURN(const Bytes rest, payload.Finish());
  Append(plaintext, rest);
  return plaintext;
}

StatusOr<Bytes> FileDecryptor::Update(ByteSpan file) {
  if (!failure_.ok()) return failure_;
  if (payload_.has_value()) return payload_->Update(file);
  Append(header_, file);
  if (HeaderMayContinue(header_) && header_.size() < kHeaderMaxSizeBytes) return Bytes();
  const StatusOr<std::size_t> size = MeasureHeader(header_);
  StatusOr<SecretBytes> file_key =
      size.ok() ? OpenHeader(ByteSpan(header_).first(*size), identity_) : size.status();
  if (!file_key.ok()) return failure_ = file_key.status();
  payload_.emplace(*file_key);
  const Bytes begun = std::exchange(header_, {});
  return payload_->Update(ByteSpan(begun).subspan(*size));
}

StatusOr<Bytes> FileDecryptor::Finish() {
  if (!failure_.ok()) return failure_;
  if (payload_.has_value()) return payload_->Finish();
  return failure_ = InvalidArgument("age header: not complete");
}

}  // namespace noren::agefile
