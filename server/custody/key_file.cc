// SPDX-License-Identifier: Apache-2.0
#include "server/custody/key_file.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "crypto/keys/key_file.h"
#include "engine/storage/durable_file.h"
#include "server/custody/private_file.h"

namespace noren::server {
namespace {

constexpr std::size_t kMaxPassphraseBytes = 1024;
constexpr std::size_t kMaxKeyFileBytes = 4096;

// Bytes on the stack that are gone when the scope ends.
class WipedBuffer {
 public:
  WipedBuffer() = default;
  ~WipedBuffer() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;

  // Reads until the end of the input, a newline when `stop_at_newline`, or one byte too many.
  Status Fill(int fd, bool stop_at_newline) {
    while (size_bytes_ < bytes_.size()) {
      const ssize_t got = ::read(fd, bytes_.data() + size_bytes_, bytes_.size() - size_bytes_);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return storage::ErrnoStatus("read of the passphrase", errno);
      if (got == 0) break;
      size_bytes_ += static_cast<std::size_t>(got);
      if (stop_at_newline && bytes_[size_bytes_ - 1] == '\n') break;
    }
    return OkStatus();
  }

  StatusOr<SecretBytes> TakePassphrase() const {
    std::size_t size_bytes = size_bytes_;
    if (size_bytes > 0 && bytes_[size_bytes - 1] == '\n') --size_bytes;
    if (size_bytes > 0 && bytes_[size_bytes - 1] == '\r') --size_bytes;
    if (size_bytes == 0) return InvalidArgument("passphrase: empty");
    if (size_bytes > kMaxPassphraseBytes) return InvalidArgument("passphrase: over 1024 bytes");
    return SecretBytes::CopyOf(ByteSpan(bytes_).first(size_bytes));
  }

 private:
  std::array<std::uint8_t, kMaxPassphraseBytes + 3> bytes_{};  // room for "\r\n" and one too many
  std::size_t size_bytes_ = 0;
};

StatusOr<SecretBytes> ReadPassphraseFile(const std::string& path) {
  NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file,
                         OpenPrivateFile(path, O_RDONLY, "passphrase file"));
  WipedBuffer buffer;
  NOREN_RETURN_IF_ERROR(buffer.Fill(file.get(), false));
  return buffer.TakePassphrase();
}

// Turns the terminal's echo off and, with its scope, on again.
class EchoOff {
 public:
  explicit EchoOff(int fd) : fd_(fd), is_terminal_(::tcgetattr(fd, &before_) == 0) {
    if (!is_terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSAFLUSH, &silent);
  }
  ~EchoOff() {
    if (is_terminal_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  bool is_terminal() const { return is_terminal_; }

 private:
  int fd_;
  termios before_{};
  bool is_terminal_;
};

StatusOr<SecretBytes> PromptForPassphrase() {
  StatusOr<storage::FileDescriptor> terminal = storage::OpenFile("/dev/tty", O_RDWR | O_NOCTTY);
  if (!terminal.ok()) return NotFound("passphrase: no terminal to ask on; name a file instead");
  const EchoOff echo_off(terminal->get());
  if (!echo_off.is_terminal()) return NotFound("passphrase: no terminal to ask on");
  constexpr std::string_view kQuestion = "Passphrase of the root key: ";
  if (::write(terminal->get(), kQuestion.data(), kQuestion.size()) < 0) {
    return storage::ErrnoStatus("write to the terminal", errno);
  }
  WipedBuffer buffer;
  NOREN_RETURN_IF_ERROR(buffer.Fill(terminal->get(), true));
  if (::write(terminal->get(), "\n", 1) < 0) {
    return storage::ErrnoStatus("write to the terminal", errno);
  }
  return buffer.TakePassphrase();
}

}  // namespace

StatusOr<SecretBytes> ReadPassphrase(const PassphraseSource& source) {
  if (source.file) return ReadPassphraseFile(*source.file);
  if (source.environment_name) {
    const char* path = std::getenv(source.environment_name->c_str());
    if (path == nullptr || *path == '\0') {
      return NotFound("passphrase: the variable " + *source.environment_name + " is not set");
    }
    return ReadPassphraseFile(path);
  }
  if (source.prompt) return PromptForPassphrase();
  return InvalidArgument("passphrase: no file, variable or terminal was named");
}

Status WriteRootKeyFile(const std::string& path, const SecretBytes& root_key,
                        const SecretBytes& passphrase, Random& random) {
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed, keys::SealRootKey(root_key, passphrase,
                                                               primitives::Argon2idCost{}, random));
  const std::string temporary = path + ".tmp";
  ::unlink(temporary.c_str());
  {
    NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file,
                           storage::OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL));
    NOREN_RETURN_IF_ERROR(storage::WriteAt(file, 0, sealed));
    NOREN_RETURN_IF_ERROR(storage::SyncData(file));
  }
  // A link, unlike a rename, never replaces a key that is there.
  const bool is_linked = ::link(temporary.c_str(), path.c_str()) == 0;
  const int link_error = errno;
  ::unlink(temporary.c_str());
  if (!is_linked && link_error == EEXIST) {
    return AlreadyExists("root key file " + path + " exists; a root key is never written over");
  }
  if (!is_linked) return storage::ErrnoStatus("link of the root key file", link_error);
  return storage::SyncDirectory(storage::ParentOf(path));
}

StatusOr<SecretBytes> ReadRootKeyFile(const std::string& path, const SecretBytes& passphrase) {
  NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file,
                         OpenPrivateFile(path, O_RDONLY, "root key file"));
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed, storage::ReadAtMost(file, 0, kMaxKeyFileBytes));
  return keys::OpenRootKey(sealed, passphrase);
}

}  // namespace noren::server
