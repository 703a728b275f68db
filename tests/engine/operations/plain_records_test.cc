// Small records of operations byte for byte, as docs/formats/operations_records.md has them; the
// golden file was written by another program from that document.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "crypto/base/encoding.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/caller_lock_record.h"
#include "engine/operations/form_record.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/registration_consent.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/folders.h"

namespace noren::operations {
namespace {

using personal_data::IdOf;

constexpr UnixSeconds kAt{1767571200};

Hash256 Filled(std::uint8_t byte) {
  Hash256 hash{};
  hash.fill(byte);
  return hash;
}

FormRecord SomeForm() {
  FormRecord form;
  form.posting = IdOf<model::PostingId>(0x21);
  form.version = 3;
  form.company = "hangang-care";
  form.state = FormState::kRefused;
  form.questions = {{"why", "Why here?", true}, {"when", "When can you begin?", false}};
  form.put_at = kAt;
  form.reviewed_at = {1767571300};
  form.reviewed_by = "officer kim";
  form.reason = "of no use";
  return form;
}

TEST(PlainRecords, AreWrittenAsTheGoldenFileHasThem) {
  CallerLock lock;
  lock.principal = {model::Role::kCompany, "hangang-care"};
  lock.since = kAt;
  lock.until = {1767574800};
  lock.refusals = 20;
  std::map<std::string, std::string> written = {
      {"acknowledged", HexEncode(EncodeAcknowledgement({Filled(7), kAt}))},
      {"caller-lock", HexEncode(EncodeCallerLock(lock))},
      {"form", HexEncode(EncodeForm(SomeForm()))},
      {"form-answer", HexEncode(EncodeFormTie({IdOf<model::PostingId>(0x21), 7}))},
      {"kept-by-consent",
       HexEncode(EncodeRegistrationConsent({IdOf<model::ConsentId>(0x31), Filled(9), kAt}))},
      {"origin", HexEncode(EncodeOrigin({"a member", kAt, "officer kim"}))}};
  std::ifstream file(SourceFolder() + "/tests/golden/operations_records_v1.txt");
  std::string name, equals, hex;
  while (file >> name >> equals >> hex) {
    EXPECT_EQ(written[name], hex) << name;
    written.erase(name);
  }
  EXPECT_THAT(written, ::testing::IsEmpty()) << "not in the golden file";
}

}  // namespace
}  // namespace noren::operations
