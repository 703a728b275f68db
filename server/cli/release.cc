// noren release collect: downloads what a person consented to, as files that `age -d` opens.
// Source:   docs/formats/release.md
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/model/errors.h"
#include "engine/storage/durable_file.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/safe_name.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::string_view kSignedPrefix = "noren/release/1\n";
constexpr std::int64_t kMaxPayloadSizeBytes = std::int64_t{64} << 20;

struct CollectOptions {
  std::string candidate, order, reason, out, receipt_key;
  std::string reason_code = "other";
};

struct SavedItem {
  std::string item, kind, file;
  std::uint64_t size_bytes = 0;
};

Status Mismatch(std::string_view what) {
  return model::MakeError(model::ErrorCode::kDataCorrupt, what);
}

bool HasText(const model::JsonValue& object, std::string_view key, std::string_view expected) {
  const model::JsonValue* value = object.Find(key);
  return value != nullptr && value->text() != nullptr && *value->text() == expected;
}

bool IsListed(const model::JsonValue& entry, const wire::ReleasedItem& item) {
  const model::JsonValue* size = entry.Find("payload_size_bytes");
  return HasText(entry, "item", item.item) && HasText(entry, "kind", item.kind) &&
         HasText(entry, "header_sha256", HexEncode(primitives::Sha256(AsBytes(item.header)))) &&
         HasText(entry, "payload_sha256", HexOf(item.payload_sha256)) && size != nullptr &&
         size->integer() == item.payload_size_bytes;
}

// The signed manifest must list exactly the items that are downloaded.
Status CheckManifest(const wire::Release& release, const CollectOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const model::JsonValue manifest, model::ParseJson(release.manifest));
  const model::JsonValue* entries = manifest.Find("items");
  const bool fits = HasText(manifest, "noren", "release/1") &&
                    HasText(manifest, "release", release.release) &&
                    HasText(manifest, "candidate", options.candidate) && entries != nullptr &&
                    entries->array() != nullptr && entries->array()->size() == release.items.size();
  if (!fits) return Mismatch("the manifest is of another release");
  for (const wire::ReleasedItem& item : release.items) {
    const bool listed = std::ranges::any_of(
        *entries->array(), [&item](const auto& entry) { return IsListed(entry, item); });
    if (!listed) return Mismatch("an item is not as the manifest lists it");
    if (item.payload_size_bytes < 0 || item.payload_size_bytes > kMaxPayloadSizeBytes) {
      return Mismatch("an item's size is out of range");
    }
  }
  return OkStatus();
}

Status CheckSignature(const wire::Release& release, const CollectOptions& options) {
  if (options.receipt_key.empty()) return OkStatus();
  const auto bytes = HexDecode(options.receipt_key);
  if (!bytes.ok() || bytes->size() != 32) return UsageError("--receipt-key: 64 hex digits");
  NOREN_ASSIGN_OR_RETURN(const auto key, primitives::VerifyingKey::FromBytes(*bytes));
  const std::string message = std::string(kSignedPrefix) + release.manifest;
  if (!primitives::Verify(key, AsBytes(message), AsBytes(release.signature)).ok()) {
    return Mismatch("the manifest is not signed by --receipt-key");
  }
  return OkStatus();
}

// Streams one item into a temporary file; only a complete and right one gets its name.
class ItemDownload {
 public:
  ItemDownload(CommandContext& context, Session& session, const wire::Release& release)
      : context_(context), session_(session), release_(release) {}

  Status Save(const wire::ReleasedItem& item, const std::string& path) {
    const std::string partial = path + ".part";
    const Status status = Write(item, partial);
    if (!status.ok()) {
      std::remove(partial.c_str());
      return status;
    }
    if (std::rename(partial.c_str(), path.c_str()) != 0) return FileError("cannot rename", partial);
    return OkStatus();
  }

 private:
  Status Write(const wire::ReleasedItem& item, const std::string& partial) {
    auto file = storage::OpenFile(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file.ok()) return FileError("cannot write", partial);
    std::uint64_t at = item.header.size();
    if (!storage::WriteAt(*file, 0, AsBytes(item.header)).ok()) {
      return FileError("cannot write", partial);
    }
    primitives::Sha256Hasher hasher;
    std::int64_t done = 0;
    while (done < item.payload_size_bytes) {
      NOREN_ASSIGN_OR_RETURN(const std::string chunk, ReadChunk(item, done));
      hasher.Update(AsBytes(chunk));
      if (!storage::WriteAt(*file, at, AsBytes(chunk)).ok()) {
        return FileError("cannot write", partial);
      }
      at += chunk.size();
      done += static_cast<std::int64_t>(chunk.size());
      context_.console.Progress("bytes", static_cast<std::uint64_t>(done),
                                static_cast<std::uint64_t>(item.payload_size_bytes));
    }
    if (AsText(hasher.Finish()) != item.payload_sha256) return Mismatch("an item's SHA-256");
    return storage::SyncData(*file).ok() ? OkStatus() : FileError("cannot sync", partial);
  }

  StatusOr<std::string> ReadChunk(const wire::ReleasedItem& item, std::int64_t offset) {
    std::string chunk;
    NOREN_RETURN_IF_ERROR(CallCompany(session_, [&](wire::CompanyServiceClient& client) {
      client.read_payload(chunk, release_.release, item.item, offset);
    }));
    const auto rest = static_cast<std::uint64_t>(item.payload_size_bytes - offset);
    if (chunk.empty() || chunk.size() > rest) return Mismatch("an item's size");
    return chunk;
  }

  CommandContext& context_;
  Session& session_;
  const wire::Release& release_;
};

StatusOr<std::vector<SavedItem>> SaveItems(CommandContext& context, Session& session,
                                           const wire::Release& release, const std::string& out) {
  ItemDownload download(context, session, release);
  std::vector<SavedItem> saved;
  for (std::size_t i = 0; i < release.items.size(); ++i) {
    const wire::ReleasedItem& item = release.items[i];
    const std::string file = ReleasedFileName(item.kind, i + 1, item.name);
    NOREN_RETURN_IF_ERROR(download.Save(item, out + "/" + file));
    const auto payload = static_cast<std::uint64_t>(item.payload_size_bytes);
    saved.push_back({item.item, item.kind, file, item.header.size() + payload});
  }
  return saved;
}

void ReportCollected(CommandContext& context, const wire::Release& release,
                     const std::vector<SavedItem>& saved) {
  Table table({"KIND", "BYTES", "FILE"});
  auto rows = model::JsonValue::MakeArray();
  for (const SavedItem& item : saved) {
    table.Add({item.kind, std::to_string(item.size_bytes), item.file});
    model::JsonValue row;
    row.Set("item", item.item).Set("kind", item.kind).Set("file", item.file);
    rows.Append(row.Set("size_bytes", static_cast<std::int64_t>(item.size_bytes)));
  }
  model::JsonValue object;
  object.Set("release", release.release).Set("files", std::move(rows));
  object.Set("manifest", "manifest.json").Set("audit", ToJson(release.audit));
  context.console.Result(object, table.ToText());
  context.console.Remark(SafeForTerminal(release.release) + "; " + ToText(release.audit));
}

Status Collect(CommandContext& context, const CollectOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  if (!storage::MakePrivateDirectory(options.out).ok()) {
    return FileError("cannot make the folder", options.out);
  }
  wire::CollectRequest request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.candidate = options.candidate;
  request.order_key = options.order;
  request.reason = options.reason;
  request.__set_reason_code(options.reason_code);
  wire::Release release;
  NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
    client.collect_release(release, request);
  }));
  NOREN_RETURN_IF_ERROR(CheckManifest(release, options));
  NOREN_RETURN_IF_ERROR(CheckSignature(release, options));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out + "/manifest.json", release.manifest));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out + "/manifest.sig", release.signature));
  NOREN_ASSIGN_OR_RETURN(const std::vector<SavedItem> saved,
                         SaveItems(context, *session, release, options.out));
  ReportCollected(context, release, saved);
  return OkStatus();
}

}  // namespace

void AddReleaseCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<CollectOptions>();
  CLI::App& release = AddNoun(root, "release", "what people handed over (company)");
  CLI::App* collect = release.add_subcommand("collect", "downloads an applicant's papers");
  collect->add_option("CANDIDATE", options->candidate, "candidate-...")->required();
  collect->add_option("--order", options->order, "the same key always gives the same release")
      ->required();
  collect->add_option("--reason", options->reason, "why it is downloaded now, in words");
  collect->add_option("--reason-code", options->reason_code, "other asks for the reason in words")
      ->check(CLI::IsMember({"screening", "interview", "offer", "onboarding", "audit", "other"}))
      ->capture_default_str();
  collect->add_option("--out", options->out, "folder; made when missing")->required();
  collect->add_option("--receipt-key", options->receipt_key,
                      "the service's receipt key, hex: the manifest must be signed by it");
  collect->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Collect(c, *options); };
  });
}

}  // namespace noren::cli
