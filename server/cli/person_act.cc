// SPDX-License-Identifier: Apache-2.0
#include "server/cli/person_act.h"

#include <map>
#include <utility>

#include "crypto/base/encoding.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/human_key.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::string_view kSignedPrefix = "noren/act/1\n";
constexpr std::size_t kMaxHeaderSizeBytes = 64 * 1024;

bool Says(const model::JsonValue& statement, std::string_view member, std::string_view value) {
  const model::JsonValue* const found = statement.Find(member);
  return found != nullptr && found->text() != nullptr && *found->text() == value;
}

}  // namespace

Bytes SignatureOf(const primitives::SigningKey& key, std::string_view statement) {
  const std::string message = std::string(kSignedPrefix) + std::string(statement);
  const auto signature = key.Sign(AsBytes(message));
  return Bytes(signature.begin(), signature.end());
}

StatusOr<wire::PersonAct> MakeAct(CommandContext& context, const ProvedStatement& proved) {
  wire::PersonAct act;
  NOREN_ASSIGN_OR_RETURN(act.statement, ReadArgument(proved.statement, context.in));
  if (!proved.signature.empty()) {
    const auto signature = HexDecode(proved.signature);
    if (!signature.ok()) return UsageError("--signature: lower-case hex digits");
    act.__set_signature(std::string(AsText(*signature)));
  }
  if (!proved.code.empty()) act.__set_code(proved.code);
  for (const std::string& text : proved.headers) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return UsageError("--header: write item-...=FILE");
    wire::ItemHeader header;
    header.item = text.substr(0, equals);
    NOREN_ASSIGN_OR_RETURN(header.header,
                           ReadTextFile(text.substr(equals + 1), kMaxHeaderSizeBytes));
    act.headers.push_back(std::move(header));
    act.__isset.headers = true;
  }
  return act;
}

StatusOr<wire::PersonAct> MakeReadAct(CommandContext& context, const std::string& handle,
                                      const std::string& key_path) {
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey key, ReadHumanKey(key_path));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::PersonAct act;
  NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
    client.prepare_act(act.statement, "read", handle, {});
  }));
  const auto statement = model::ParseJson(act.statement);
  const bool as_asked = statement.ok() && model::IsCanonical(act.statement) &&
                        Says(*statement, "act", "read") && Says(*statement, "handle", handle);
  if (!as_asked) return UsageError("the service prepared something else; nothing was signed");
  act.__set_signature(std::string(AsText(SignatureOf(key, act.statement))));
  return act;
}

}  // namespace noren::cli
