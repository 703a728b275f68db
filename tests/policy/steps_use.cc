// Handlers: who may open items of people, and who did.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/agefile/agefile.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/operations/handler_cases.h"
#include "engine/operations/handler_reviews.h"
#include "engine/operations/item_use.h"
#include "engine/operations/read_exposures.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using operations::AddRegisterEntryRequest;
using policy::RegisterKind;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

constexpr std::size_t kAllShown = 100;

// Each terminal has a key of its own; a handler who names none has one that nobody listed.
Hash256 KeyOf(const std::string& terminal) { return primitives::Sha256(AsBytes(terminal)); }

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void Take(const Step& step, std::initializer_list<const char*> names,
          std::map<std::string, std::string>& fields) {
  for (const char* name : names) {
    if (step.Has(name)) fields[name] = Joined(step.Many(name));
  }
}

Status Add(Scene& scene, const Step& step, AddRegisterEntryRequest entry) {
  entry.idempotency_key = scene.service().NextKey();
  entry.at = step.Has("at") ? TimeOf(step.Text("at")) : scene.context().time.Now();
  return operations::AddRegisterEntry(scene.context(), scene.service().officer(), entry).status();
}

AddRegisterEntryRequest EntryOf(RegisterKind kind, const std::string& subject,
                                const std::string& name) {
  AddRegisterEntryRequest entry;
  entry.kind = kind;
  entry.subject = subject;
  entry.step = name;
  return entry;
}

// What the operator asks for first, the designation with its scope, and access.
Status Designate(Scene& scene, const Step& step) {
  const std::string name = step.Text("name");
  if (step.Has("secrecy")) {
    AddRegisterEntryRequest secrecy = EntryOf(RegisterKind::kHandlers, name, "secrecy");
    secrecy.clauses = step.Many("secrecy");
    NOREN_RETURN_IF_ERROR(Add(scene, step, secrecy));
  }
  if (step.Has("trained")) {
    AddRegisterEntryRequest training = EntryOf(RegisterKind::kTraining, name, "held");
    training.clauses = step.Many("trained");
    training.fields = {{"topic", "handling of personal data"}};
    NOREN_RETURN_IF_ERROR(Add(scene, step, training));
  }
  AddRegisterEntryRequest designated = EntryOf(RegisterKind::kHandlers, name, "designated");
  designated.fields = {{"role", step.Text("role", "staff")}, {"scope", "as listed"}};
  Take(step, {"people", "purposes", "items", "terminals", "processor"}, designated.fields);
  NOREN_RETURN_IF_ERROR(Add(scene, step, designated));
  return Add(scene, step, EntryOf(RegisterKind::kHandlers, name, "granted"));
}
void Handler(Scene& scene, const Step& step) { scene.Answer(step, Designate(scene, step)); }

void Terminal(Scene& scene, const Step& step) {
  const std::string name = step.Text("name");
  AddRegisterEntryRequest entry = EntryOf(RegisterKind::kMedia, name, step.Text("step", "listed"));
  if (entry.step == "listed")
    entry.fields = {{"kind", "terminal"}, {"tls_key", HexEncode(KeyOf(name))}};
  if (entry.step == "taken_out") entry.fields = {{"place", "elsewhere"}};
  Take(step, {"area"}, entry.fields);
  scene.Answer(step, Add(scene, step, entry));
}

// The contract, what the policy asks for before it, and access.
Status Entrust(Scene& scene, const Step& step) {
  const std::string name = step.Text("processor");
  if (step.Is("evaluated")) {
    AddRegisterEntryRequest evaluated = EntryOf(RegisterKind::kProcessors, name, "evaluated");
    evaluated.fields = {{"result", "meets the standards"}};
    NOREN_RETURN_IF_ERROR(Add(scene, step, evaluated));
  }
  AddRegisterEntryRequest contract = EntryOf(RegisterKind::kProcessors, name, "contracted");
  contract.fields = {{"document", "contract 1"}};
  Take(step, {"task", "topics", "people", "purposes", "items"}, contract.fields);
  NOREN_RETURN_IF_ERROR(Add(scene, step, contract));
  if (step.Text("enabled", "true") != "true") return OkStatus();
  return Add(scene, step, EntryOf(RegisterKind::kProcessors, name, "enabled"));
}
void Contract(Scene& scene, const Step& step) { scene.Answer(step, Entrust(scene, step)); }

model::SeekerHandle HandleOf(Scene& scene, const Step& step) {
  if (!step.Is("unknown")) return scene.person(step).known->handle;
  return *model::SeekerHandle::FromBytes(Bytes(model::SeekerHandle::kSizeBytes, 0x5a));
}

void Case(Scene& scene, const Step& step) {
  const auto opened = operations::OpenCase(
      scene.context(), scene.CallerOf(step, "officer"),
      {scene.service().NextKey(), step.Text("reference"), scene.service().portal().principal.name,
       HandleOf(scene, step), step.Text("handler")});
  scene.Answer(step, opened.status());
  if (opened.ok() && step.Has("number")) {
    EXPECT_EQ(opened->number, std::stoull(step.Text("number")));
  }
}

operations::Call HandlerOf(Scene& scene, const Step& step) {
  if (step.Has("as")) return scene.CallerOf(step, "officer");
  const std::string name = step.Text("handler");
  return {{model::Role::kHandler, name},
          scene.service().NextKey(),
          KeyOf(step.Text("terminal", "unlisted " + name))};
}

StatusOr<std::string> OpenAll(Scene& scene, const operations::Call& call,
                              const operations::UsedItems& used, const agefile::Identity& key) {
  std::string text;
  for (const operations::UsedItem& item : used.items) {
    Bytes file = item.header;
    for (std::uint64_t at = 0; at < item.payload_size_bytes;) {
      NOREN_ASSIGN_OR_RETURN(
          const Bytes chunk,
          operations::ReadUsedItem(scene.context(), call, used.ticket, item.item, at));
      file.insert(file.end(), chunk.begin(), chunk.end());
      at += chunk.size();
    }
    NOREN_ASSIGN_OR_RETURN(const Bytes plain, agefile::DecryptFile(file, key));
    text.append(plain.begin(), plain.end()).append("\n");
  }
  return text;
}

void Use(Scene& scene, const Step& step) {
  const agefile::Identity key = agefile::Identity::Generate(scene.service().random());
  const operations::Call call = HandlerOf(scene, step);
  const auto used = operations::UseItems(
      scene.context(), call,
      {scene.service().portal().principal.name, HandleOf(scene, step), step.Text("file"),
       step.Text("purpose"), step.Many("items"), key.recipient().ToString()});
  scene.Answer(step, used.status());
  if (!used.ok()) return;
  if (step.Has("gives")) {
    std::vector<std::string> kinds;
    for (const operations::UsedItem& item : used->items)
      kinds.emplace_back(model::ItemKindName(item.kind));
    EXPECT_THAT(kinds, UnorderedElementsAreArray(step.Many("gives")));
  }
  if (!step.Has("payload")) return;
  const auto text = OpenAll(scene, call, *used, key);
  ASSERT_OK(text);
  for (const std::string& part : step.Many("payload")) {
    EXPECT_THAT(*text, HasSubstr(part));
  }
}

// The person's list of who saw what.
void Seen(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "read");
  const auto page = operations::ReadExposures(scene.context(), scene.service().portal(),
                                              scene.ActOf(step, person, statement), {}, kAllShown);
  scene.Answer(step, page.status());
  if (!page.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(page->exposures.size(), std::stoull(step.Text("count")));
  }
  std::string text;
  for (const operations::ExposureView& view : page->exposures) {
    text += view.shown.who + " | " + view.shown.what + " | " + view.shown.form + " | " +
            view.shown.reason + " | " + view.shown.processor + " | " + view.shown.task + "\n";
  }
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
}

void Review(Scene& scene, const Step& step) {
  const auto review = operations::ReviewHandlers(scene.context(), scene.CallerOf(step, "officer"),
                                                 step.Text("clause"));
  scene.Answer(step, review.status());
  if (!review.ok()) return;
  std::vector<std::string> withdrawn, kept, used;
  for (const operations::ReviewedHandler& one : review->handlers) {
    (one.withdrawn ? withdrawn : kept).push_back(one.handler);
    if (one.last_use) used.push_back(one.handler);
  }
  if (step.Has("withdrawn")) {
    EXPECT_THAT(withdrawn, UnorderedElementsAreArray(step.Many("withdrawn")));
  }
  if (step.Has("kept")) {
    EXPECT_THAT(kept, UnorderedElementsAreArray(step.Many("kept")));
  }
  if (step.Has("used")) {
    EXPECT_THAT(used, UnorderedElementsAreArray(step.Many("used")));
  }
}

}  // namespace

StepTable UseSteps() {
  return {{"handler", Handler}, {"terminal", Terminal}, {"contract", Contract},     {"case", Case},
          {"use", Use},         {"seen", Seen},         {"review_handlers", Review}};
}

}  // namespace noren::clauses
