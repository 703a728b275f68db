// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/file_outbox.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "crypto/base/encoding.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/storage/durable_file.h"
#include "server/custody/private_file.h"

namespace noren::server {
namespace {

Status Failed() { return model::MakeError(model::ErrorCode::kStorage, "outbox"); }

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

StatusOr<std::unique_ptr<FileOutbox>> FileOutbox::Open(const std::string& directory,
                                                       const Clock& clock, Random& random) {
  NOREN_RETURN_IF_ERROR(MakeMirrorDirectories({directory}));
  return std::unique_ptr<FileOutbox>(new FileOutbox(directory, clock, random));
}

Status FileOutbox::Send(const personal_data::OutboxMessage& message) {
  model::JsonValue json;
  json.Set("noren", "message/1").Set("kind", personal_data::MessageKindName(message.kind));
  json.Set("at", clock_.Now().value).Set("language", message.language);
  json.Set("contact", message.contact).Set("text", message.text);
  std::array<std::uint8_t, 8> unique{};
  random_.Fill(unique);
  const std::string name =
      directory_ + "/" + std::to_string(clock_.Now().value) + "-" + HexEncode(unique) + ".json";
  const std::string temporary = name + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Failed();
  const bool written = WriteAll(file, model::DumpCanonical(json) + "\n") && ::fsync(file) == 0;
  ::close(file);
  std::error_code error;
  if (written) std::filesystem::rename(temporary, name, error);
  return written && !error ? OkStatus() : Failed();
}

}  // namespace noren::server
