// A secret as text, for libraries that take nothing else (Thrift, PKCS#11): wiped when it goes.
// Threads:  externally synchronised
// Secrets:  the text; its copies inside those libraries are not ours to wipe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/secret_bytes.h"

namespace noren {

class WipedText {
 public:
  explicit WipedText(const SecretBytes& secret);
  ~WipedText();
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Copies a secret that came in an ordinary string, and wipes the string's bytes. The string must be
// an object that was not made const.
SecretBytes TakeSecret(const std::string& text);

}  // namespace noren
