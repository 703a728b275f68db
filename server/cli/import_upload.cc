// SPDX-License-Identifier: Apache-2.0
#include "server/cli/import_upload.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "server/cli/answers.h"
#include "server/cli/import_reader.h"
#include "server/cli/import_wire.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

using model::ErrorCode;

constexpr std::size_t kChunkSizeBytes = 256 * 1024;
constexpr std::size_t kKeyDigits = 48;
constexpr int kUploadAttempts = 3;

// "import-<48 hex digits>" of a digest and what the request is for.
wire::Idempotency KeyOf(const std::string& digest, const std::string& purpose) {
  RecordWriter writer;
  writer.Field("noren/import-key/1").Field(digest).Field(purpose);
  const std::string hex = HexEncode(primitives::Sha256(writer.bytes()));
  return MakeIdempotency("import-" + hex.substr(0, kKeyDigits));
}

struct ItemUpload {
  const SeekerUpload& row;
  std::size_t index = 0;
  std::string handle;

  const intake::ParsedItem& item() const { return row.seeker->items[index]; }
  const Bytes& content() const { return row.contents[index]; }
  wire::Idempotency Key(const std::string& step) const {
    return KeyOf(row.digest, step + "/" + std::to_string(index));
  }
};

StatusOr<std::string> BeginUpload(Session& session, const ItemUpload& upload, int attempt) {
  wire::BeginItemRequest request;
  request.idempotency = upload.Key("begin/" + std::to_string(attempt));
  request.handle = upload.handle;
  request.kind = std::string(model::ItemKindName(upload.item().kind));
  request.media_type = upload.item().media_type;
  request.name = upload.item().name;
  std::string id;
  NOREN_RETURN_IF_ERROR(CallPortal(
      session, [&](wire::PortalServiceClient& client) { client.begin_item(id, request); }));
  return id;
}

Status SendContent(Session& session, const std::string& id, ByteSpan content) {
  for (std::size_t at = 0; at < content.size(); at += kChunkSizeBytes) {
    const std::size_t size = std::min(kChunkSizeBytes, content.size() - at);
    const std::string chunk(AsText(content.subspan(at, size)));
    NOREN_RETURN_IF_ERROR(CallPortal(session, [&](wire::PortalServiceClient& client) {
      client.append_item(id, static_cast<std::int64_t>(at), chunk);
    }));
  }
  return OkStatus();
}

StatusOr<std::string> FinishUpload(Session& session, const ItemUpload& upload,
                                   const std::string& id) {
  wire::FinishItemRequest request;
  request.idempotency = upload.Key("finish");
  request.upload = id;
  request.size_bytes = static_cast<std::int64_t>(upload.content().size());
  request.sha256 = std::string(AsText(primitives::Sha256(upload.content())));
  wire::ItemAnswer answer;
  const Status status = CallPortal(
      session, [&](wire::PortalServiceClient& client) { client.finish_item(answer, request); });
  // The key is made from the content: an earlier run has finished this very item already.
  if (model::CodeOf(status) == ErrorCode::kConflict) return std::string();
  NOREN_RETURN_IF_ERROR(status);
  return answer.item;
}

StatusOr<std::string> UploadItem(Session& session, const ItemUpload& upload) {
  for (int attempt = 1;; ++attempt) {
    NOREN_ASSIGN_OR_RETURN(const std::string id, BeginUpload(session, upload, attempt));
    const Status sent = SendContent(session, id, upload.content());
    if (sent.ok()) return FinishUpload(session, upload, id);
    // An upload that an earlier run left half done, or that died, is begun anew.
    const ErrorCode code = model::CodeOf(sent);
    const bool begin_anew = code == ErrorCode::kStateConflict || code == ErrorCode::kNotFound;
    if (!begin_anew || attempt == kUploadAttempts) return sent;
  }
}

}  // namespace

StatusOr<SeekerUpload> PrepareSeeker(const intake::ParsedSeeker& seeker, const std::string& file,
                                     const std::string& language, const CustodyChoice& custody,
                                     const StatedChoice& stated) {
  SeekerUpload upload;
  upload.stated = stated;
  upload.custody = custody;
  upload.seeker = &seeker;
  upload.contact = ContactOf(seeker);
  upload.language = language;
  RecordWriter writer;
  writer.Field("noren/import-seeker/1").Field(seeker.reference);
  writer.Field(model::EncodeProfile(seeker.profile)).Field(upload.contact).Field(language);
  if (stated.says()) writer.Field("stated").Field(stated.subject).Field(stated.notice);
  if (custody.is_person()) {
    writer.Field(custody.person_key).Field(custody.age_recipient);
    upload.digest = HexEncode(primitives::Sha256(writer.bytes()));
    return upload;
  }
  for (const intake::ParsedItem& item : seeker.items) {
    NOREN_ASSIGN_OR_RETURN(Bytes content, ReadItem(item, file));
    writer.U8(static_cast<std::uint8_t>(item.kind)).Field(item.name).Field(item.media_type);
    writer.Raw(primitives::Sha256(content));
    upload.contents.push_back(std::move(content));
  }
  upload.digest = HexEncode(primitives::Sha256(writer.bytes()));
  return upload;
}

std::string DigestOf(const intake::ParsedPosting& posting) {
  RecordWriter writer;
  writer.Field("noren/import-posting/1").Field(model::EncodePosting(posting.posting));
  return HexEncode(primitives::Sha256(writer.bytes()));
}

StatusOr<RegisteredSeeker> RegisterSeeker(Session& session, const SeekerUpload& upload) {
  wire::RegisterSeekerRequest request;
  request.idempotency = KeyOf(upload.digest, "seeker");
  request.ref = upload.seeker->reference;
  request.profile = ToWire(upload.seeker->profile);
  request.contact = upload.contact;
  request.language = upload.language;
  if (upload.custody.is_person()) {
    request.__set_custody("person");
    request.__set_person_key(upload.custody.person_key);
    request.__set_age_recipient(upload.custody.age_recipient);
  }
  if (upload.stated.says()) {
    wire::StatedFacts stated;
    if (!upload.stated.subject.empty()) stated.__set_subject(upload.stated.subject);
    if (!upload.stated.notice.empty()) stated.__set_notice_sha256(upload.stated.notice);
    request.__set_stated(stated);
  }
  wire::RegisterSeekerAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(session, [&](wire::PortalServiceClient& client) {
    client.register_seeker(answer, request);
  }));
  RegisteredSeeker registered{answer.handle, {}};
  for (std::size_t i = 0; i < upload.contents.size(); ++i) {
    NOREN_ASSIGN_OR_RETURN(std::string item, UploadItem(session, {upload, i, answer.handle}));
    registered.items.push_back(std::move(item));
  }
  return registered;
}

StatusOr<std::string> RegisterPosting(Session& session, const intake::ParsedPosting& posting) {
  wire::RegisterPostingRequest request;
  request.idempotency = KeyOf(DigestOf(posting), "posting");
  request.posting = ToWire(posting.posting);
  wire::RegisterPostingAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(session, [&](wire::PortalServiceClient& client) {
    client.register_posting(answer, request);
  }));
  return answer.posting;
}

}  // namespace noren::cli
