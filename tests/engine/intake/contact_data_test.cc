// What tells how to reach somebody is found in the usual spellings, and dates, wages and codes are
// not taken for it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/contact_data.h"

#include <gtest/gtest.h>

namespace noren::intake {
namespace {

TEST(ContactData, FindsMailAddressesAndTelephoneNumbers) {
  for (const char* text :
       {"write to kim@mail.example", "kim.lee_2@a-b.example.", "kim\xEF\xBC\xA0mail.example",
        "010-0000-1234", "Tel. 02 000 0000 ext 3, 02-0000-0000", "(03) 0000-0000",
        "+81 3 0000 0000", "01000001234", "\xEF\xBC\x90\xEF\xBC\x91\xEF\xBC\x90-0000-1234",
        "call:0120-000-000!"}) {
    EXPECT_TRUE(HoldsContact(text)) << text;
  }
}

TEST(ContactData, LeavesDatesWagesAndCodesAlone) {
  for (const char* text : {"", "Early shift, from 08:00", "2026-01-05 to 2026-03-31",
                           "3,500,000 KRW a month", "2500000-3200000", "ISCO-5322, KR-11440",
                           "30 people, 5 teams", "a @ b", "@team", "kim@here", "0-100 points"}) {
    EXPECT_FALSE(HoldsContact(text)) << text;
  }
}

}  // namespace
}  // namespace noren::intake
