// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/wiped_text.h"

#include <string.h>

#include "crypto/base/bytes.h"

namespace noren {
namespace {

void Wipe(const std::string& text) {
  ::explicit_bzero(const_cast<char*>(text.data()), text.size());
}

}  // namespace

WipedText::WipedText(const SecretBytes& secret) : text_(AsText(secret.ExposeSecret())) {}

WipedText::~WipedText() { Wipe(text_); }

SecretBytes TakeSecret(const std::string& text) {
  SecretBytes secret = SecretBytes::CopyOf(AsBytes(text));
  Wipe(text);
  return secret;
}

}  // namespace noren
