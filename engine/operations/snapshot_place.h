// Where a snapshot of the market is kept: one at a time, as a stream of sealed bytes. Implemented
// in server/ over a file.
// Source:   docs/design/0006-market-and-snapshot.md
// Threads:  a place is thread-safe; a writer or reader has one owner
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/status.h"

namespace noren::operations {

class SnapshotPlace {
 public:
  virtual ~SnapshotPlace() = default;

  // Destroyed before Finish: the snapshot before stays.
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual Status Append(ByteSpan bytes) = 0;
    // In place of the snapshot before; durable on return.
    virtual Status Finish() = 0;
  };
  class Reader {
   public:
    virtual ~Reader() = default;
    // Fewer bytes than asked at the end only.
    virtual StatusOr<std::size_t> Read(MutableByteSpan out) = 0;
  };
  virtual StatusOr<std::unique_ptr<Writer>> Create() = 0;
  //   errors   kNotFound: there is none
  virtual StatusOr<std::unique_ptr<Reader>> Open() = 0;
};

struct SnapshotSummary {
  UnixSeconds taken_at;
  std::size_t people = 0;
  std::uint64_t bytes = 0;
};

}  // namespace noren::operations
