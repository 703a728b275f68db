// The whole index as a stream of bytes, as it lies in memory, so that a restart neither reads nor
// encodes every person again. Sealing and files are the caller's.
// Source:   docs/formats/index_snapshot.md, docs/design/0006-market-and-snapshot.md
// Threads:  construction and end by the writer, between two updates; WriteTo from any thread while
//           updates go on. Maintenance pauses as long as an image lives.
// Why safe: whoever did not change since the construction is in the image exactly as in the index;
//           whoever did, is there in some whole state, or not at all: bring them up to date by
//           Upsert and Erase after reading.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/matching/index/seeker_index.h"

namespace noren::matching {

class ImageSink {
 public:
  virtual ~ImageSink() = default;
  virtual Status Write(ByteSpan bytes) = 0;
};

class ImageSource {
 public:
  virtual ~ImageSource() = default;
  // Fills all of `out`.
  //   errors   kDataLoss: the stream ends before
  virtual Status Read(MutableByteSpan out) = 0;
};

class IndexImage {
 public:
  explicit IndexImage(SeekerIndex& index);
  ~IndexImage();
  IndexImage(const IndexImage&) = delete;
  IndexImage& operator=(const IndexImage&) = delete;

  // Of people who are gone nothing is written: neither lanes nor list entries nor ids.
  //   errors   those of the sink
  Status WriteTo(ImageSink& sink) const;

  // Fills an empty index. After an error the index is good for nothing but to be destroyed.
  //   errors   kDataLoss: not an image, or not a whole one; those of the source
  static Status Read(ImageSource& source, SeekerIndex& index);

 private:
  class Output;
  class Input;
  // Per slot of the blocks as they were written: the version, or one of these.
  static constexpr std::uint8_t kEmptyLane = 0xFF;
  using Versions = std::vector<std::uint8_t>;

  void WriteBlock(Output& out, std::uint32_t b, Versions& versions) const;
  void WriteBounds(Output& out) const;
  void WriteLists(Output& out, const Versions& versions) const;
  bool IsCurrent(const PairView& list, std::size_t i, const Versions& versions,
                 const std::pair<Token, Token>& wish) const;
  void WriteTerms(Output& out) const;
  void WriteClusters(Output& out) const;

  static void ReadBlock(Input& in, SeekerIndex& index);
  static void ReadBounds(Input& in, SeekerIndex& index);
  static void ReadLists(Input& in, SeekerIndex& index);
  static void ReadTerms(Input& in, SeekerIndex& index);
  static void ReadClusters(Input& in, SeekerIndex& index);
  static void TakePeople(Input& in, SeekerIndex& index);

  struct StraysOfCluster {
    std::uint32_t cluster = 0;
    std::vector<SeekerRowId> people;
  };

  SeekerIndex& index_;
  SeekerIndex::View view_;
  std::vector<std::uint32_t> clusters_;  // by block
  std::vector<StraysOfCluster> strays_;
  std::vector<std::uint32_t> popularity_;
  std::vector<Slot> left_;  // people have moved from here; ascending
};

}  // namespace noren::matching
