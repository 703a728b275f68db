// Employers that people block, and what a company is told, in a simulation.
// SPDX-License-Identifier: Apache-2.0
#include "engine/model/errors.h"
#include "engine/operations/block_employer.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/events.h"
#include "engine/operations/register_company.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/act.h"
#include "tests/simulation/simulator.h"

namespace noren::simulation {
namespace {

using model::CodeOf;
using personal_data::ActKind;

constexpr std::uint64_t kWithin = 24;
// Invented numbers with the check digits that their registers ask for.
constexpr const char* kStranger = "kr-corporation:1101110000001";

}  // namespace

// What is refused; empty: the officer has verified who the company is.
std::string Simulator::AddCompany() {
  const Status added =
      operations::RegisterCompany(service_.context(), service_.officer(), service_.NextKey(),
                                  {"hangang-care",
                                   "Hangang Care (invented)",
                                   "1, River Road",
                                   "Park Haneul",
                                   kCompanyNumber,
                                   {},
                                   {}})
          .status();
  return added.ok() ? "" : "no company: " + added.ToString();
}

void Simulator::Block() {
  const auto number = SomePerson();
  if (!number) return;
  const std::string employer = OneIn(2) ? kCompanyNumber : kStranger;
  Say("block by " + std::to_string(*number));
  const auto act = Prepare(*number, "block", {{"employers", employer}});
  if (!act) return;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::BlockEmployers(service_.context(), service_.portal(), key, *act)
            .status();
      },
      [&] {
        const PersonTruth& person = truth_.people[*number];
        narrowed_.push_back(
            {.kind = Narrowing::Kind::kBlocked, .person = person.id, .employer = employer});
        Narrow(truth_, narrowed_.back());
        std::int64_t& bar = block_bars_[person.handle];
        bar = std::max(bar, personal_data::ParseAct(act->statement)->at.value);
        ++counts_.blocks;
      });
  if (!status.ok()) Fail("a block is refused: " + status.ToString());
}

void Simulator::Unblock() {
  const auto number = SomePerson();
  if (!number || truth_.people[*number].blocked.empty()) return;
  const auto act =
      Prepare(*number, "unblock", {{"employers", *truth_.people[*number].blocked.begin()}});
  if (!act) return;
  kept_.push_back({ActKind::kUnblock, *number, {}, *act});
  if (OneIn(3)) return Say("an act is held back");  // for Replay
  SendUnblock(kept_.back());
}

void Simulator::SendUnblock(const KeptAct& kept) {
  Say("unblock by " + std::to_string(kept.person));
  const auto act = personal_data::ParseAct(kept.act.statement);
  const bool was_used = truth_.used_statements.contains(kept.act.statement);
  const auto bar = block_bars_.find(act->handle);
  const bool overtaken = bar != block_bars_.end() && act->at.value < bar->second;
  const auto person = truth_.people.find(kept.person);
  const bool is_there = person != truth_.people.end() && person->second.handle == act->handle;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::UnblockEmployers(service_.context(), service_.portal(), key, kept.act)
            .status();
      },
      [&] {
        if (was_used) return Fail("a used act unblocks an employer again");
        if (!is_there) return Fail("an act unblocks for somebody who is not there");
        if (overtaken) return Fail("an act from before a block undoes it");
        for (const model::CorporateNumber& employer : act->employers)
          person->second.blocked.erase(employer.ToString());
        truth_.used_statements.insert(kept.act.statement);
      });
  counts_.replays_refused += !status.ok() && was_used ? 1 : 0;
}

// What stands at one position of the company's feed never changes, also not by a restore; and a
// company reads in the order in which things happened.
void Simulator::ReadFeed() {
  Say("the company reads its events");
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = operations::ReadEvents(service_.context(), service_.company(), after,
                                             operations::kMaxEventRows);
    if (!page.ok()) return Fail("events do not open: " + page.status().ToString());
    for (const operations::PositionedEvent& one : page->events) {
      if (one.position <= after) return Fail("events out of order");
      after = one.position;
      const Bytes text = operations::EncodeEvent(one.event);
      const auto [known, is_new] = feed_.try_emplace(one.position, text);
      if (!is_new && known->second != text) return Fail("a position of the feed is given twice");
    }
    more = page->more;
  }
  if (after == 0 || !OneIn(3)) return;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::AcknowledgeEvents(service_.context(), service_.company(), key, after)
            .status();
      },
      [] {});
  if (!status.ok()) Fail("an acknowledgement is refused: " + status.ToString());
}

}  // namespace noren::simulation
