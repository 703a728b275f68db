// Against SoftHSM, a PKCS#11 token made of software, in a folder of the test.
// SPDX-License-Identifier: Apache-2.0
#include "server/custody/token_custody.h"

#include <gtest/gtest.h>
#include <p11-kit/p11-kit.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/model/errors.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

namespace fs = std::filesystem;
using model::CodeOf;
using model::ErrorCode;
constexpr auto kNever = RootKeySource::Asking::kNever;
constexpr const char* kModule = NOREN_SOFTHSM_MODULE;

SecretBytes Text(std::string_view text) { return SecretBytes::CopyOf(AsBytes(text)); }

class TokenCustodyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(directory_.Child("tokens"));
    const std::string conf = directory_.Child("softhsm2.conf");
    std::ofstream(conf) << "directories.tokendir = " << directory_.Child("tokens")
                        << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", conf.c_str(), 1);
    MakeToken("noren-test");
    SeededRandom random(3);
    root_key_ = SecretBytes::Random(random, 32);
    ASSERT_OK(WriteTokenKeyFile(path_, root_key_, token_, Text("648219"), random_));
    place_.kind = CustodyKind::kPkcs11;
    place_.root_key_path = path_;
    place_.token = token_;
  }
  static void MakeToken(const std::string& label) {
    const std::string command = "softhsm2-util --init-token --free --label " + label +
                                " --pin 648219 --so-pin 73915502 >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  ErrorCode CodeFor(const RootKeyPlace& place, std::string_view pin = "648219") {
    return CodeOf(TokenCustody(place).Open(Text(pin), kNever).status());
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.Child("root.key");
  const Pkcs11Place token_{kModule, "noren-test"};
  SystemRandom random_;
  SecretBytes root_key_;
  RootKeyPlace place_;
};

TEST_F(TokenCustodyTest, OpensWhatTheTokenSealed) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto opened, TokenCustody(place_).Open(Text("648219"), kNever));
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(*opened == root_key_);
  }
  EXPECT_EQ(fs::file_size(path_), 86u);
  EXPECT_EQ(fs::status(path_).permissions() & fs::perms(077), fs::perms::none);
}

TEST_F(TokenCustodyTest, ThePinMayComeFromAFileThatNobodyElseReads) {
  place_.pin_path = directory_.Child("pin");
  std::ofstream(place_.pin_path) << "648219\n";
  fs::permissions(place_.pin_path, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_OK_AND_ASSIGN(const auto opened, TokenCustody(place_).Open(SecretBytes(), kNever));
  EXPECT_TRUE(opened.has_value());
  fs::permissions(place_.pin_path, fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(TokenCustody(place_).Open(SecretBytes(), kNever),
              StatusIs(StatusCode::kPermissionDenied));
  place_.pin_path.clear();
  EXPECT_EQ(CodeFor(place_, ""), ErrorCode::kMissingField);
}

TEST_F(TokenCustodyTest, EveryFailureHasItsOwnCode) {
  EXPECT_EQ(CodeFor(place_, "648218"), ErrorCode::kTokenPinWrong);
  EXPECT_EQ(CodeFor(place_, "1"), ErrorCode::kTokenPinWrong) << "too short to be one";
  RootKeyPlace no_library = place_;
  no_library.token.module_path = directory_.Child("none.so");
  EXPECT_EQ(CodeFor(no_library), ErrorCode::kTokenMissing);
  RootKeyPlace no_token = place_;
  no_token.token.token_label = "another";
  EXPECT_EQ(CodeFor(no_token), ErrorCode::kTokenMissing);
  RootKeyPlace no_file = place_;
  no_file.root_key_path = directory_.Child("none");
  EXPECT_THAT(TokenCustody(no_file).Open(Text("648219"), kNever), StatusIs(StatusCode::kNotFound));
}

// The token of another service, or one that was replaced.
TEST_F(TokenCustodyTest, ATokenWithoutTheKeySaysSo) {
  MakeToken("second");
  RootKeyPlace second = place_;
  second.token.token_label = "second";
  EXPECT_EQ(CodeFor(second), ErrorCode::kTokenKeyMissing);
}

TEST_F(TokenCustodyTest, AnyByteChangedIsRefused) {
  std::ifstream file(path_, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  ASSERT_OK_AND_ASSIGN(const auto token, Pkcs11Token::Open(token_, Text("648219")));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes changed = ToBytes(whole);
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ 0x20);
    const Status refused = keys::OpenRootKeyByToken(changed, *token).status();
    if (i < 10) {
      EXPECT_THAT(refused, StatusIs(StatusCode::kInvalidArgument)) << i;
    } else {
      EXPECT_EQ(CodeOf(refused), i < 26 ? ErrorCode::kTokenKeyMissing : ErrorCode::kDataCorrupt)
          << i;
    }
  }
  EXPECT_THAT(keys::OpenRootKeyByToken(ByteSpan(ToBytes(whole)).first(85), *token),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(TokenCustodyTest, ARootKeyIsNeverWrittenOver) {
  EXPECT_FALSE(WriteTokenKeyFile(path_, root_key_, token_, Text("648219"), random_).ok());
}

// The key's value is asked of the token with the token's own means: it is not given out.
TEST_F(TokenCustodyTest, TheSealingKeyDoesNotLeaveTheToken) {
  CK_FUNCTION_LIST* const functions = p11_kit_module_load(kModule, 0);
  ASSERT_NE(functions, nullptr);
  ASSERT_EQ(p11_kit_module_initialize(functions), CKR_OK);
  std::array<CK_SLOT_ID, 8> slots{};
  CK_ULONG count = slots.size();
  ASSERT_EQ(functions->C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
  CK_SESSION_HANDLE session = 0;
  ASSERT_EQ(functions->C_OpenSession(slots[0], CKF_SERIAL_SESSION, nullptr, nullptr, &session),
            CKR_OK);
  std::string pin = "648219";
  ASSERT_EQ(functions->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR_PTR>(pin.data()),
                               pin.size()),
            CKR_OK);
  ASSERT_EQ(functions->C_FindObjectsInit(session, nullptr, 0), CKR_OK);
  CK_OBJECT_HANDLE key = 0;
  ASSERT_EQ(functions->C_FindObjects(session, &key, 1, &count), CKR_OK);
  ASSERT_EQ(count, 1u);
  functions->C_FindObjectsFinal(session);
  std::array<CK_BYTE, 64> value{};
  CK_ATTRIBUTE attribute = {CKA_VALUE, value.data(), value.size()};
  EXPECT_EQ(functions->C_GetAttributeValue(session, key, &attribute, 1), CKR_ATTRIBUTE_SENSITIVE);
  CK_BBOOL extractable = CK_TRUE;
  attribute = {CKA_EXTRACTABLE, &extractable, sizeof extractable};
  EXPECT_EQ(functions->C_GetAttributeValue(session, key, &attribute, 1), CKR_OK);
  EXPECT_EQ(extractable, CK_FALSE);
  p11_kit_module_finalize(functions);
  p11_kit_module_release(functions);
}

}  // namespace
}  // namespace noren::server
