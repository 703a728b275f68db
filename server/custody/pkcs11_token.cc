// SPDX-License-Identifier: Apache-2.0
#include "server/custody/pkcs11_token.h"

#include <p11-kit/p11-kit.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/wiped_text.h"
#include "engine/model/errors.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr CK_ULONG kKeySizeBytes = 32;
constexpr CK_ULONG kMaxSlots = 256;
constexpr std::string_view kKeyLabel = "noren root key";

// `call` is a literal: "C_Login".
Status Failed(std::string_view call, CK_RV result) {
  std::array<char, 16> value{};
  std::snprintf(value.data(), value.size(), " 0x%08lx", result);
  return MakeError(ErrorCode::kTokenFailed, std::string(call) + value.data());
}

Status OkOr(std::string_view call, CK_RV result) {
  return result == CKR_OK ? OkStatus() : Failed(call, result);
}

Status OfLogin(CK_RV result) {
  switch (result) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
      return OkStatus();
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return MakeError(ErrorCode::kTokenPinWrong);
    case CKR_PIN_LOCKED:
      return MakeError(ErrorCode::kTokenPinLocked);
    default:
      return Failed("C_Login", result);
  }
}

// The library takes pointers to what it does not change.
CK_BYTE_PTR Unchanged(ByteSpan bytes) { return const_cast<CK_BYTE_PTR>(bytes.data()); }

template <typename T>
CK_ATTRIBUTE Attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}
CK_ATTRIBUTE BytesAttribute(CK_ATTRIBUTE_TYPE type, ByteSpan bytes) {
  return {type, Unchanged(bytes), bytes.size()};
}

CK_GCM_PARAMS GcmParameters(const keys::TokenNonce& nonce, ByteSpan associated_data) {
  CK_GCM_PARAMS parameters{};
  parameters.pIv = Unchanged(nonce);
  parameters.ulIvLen = nonce.size();
  parameters.ulIvBits = nonce.size() * 8;
  parameters.pAAD = Unchanged(associated_data);
  parameters.ulAADLen = associated_data.size();
  parameters.ulTagBits = keys::kTokenTagSizeBytes * 8;
  return parameters;
}

// Labels are 32 characters, filled up with blanks.
bool HasLabel(const CK_TOKEN_INFO& info, std::string_view label) {
  std::string_view padded(reinterpret_cast<const char*>(info.label), sizeof info.label);
  while (!padded.empty() && (padded.back() == ' ' || padded.back() == '\0'))
    padded.remove_suffix(1);
  return padded == label;
}

Status CheckMechanism(CK_FUNCTION_LIST* functions, CK_SLOT_ID slot) {
  CK_MECHANISM_INFO info{};
  const CK_RV found = functions->C_GetMechanismInfo(slot, CKM_AES_GCM, &info);
  // Some tokens give the key's size in bits.
  const bool fits = info.ulMaxKeySize == kKeySizeBytes || info.ulMaxKeySize >= kKeySizeBytes * 8;
  const CK_FLAGS both = CKF_ENCRYPT | CKF_DECRYPT;
  if (found != CKR_OK || !fits || (info.flags & both) != both) {
    return MakeError(ErrorCode::kTokenMechanism);
  }
  return OkStatus();
}

StatusOr<CK_SLOT_ID> FindSlot(CK_FUNCTION_LIST* functions, const std::string& label) {
  std::vector<CK_SLOT_ID> slots(kMaxSlots);
  CK_ULONG count = slots.size();
  NOREN_RETURN_IF_ERROR(
      OkOr("C_GetSlotList", functions->C_GetSlotList(CK_TRUE, slots.data(), &count)));
  slots.resize(count);
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (functions->C_GetTokenInfo(slot, &info) == CKR_OK && HasLabel(info, label)) return slot;
  }
  return MakeError(ErrorCode::kTokenMissing, "no token has this label");
}

}  // namespace

// Given back in the reverse order, whatever was reached.
struct Pkcs11Token::Session {
  ~Session() {
    if (is_open) {
      functions->C_Logout(handle);
      functions->C_CloseSession(handle);
    }
    if (is_initialized) p11_kit_module_finalize(functions);
    if (functions != nullptr) p11_kit_module_release(functions);
  }

  Status Start(const Pkcs11Place& place) {
    functions = p11_kit_module_load(place.module_path.c_str(), P11_KIT_MODULE_CRITICAL);
    if (functions == nullptr) return MakeError(ErrorCode::kTokenMissing, "no such library");
    NOREN_RETURN_IF_ERROR(OkOr("C_Initialize", p11_kit_module_initialize(functions)));
    is_initialized = true;
    NOREN_ASSIGN_OR_RETURN(const CK_SLOT_ID slot, FindSlot(functions, place.token_label));
    NOREN_RETURN_IF_ERROR(CheckMechanism(functions, slot));
    const CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    NOREN_RETURN_IF_ERROR(
        OkOr("C_OpenSession", functions->C_OpenSession(slot, flags, nullptr, nullptr, &handle)));
    is_open = true;
    return OkStatus();
  }

  Status LogIn(const SecretBytes& pin) {
    const WipedText text(pin);
    auto* const characters =
        reinterpret_cast<CK_UTF8CHAR_PTR>(const_cast<char*>(text.text().data()));
    return OfLogin(functions->C_Login(handle, CKU_USER, characters, text.text().size()));
  }

  StatusOr<CK_OBJECT_HANDLE> FindKey(const keys::TokenKeyId& id) {
    CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
    CK_KEY_TYPE key_type = CKK_AES;
    std::array<CK_ATTRIBUTE, 3> wanted = {Attribute(CKA_CLASS, object_class),
                                          Attribute(CKA_KEY_TYPE, key_type),
                                          BytesAttribute(CKA_ID, id)};
    NOREN_RETURN_IF_ERROR(OkOr("C_FindObjectsInit",
                               functions->C_FindObjectsInit(handle, wanted.data(), wanted.size())));
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG count = 0;
    const CK_RV found = functions->C_FindObjects(handle, &key, 1, &count);
    functions->C_FindObjectsFinal(handle);
    NOREN_RETURN_IF_ERROR(OkOr("C_FindObjects", found));
    if (count == 0) return MakeError(ErrorCode::kTokenKeyMissing);
    return key;
  }

  CK_FUNCTION_LIST* functions = nullptr;
  CK_SESSION_HANDLE handle = 0;
  bool is_initialized = false;
  bool is_open = false;
};

Pkcs11Token::Pkcs11Token(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Pkcs11Token::~Pkcs11Token() = default;

StatusOr<std::unique_ptr<Pkcs11Token>> Pkcs11Token::Open(const Pkcs11Place& place,
                                                         const SecretBytes& pin) {
  auto session = std::make_unique<Session>();
  NOREN_RETURN_IF_ERROR(session->Start(place));
  NOREN_RETURN_IF_ERROR(session->LogIn(pin));
  return std::unique_ptr<Pkcs11Token>(new Pkcs11Token(std::move(session)));
}

Status Pkcs11Token::MakeKey(const keys::TokenKeyId& id) {
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ULONG size_bytes = kKeySizeBytes;
  std::array<CK_ATTRIBUTE, 11> attributes = {Attribute(CKA_TOKEN, yes),
                                             Attribute(CKA_PRIVATE, yes),
                                             Attribute(CKA_SENSITIVE, yes),
                                             Attribute(CKA_EXTRACTABLE, no),
                                             Attribute(CKA_ENCRYPT, yes),
                                             Attribute(CKA_DECRYPT, yes),
                                             Attribute(CKA_WRAP, no),
                                             Attribute(CKA_UNWRAP, no),
                                             Attribute(CKA_VALUE_LEN, size_bytes),
                                             BytesAttribute(CKA_ID, id),
                                             BytesAttribute(CKA_LABEL, AsBytes(kKeyLabel))};
  CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE key = 0;
  return OkOr("C_GenerateKey",
              session_->functions->C_GenerateKey(session_->handle, &mechanism, attributes.data(),
                                                 attributes.size(), &key));
}

StatusOr<Bytes> Pkcs11Token::Encrypt(const keys::TokenKeyId& key, const keys::TokenNonce& nonce,
                                     ByteSpan associated_data, ByteSpan plaintext) {
  NOREN_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE object, session_->FindKey(key));
  CK_GCM_PARAMS parameters = GcmParameters(nonce, associated_data);
  CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof parameters};
  CK_FUNCTION_LIST* const functions = session_->functions;
  NOREN_RETURN_IF_ERROR(
      OkOr("C_EncryptInit", functions->C_EncryptInit(session_->handle, &mechanism, object)));
  Bytes sealed(plaintext.size() + keys::kTokenTagSizeBytes);
  CK_ULONG size_bytes = sealed.size();
  NOREN_RETURN_IF_ERROR(
      OkOr("C_Encrypt", functions->C_Encrypt(session_->handle, Unchanged(plaintext),
                                             plaintext.size(), sealed.data(), &size_bytes)));
  sealed.resize(std::min<std::size_t>(size_bytes, sealed.size()));
  return sealed;
}

Status Pkcs11Token::Decrypt(const keys::TokenKeyId& key, const keys::TokenNonce& nonce,
                            ByteSpan associated_data, ByteSpan sealed, MutableByteSpan plaintext) {
  NOREN_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE object, session_->FindKey(key));
  CK_GCM_PARAMS parameters = GcmParameters(nonce, associated_data);
  CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof parameters};
  CK_FUNCTION_LIST* const functions = session_->functions;
  NOREN_RETURN_IF_ERROR(
      OkOr("C_DecryptInit", functions->C_DecryptInit(session_->handle, &mechanism, object)));
  // Some tokens ask for room for the tag as well. On the stack, because nothing of it may stay.
  std::array<std::uint8_t, 64> opened{};
  if (sealed.size() > opened.size()) return MakeError(ErrorCode::kTooLarge, "token");
  CK_ULONG size_bytes = opened.size();
  const CK_RV result = functions->C_Decrypt(session_->handle, Unchanged(sealed), sealed.size(),
                                            opened.data(), &size_bytes);
  const bool is_whole = result == CKR_OK && size_bytes == plaintext.size();
  if (is_whole) std::copy_n(opened.begin(), plaintext.size(), plaintext.begin());
  ::explicit_bzero(opened.data(), opened.size());
  if (is_whole) return OkStatus();
  const bool is_refused = result == CKR_OK || result == CKR_ENCRYPTED_DATA_INVALID ||
                          result == CKR_ENCRYPTED_DATA_LEN_RANGE || result == CKR_GENERAL_ERROR;
  return is_refused ? MakeError(ErrorCode::kDataCorrupt, "root key file")
                    : Failed("C_Decrypt", result);
}

}  // namespace noren::server
