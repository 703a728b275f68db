// Media that leave the service: what is on record, and what is left of the key of a lost one.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/media.h"

#include <gmock/gmock.h>

#include <fstream>

#include "crypto/agefile/agefile.h"
#include "crypto/base/encoding.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/register_seeker.h"
#include "engine/storage/sealed_value.h"
#include "tests/engine/operations/erasure_scene.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

// Three people under sapporo-ui, at 1 September 2025, and two listed media.
struct MediaScene {
  MediaScene() : policy(policy::OperatorPolicy("sapporo-ui")), service(1, {1756684800}, &policy) {
    for (const char* ref : {"ref-1", "ref-2", "ref-3"}) {
      RegisterSeekerRequest request;
      request.idempotency_key = service.NextKey();
      request.ref = ref;
      request.profile = SomeProfile(0);
      request.contact = std::string(ref) + "@mail.example";
      request.language = "ja";
      request.notice = PublicNoticeOf(policy);
      const auto registered = RegisterSeeker(service.context(), service.portal(), request);
      EXPECT_OK(registered);
      if (registered.ok()) handles.push_back(registered->handle);
    }
    List("M1");
    List("M2");
  }
  Status Add(policy::RegisterKind kind, const std::string& step, const std::string& subject,
             std::map<std::string, std::string> fields) {
    AddRegisterEntryRequest request;
    request.idempotency_key = service.NextKey();
    request.kind = kind;
    request.step = step;
    request.at = service.clock().Now();
    request.subject = subject;
    request.fields = std::move(fields);
    return AddRegisterEntry(service.context(), service.officer(), request).status();
  }
  void List(const std::string& medium) {
    EXPECT_OK(Add(policy::RegisterKind::kMedia, "listed", medium,
                  {{"kind", "medium"}, {"place", "safe"}}));
  }
  PutOnMediumRequest Of(const std::string& medium, const std::vector<std::size_t>& people) {
    PutOnMediumRequest request{medium, {}, "a visit", false};
    for (const std::size_t i : people) request.people.push_back({"first-portal", handles.at(i)});
    return request;
  }
  StatusOr<MediumPackage> Put(const std::string& medium, const std::vector<std::size_t>& people) {
    return PutOnMedium(service.context(), service.officer(), Of(medium, people));
  }
  // What the officer reads of the package with a key of their own.
  StatusOr<std::string> Read(const std::string& medium, const Bytes& file) {
    NOREN_ASSIGN_OR_RETURN(const std::size_t size, agefile::MeasureHeader(file));
    const auto key = agefile::Identity::Generate(service.random());
    const auto split = file.begin() + static_cast<std::ptrdiff_t>(size);
    NOREN_ASSIGN_OR_RETURN(const OpenedPackage opened,
                           OpenMediumPackage(service.context(), service.officer(),
                                             {medium, Bytes(file.begin(), split),
                                              key.recipient().ToString(), "work"}));
    Bytes whole = opened.header;
    whole.insert(whole.end(), split, file.end());
    NOREN_ASSIGN_OR_RETURN(const Bytes plain, agefile::DecryptFile(whole, key));
    return std::string(AsText(plain));
  }
  StatusOr<LostMedium> Lose(const std::string& medium) {
    return LoseMedium(service.context(), service.officer(),
                      {service.NextKey(), medium, service.clock().Now()});
  }
  std::size_t Incidents() {
    const auto entries = LoadRegister(service.context(), policy::RegisterKind::kIncidents);
    EXPECT_OK(entries);
    return entries.ok() ? entries->size() : 99;
  }
  personal_data::LeafIndex LeafOf(const std::string& medium) {
    const auto known = LoadMedium(service.context(), medium);
    EXPECT_OK(known);
    return known.ok() && *known ? (*known)->medium.leaf : 0;
  }

  policy::Policy policy;
  TestService service;
  std::vector<model::SeekerHandle> handles;
};

TEST(Media, APackageOpensThroughTheServiceForItsOwnMediumAlone) {
  MediaScene scene;
  const auto package = scene.Put("M1", {0, 1});
  ASSERT_OK(package);
  ASSERT_OK(scene.Put("M2", {2}));
  const auto text = scene.Read("M1", package->file);
  ASSERT_OK(text);
  EXPECT_THAT(*text, ::testing::HasSubstr(scene.handles[0].ToString()));
  EXPECT_THAT(*text, ::testing::Not(::testing::HasSubstr(scene.handles[2].ToString())));
  EXPECT_EQ(CodeOf(scene.Read("M2", package->file).status()), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(CodeOf(scene.Read("M3", package->file).status()), ErrorCode::kNotFound);
}

TEST(Media, BadRequestsAreRefusedAndLeaveNothing) {
  MediaScene scene;
  ServiceContext& context = scene.service.context();
  const auto put = [&](const PutOnMediumRequest& request) {
    return CodeOf(PutOnMedium(context, scene.service.officer(), request).status());
  };
  EXPECT_EQ(put(scene.Of("M1", {})), ErrorCode::kMissingField);
  EXPECT_EQ(put(scene.Of("M1", {0, 0})), ErrorCode::kDuplicateValue);
  EXPECT_EQ(put(scene.Of("M1", std::vector<std::size_t>(kMaxOnMedium + 1, 0))),
            ErrorCode::kTooLarge);
  EXPECT_EQ(put(scene.Of("M9", {0})), ErrorCode::kPolicyForbids);
  PutOnMediumRequest plain = scene.Of("M1", {0});
  plain.plain = true;
  EXPECT_EQ(put(plain), ErrorCode::kPolicyForbids);
  PutOnMediumRequest wordless = scene.Of("M1", {0});
  wordless.reason = "";
  EXPECT_EQ(put(wordless), ErrorCode::kReasonRequired);
  PutOnMediumRequest nobody = scene.Of("M1", {0});
  nobody.people[0].portal = "second-portal";
  EXPECT_EQ(put(nobody), ErrorCode::kNotFound);
  for (const storage::KeyValue& item : ContentOf(scene.service.data())) {
    EXPECT_FALSE(item.key.starts_with(keyspaces::kOnMedium));
    EXPECT_FALSE(item.key.starts_with(keyspaces::kMediumKey));
  }
  EXPECT_EQ(CodeOf(scene.Lose("M1").status()), ErrorCode::kNotFound);
  EXPECT_OK(scene.Add(policy::RegisterKind::kMedia, "lost", "M1", {})) << "nothing is on it";
  EXPECT_EQ(CodeOf(OpenMediumPackage(context, scene.service.officer(),
                                     {"M2", ToBytes("no header"), "age1x", "work"})
                       .status()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(ListAffected(context, scene.service.officer(), {1, {}, 0}).status()),
            ErrorCode::kOutOfRange);
  EXPECT_EQ(CodeOf(ListAffected(context, scene.service.officer(), {1, {}, 5}).status()),
            ErrorCode::kNotFound);
}

TEST(Media, TheSameReportTwiceIsOneIncident) {
  MediaScene scene;
  ASSERT_OK(scene.Put("M1", {0}));
  const LoseMediumRequest request{scene.service.NextKey(), "M1", scene.service.clock().Now()};
  const auto lost = LoseMedium(scene.service.context(), scene.service.officer(), request);
  ASSERT_OK(lost);
  EXPECT_EQ(lost->people, 1U);
  const auto again = LoseMedium(scene.service.context(), scene.service.officer(), request);
  ASSERT_OK(again);
  EXPECT_EQ(again->incident, lost->incident);
  EXPECT_EQ(scene.Incidents(), 1U);
  LoseMediumRequest later{scene.service.NextKey(), "M2", {scene.service.clock().Now().value + 60}};
  EXPECT_EQ(CodeOf(LoseMedium(scene.service.context(), scene.service.officer(), later).status()),
            ErrorCode::kBadRequest);
}

class MediaCrash : public ::testing::TestWithParam<CrashPoint::LastWrite> {};

// Lost with everything, or not at all; never an incident without the end of the key.
TEST_P(MediaCrash, IsLostWholeOrNotAtAllAfterAPowerFailureAtAnyWrite) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    MediaScene scene;
    const auto package = scene.Put("M1", {0});
    ASSERT_OK(package);
    const personal_data::LeafIndex leaf = scene.LeafOf("M1");
    const auto old_root = scene.service.anchor().Load();
    ASSERT_OK(old_root);
    scene.service.power().CrashAt(step, GetParam());
    const auto lost = scene.Lose("M1");
    const bool crashed = scene.service.power().is_down();
    EXPECT_NE(lost.ok(), crashed);
    ASSERT_OK(scene.service.Restart());
    if (scene.Incidents() == 0) {
      EXPECT_OK(scene.Read("M1", package->file));
      ASSERT_OK(scene.Lose("M1"));
    }
    EXPECT_EQ(scene.Incidents(), 1U);
    EXPECT_EQ(CodeOf(scene.Read("M1", package->file).status()), ErrorCode::kStateConflict);
    EXPECT_EQ(CodeOf(scene.service.keyring().Open(leaf).status()), ErrorCode::kNotFound);
    const auto root = scene.service.anchor().Load();
    ASSERT_OK(root);
    EXPECT_GT(root->key_tree_generation, old_root->key_tree_generation) << "old trees do not open";
    if (!crashed) {
      EXPECT_GT(step, 3U);
      return;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(LostOrWritten, MediaCrash,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten),
                         [](const auto& which) {
                           return which.param == CrashPoint::LastWrite::kLost ? "Lost" : "Written";
                         });

TEST(Media, ARestoreOfABackupFromBeforeTheMediumWasMadeLosesItAllTheSame) {
  MediaScene scene;
  const auto backup = CopyOf(scene.service.data());
  const auto package = scene.Put("M1", {0});
  ASSERT_OK(package);
  ASSERT_OK(scene.Lose("M1"));
  PowerOn(scene.service);
  ASSERT_OK(TryRestore(scene.service, *backup));
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(scene.Incidents(), 1U);
  EXPECT_EQ(CodeOf(scene.Read("M1", package->file).status()), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(scene.Put("M1", {0}).status()), ErrorCode::kPolicyForbids);
  EXPECT_OK(scene.Put("M2", {0}));
}

OnMedium SampleOn() { return {{1756684800}, {1756684860}, 2, "M1"}; }
MediumKey SampleKey() { return {MediumKey::State::kLost, 7, {1756684800}, 3, "M1"}; }

std::string GoldenOf(const std::string& name) {
  std::ifstream file(SourceFolder() + "/tests/golden/medium_v1.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + " = ")) return line.substr(name.size() + 3);
  }
  return "";
}

TEST(Media, RecordsAreAsInTheirGoldenFileAndEveryChangeIsRefused) {
  const personal_data::SamplePerson person(0x11);
  const auto keys = personal_data::KeysOf(0x22);
  SeededRandom random(5);
  const std::string medium = keyspaces::MediumKeyKey(HashOfMedium("M1"));
  const std::string on = keyspaces::OnMediumKey(person.id, HashOfMedium("M1"));
  const auto key = EncodeMediumKey(SampleKey(), keys, random);
  const auto put = SealOnMedium(person.context(), on, SampleOn(), random);
  ASSERT_OK(key);
  ASSERT_OK(put);
  EXPECT_EQ(HexEncode(*key), GoldenOf("key"));
  EXPECT_EQ(HexEncode(*put), GoldenOf("on"));
  EXPECT_EQ(DecodeMediumKey(medium, *key, keys).value(), SampleKey());
  EXPECT_EQ(OpenOnMedium(person.context(), on, *put).value(), SampleOn());
  for (std::size_t i = 0; i < put->size(); ++i) {
    Bytes changed = *put;
    changed[i] ^= 1;
    EXPECT_FALSE(OpenOnMedium(person.context(), on, changed).ok()) << i;
  }
}

TEST(Media, CutsTailsAndUnknownLayoutsOfAKeyAreRefused) {
  const auto keys = personal_data::KeysOf(0x22);
  SeededRandom random(5);
  const std::string key = keyspaces::MediumKeyKey(HashOfMedium("M1"));
  const storage::ValueAddress place{keyspaces::kMediumKey, key};
  const auto sealed = EncodeMediumKey(SampleKey(), keys, random);
  ASSERT_OK(sealed);
  const auto opened = storage::OpenValue(keys.store_seal(), place, *sealed);
  ASSERT_OK(opened);
  const auto decode = [&](const Bytes& plain) {
    return CodeOf(
        DecodeMediumKey(key, storage::SealValue(keys.store_seal(), place, 1, plain, random), keys)
            .status());
  };
  const Bytes& plain = opened->plaintext;
  EXPECT_EQ(decode(plain), ErrorCode::kNone);
  for (std::size_t size = 0; size < plain.size(); ++size)
    EXPECT_EQ(decode(Bytes(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(size))),
              ErrorCode::kDataCorrupt);
  Bytes longer = plain, other = plain, state = plain;
  longer.push_back(0);
  other[0] = 2;
  state[1] = 3;
  for (const Bytes& bad : {longer, other, state}) EXPECT_EQ(decode(bad), ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::operations
