// A log with one entry that records a signed statement, and its exports.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sstream>
#include <string>

#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/audit/export.h"
#include "tests/engine/audit/log_fixture.h"

namespace noren::audit {

inline constexpr std::string_view kFixtureStatement =
    "{\"at\":1767571200,\"name\":\"\xE6\x9A\x96\xE7\xB0\xBE\",\"noren\":\"receipt/1\"}";

// Entries 1..2 and 4..7 as usual; entry 3 records the statement.
inline SignedStatement AppendStatement(LogFixture& log, EntryOpening& opening) {
  log.AppendEach(2);
  CommittedDraft made = log.MakeEntry(2);
  made.entry.statement_digest =
      primitives::Sha256(AsBytes("noren/receipt/1\n" + std::string(kFixtureStatement)));
  log.Append({made.entry});
  opening = made.opening;
  opening.sequence = 3;
  log.AppendEach(4);
  const auto key = primitives::SigningKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 9))).value();
  const auto signature = key.Sign(AsBytes("noren/receipt/1\n" + std::string(kFixtureStatement)));
  return {std::string(kFixtureStatement), ToBytes(ByteSpan(key.verifying_key().bytes)),
          ToBytes(ByteSpan(signature))};
}

inline std::string Exported(LogFixture& log, std::uint64_t older_size = 0) {
  std::ostringstream out;
  EXPECT_OK(ExportLog(log.reader(), FixtureSigner(), older_size, out));
  return out.str();
}

}  // namespace noren::audit
