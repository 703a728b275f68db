// Everything the service has, in the hands of a thief: data store, documents, key tree, anchor, and
// the root key with all that follows from it. What opens is told by one procedure for all items.
// Source:   docs/formats/person_custody.md
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "crypto/agefile/agefile.h"
#include "engine/operations/collect_release.h"
#include "engine/personal_data/item_seal.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"
#include "tests/engine/operations/person_client.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kMaxHeaderBytes = 4096;

// The thief's side: nothing but copies of what is stored, and the root key.
class Thief {
 public:
  explicit Thief(TestService& service)
      : data_(CopyOf(service.data())),
        tree_(CopyOf(service.tree())),
        blobs_(service.blobs()),
        purpose_keys_(personal_data::PurposeKeys::Derive(service.root_key()).value()) {
    const storage::AnchorRecord anchor = service.anchor().Load().value();
    AddKey(service.root_key());
    AddKey(anchor.key_tree_root_key);
    for (std::size_t i = 0; i < personal_data::kKeyPurposes; ++i) {
      AddKey(purpose_keys_.Of(static_cast<personal_data::KeyPurpose>(i)));
    }
    OpenKeyTree(anchor);
    OpenEveryValue();
    for (const Bytes& text : plaintexts_) TakeIdentitiesFrom(text);
    for (const Bytes& text : plaintexts_) TakeHeadersFrom(text);
  }

  std::size_t leaves_count() const { return leaves_.size(); }
  std::size_t plaintexts_count() const { return plaintexts_.size(); }
  std::size_t headers_count() const { return headers_.size(); }
  // Every header that is stored anywhere.
  bool HasHeader(const Bytes& header) const { return headers_.contains(header); }

  // Tries every header with every key as identity, then every 16 bytes of anything as file key.
  std::optional<Bytes> Open(const Hash256& payload_sha256) {
    const Bytes payload = blobs_.ReadAt(payload_sha256, 0, std::size_t{1} << 22).value();
    for (const Bytes& header : headers_) {
      for (const SecretBytes& scalar : keys_) {
        const auto identity = agefile::Identity::FromScalar(scalar.Clone());
        const auto file_key = identity.ok() ? agefile::OpenHeader(header, *identity)
                                            : StatusOr<SecretBytes>(identity.status());
        if (!file_key.ok()) continue;
        if (auto plaintext = Decrypt(payload, *file_key)) return plaintext;
      }
    }
    return OpenWithAnyBytes(payload);
  }

 private:
  void AddKey(const SecretBytes& key) {
    if (key.size() == kScalarBytes) keys_.push_back(key.Clone());
    plaintexts_.push_back(ToBytes(key.ExposeSecret()));
  }

  void OpenKeyTree(const storage::AnchorRecord& anchor) {
    auto keyring = personal_data::Keyring::Load(
        *tree_, random_, {anchor.key_tree_root_key.Clone(), anchor.key_tree_generation});
    ASSERT_OK(keyring);
    const auto leaves = (*keyring)->ListLeaves(std::nullopt, 1000);
    ASSERT_OK(leaves);
    for (const personal_data::LeafIndex leaf : *leaves) {
      const auto keys = (*keyring)->Open(leaf);
      ASSERT_OK(keys);
      AddKey((*keys)->profile);
      AddKey((*keys)->records);
      AddKey((*keys)->items_identity);
      leaves_.push_back(*keys);
    }
  }

  // Each stored value with each key there is, under its own keyspace; inner parts of people too.
  void OpenEveryValue() {
    for (const storage::KeyValue& item : ContentOf(*data_)) {
      const std::string keyspace = item.key.substr(0, item.key.find('/') + 1);
      for (const SecretBytes& key : keys_) {
        auto opened = storage::OpenValue(key, {keyspace, item.key}, item.value);
        if (opened.ok()) plaintexts_.push_back(std::move(opened->plaintext));
      }
      if (keyspace == personal_data::keyspaces::kPerson) OpenPerson(item);
      if (keyspace == personal_data::keyspaces::kItem) OpenItem(item);
      plaintexts_.push_back(item.value);
    }
  }

  void OpenPerson(const storage::KeyValue& item) {
    const auto id = personal_data::keyspaces::IdOfKey<model::PersonId>(item.key, 0);
    ASSERT_OK(id);
    for (const auto& keys : leaves_) {
      auto record = personal_data::DecodePersonRecord({*id, *keys}, item.value, purpose_keys_);
      if (!record.ok()) continue;
      plaintexts_.push_back(std::move(record->profile));
      plaintexts_.push_back(ToBytes(record->contact + record->age_recipient));
      if (record->person_key) plaintexts_.push_back(ToBytes(*record->person_key));
    }
  }

  // Three seals: each leaf as the file's, each as the item's, and each key for what is within.
  void OpenItem(const storage::KeyValue& item) {
    const auto placed = personal_data::ReadPlacedItem(item.key, item.value, purpose_keys_);
    ASSERT_OK(placed);
    for (const auto& file : leaves_) {
      for (const auto& own : leaves_) {
        const auto inner = personal_data::OpenPlacedItem(item.key, *placed, {own, file});
        if (!inner.ok()) continue;
        for (const SecretBytes& key : keys_) {
          auto opened =
              storage::OpenValue(key, {personal_data::keyspaces::kItem, item.key}, *inner);
          if (opened.ok()) plaintexts_.push_back(std::move(opened->plaintext));
        }
      }
    }
  }

  void TakeIdentitiesFrom(const Bytes& text) {
    const std::string_view view = AsText(text);
    for (std::size_t at = view.find("AGE-SECRET-KEY-1"); at != std::string_view::npos;
         at = view.find("AGE-SECRET-KEY-1", at + 1)) {
      const auto identity = agefile::Identity::Parse(view.substr(at, 74));
      if (identity.ok()) keys_.push_back(identity->key().scalar().Clone());
    }
  }

  void TakeHeadersFrom(const Bytes& text) {
    const std::string_view view = AsText(text);
    for (std::size_t at = view.find("age-encryption.org/v1\n"); at != std::string_view::npos;
         at = view.find("age-encryption.org/v1\n", at + 1)) {
      const ByteSpan rest = ByteSpan(text).subspan(at);
      const ByteSpan piece = rest.first(std::min(rest.size(), kMaxHeaderBytes));
      const auto size = agefile::MeasureHeader(piece);
      if (size.ok()) headers_.insert(ToBytes(piece.first(*size)));
    }
  }

  static std::optional<Bytes> Decrypt(ByteSpan payload, const SecretBytes& file_key) {
    agefile::PayloadDecryptor decryptor(file_key);
    auto plaintext = decryptor.Update(payload);
    if (!plaintext.ok()) return std::nullopt;
    const auto rest = decryptor.Finish();
    if (!rest.ok()) return std::nullopt;
    plaintext->insert(plaintext->end(), rest->begin(), rest->end());
    return std::move(*plaintext);
  }

  std::optional<Bytes> OpenWithAnyBytes(ByteSpan payload) {
    std::set<Bytes> tried;
    for (const Bytes& text : plaintexts_) {
      for (std::size_t at = 0; at + agefile::kFileKeySizeBytes <= text.size(); ++at) {
        Bytes window = ToBytes(ByteSpan(text).subspan(at, agefile::kFileKeySizeBytes));
        if (!tried.insert(window).second) continue;
        if (auto plaintext = Decrypt(payload, SecretBytes::CopyOf(window))) return plaintext;
      }
    }
    return std::nullopt;
  }

  SeededRandom random_{77};
  std::unique_ptr<storage::MemoryStore> data_, tree_;
  storage::MemoryBlobStore& blobs_;
  personal_data::PurposeKeys purpose_keys_;
  std::vector<SecretBytes> keys_;
  std::vector<std::shared_ptr<const personal_data::PersonKeys>> leaves_;
  std::vector<Bytes> plaintexts_;
  std::set<Bytes> headers_;
};

// The payload of a person's only item, as the person's own view names it.
Hash256 PayloadOf(TestService& service, const TestPerson& person) {
  const auto record = ReadOwnRecord(service.context(), service.portal(),
                                    service.Prove(person, service.Prepare(person, "read")));
  EXPECT_OK(record);
  if (!record.ok() || record->items.size() != 1) return {};
  return record->items[0].record.payload_sha256;
}

// Goal: under person custody nobody but the person and the companies granted to opens an item, not
// even who has everything of the service. Method: two people side by side, one of each custody,
// each with a granted and collected release; the same procedure is let loose on both payloads, and
// must open the one under operator custody.
TEST(StolenService, OpensWhatIsUnderOperatorCustodyAndNothingUnderPersonCustody) {
  TestService service;
  const Bytes held_text = ToBytes("the resume that only its owner can open");
  const Bytes served_text = ToBytes("the resume that the operator can open");
  std::vector<std::unique_ptr<PersonClient>> held;
  std::vector<std::unique_ptr<TestPerson>> served;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<PersonClient>(service, i));
    held.back()->PutItem(model::ItemKind::kResume, held_text);
    service.BecomeDiscoverable(held.back()->person());
    served.push_back(service.Register(i + 10, /*with_key=*/true));
    service.PutItem(*served.back(), model::ItemKind::kResume, served_text);
    service.BecomeDiscoverable(*served.back());
  }
  const model::PostingId posting = service.RegisterPosting();
  const agefile::Identity company = service.AddKey();
  service.InviteAll(posting);
  const auto held_release =
      CollectRelease(service.context(), service.company(),
                     {service.NextKey(), held[0]->Grant(posting).candidate, "o", "reading"});
  const auto served_release = CollectRelease(
      service.context(), service.company(),
      {service.NextKey(), service.Grant(*served[0], posting).candidate, "o", "reading"});
  ASSERT_OK(held_release);
  ASSERT_OK(served_release);
  const Hash256 held_payload = PayloadOf(service, held[0]->person());
  const Hash256 served_payload = PayloadOf(service, *served[0]);

  Thief thief(service);
  EXPECT_EQ(thief.leaves_count(), 6u + 6u + 1u);  // people, their items, the file
  // Both kinds of headers of both people were found, so that the search looked at the right things.
  EXPECT_TRUE(thief.HasHeader(held_release->record.items.at(0).header));
  EXPECT_TRUE(thief.HasHeader(served_release->record.items.at(0).header));
  EXPECT_TRUE(thief.HasHeader(held[0]->Read().items.at(0).record.header));
  EXPECT_EQ(thief.headers_count(), 6u + 2u);

  EXPECT_EQ(thief.Open(served_payload), served_text);
  EXPECT_EQ(thief.Open(held_payload), std::nullopt);
  // It is there to be opened: by its owner, and by the company.
  const auto& item = held_release->record.items.at(0);
  EXPECT_THAT(held[0]->OpenOwn(item.item), IsOkAndHolds(held_text));
  const auto file_key = agefile::OpenHeader(item.header, company);
  ASSERT_OK(file_key);
}

// Goal: the search above would find a key if one were stored. Method: the same theft, after the
// person's identity was put among the data, in two forms.
TEST(StolenService, WouldOpenItIfTheIdentityWereAnywhere) {
  for (const bool as_text : {true, false}) {
    TestService service;
    PersonClient client(service, 1);
    const Bytes text = ToBytes("the resume");
    client.PutItem(model::ItemKind::kResume, text);
    const Hash256 payload = PayloadOf(service, client.person());
    EXPECT_EQ(Thief(service).Open(payload), std::nullopt);
    Bytes leak;
    if (as_text) {
      leak = ToBytes(client.identity().ToSecretText().ExposeSecret());
    } else {  // the file key alone
      const Bytes header = client.Read().items.at(0).record.header;
      leak = ToBytes(agefile::OpenHeader(header, client.identity()).value().ExposeSecret());
    }
    storage::Batch batch;
    batch.mutations.push_back({"leak/here", leak});
    ASSERT_EQ(service.data().Commit(batch).outcome, storage::Outcome::kCommitted);
    EXPECT_EQ(Thief(service).Open(payload), text);
  }
}

}  // namespace
}  // namespace noren::operations
