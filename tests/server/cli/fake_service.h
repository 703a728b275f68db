// A real TLS server of the portal's, company's and officer's services with answers a test decides.
// Threads:  externally synchronised; handlers run on the server's threads while a command waits.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/transport/server.h"
#include "tests/support/seeded_random.h"
#include "tests/support/tls_fixture.h"

namespace noren::cli {

// What the service was asked, and how it is to answer.
struct FakeRecord {
  std::vector<std::string> seeker_keys;        // idempotency keys in order, repetitions too
  std::map<std::string, std::string> handles;  // key -> handle
  std::map<std::string, std::pair<std::string, std::string>> uploads;  // id -> (begin key, bytes)
  std::map<std::string, std::string> finished;                         // finish key -> upload
  std::string custody, person_key, age_recipient;                      // of the last registration
  std::string replaces, replace_statement;                             // of the last upload
  int refusals = 0;          // so many calls are refused first
  std::string refusal_code;  // with this code
  bool retryable = false;
  int uploads_that_die = 0;  // so many appends answer NOT_FOUND
  // One release item.
  std::string item_name = "cv.pdf";
  std::string payload;
  std::string told_payload;  // what read_payload gives
  std::string told_header;
  std::string header;
  std::string note, public_key;
  std::vector<std::string> entries;  // from sequence 1
  std::vector<std::string> consistency;
  std::vector<std::string> decisions;  // what the officers decided
};

class FakeService {
 public:
  FakeService();
  ~FakeService();
  // --server, --ca, --cert, --cert-key for a caller: "portal", "company", "officer".
  std::vector<std::string> Arguments(const std::string& pair) const;
  FakeRecord& record() { return record_; }

 private:
  server::TlsFixture tls_;
  FakeRecord record_;
  std::unique_ptr<server::EventLog> log_;
  server::MetricsRegistry metrics_;
  SeededRandom random_{1};
  std::unique_ptr<server::Server> server_;
};

}  // namespace noren::cli
