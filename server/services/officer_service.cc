// SPDX-License-Identifier: Apache-2.0
#include "server/services/officer_service.h"

#include "engine/operations/authorize.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/register_company.h"
#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

std::vector<std::string> HashesToWire(const std::vector<Hash256>& hashes) {
  std::vector<std::string> out;
  for (const Hash256& hash : hashes) out.push_back(BytesToWire(hash));
  return out;
}

wire::Company CompanyToWire(const operations::CompanyRecord& company) {
  wire::Company row;
  row.name = company.name;
  row.legal_name = company.legal_name;
  row.address = company.address;
  row.representative = company.representative;
  row.number = company.number.ToString();
  for (const model::CorporateNumber& number : company.affiliates)
    row.affiliates.push_back(number.ToString());
  row.classes = company.classes;
  row.registered_at = company.registered_at.value;
  return row;
}

}  // namespace

using operations::Call;

void OfficerService::status(wire::Status& answer) {
  calls_.Run("officer.status", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto status, operations::ReadStatus(calls_.operations(), call));
    answer.version = calls_.parts().version;
    answer.state = calls_.operations().pipeline.failed() ? "sealed" : "ready";
    answer.policy_version = status.policy_version;
    answer.people = static_cast<std::int64_t>(status.people);
    answer.postings = static_cast<std::int64_t>(status.open_postings);
    answer.audit_entries = static_cast<std::int64_t>(status.audit_entries);
    answer.erasure_claim = status.erasure_claim;
    answer.clock_trusted = status.clock_trusted;
    answer.restored_from = calls_.parts().restored_from;
    return OkStatus();
  });
}

void OfficerService::list_erasure_requests(std::vector<wire::ErasureRequest>& answer) {
  calls_.Run("officer.list_erasure_requests", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto requests,
                           operations::ListErasureRequests(calls_.operations(), call));
    for (const operations::ErasureRequest& request : requests) {
      wire::ErasureRequest& row = answer.emplace_back();
      row.request = request.request.ToString();
      row.asked_at = request.asked_at.value;
      row.asked_by = request.asked_by;
      row.state = std::string(operations::ErasureStateName(request.state));
    }
    return OkStatus();
  });
}

void OfficerService::destroy(wire::DestroyAnswer& answer, const wire::DestroyRequest& request) {
  calls_.Run("officer.destroy", [&](const Call& call) -> noren::Status {
    operations::DestroyRequest destroy;
    destroy.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(destroy.request, ParseId<model::RequestId>(request.request, "request"));
    destroy.reason = request.reason;
    NOREN_ASSIGN_OR_RETURN(const auto destroyed,
                           operations::DestroyPerson(calls_.operations(), call, destroy));
    answer.receipt = destroyed.receipt.text;
    answer.signature = BytesToWire(destroyed.receipt.signature);
    answer.audit = ToWire(destroyed.position);
    return OkStatus();
  });
}

void OfficerService::checkpoint(wire::Checkpoint& answer) {
  calls_.Run("officer.checkpoint", [&](const Call& call) -> noren::Status {
    NOREN_RETURN_IF_ERROR(
        operations::RequireRole(calls_.operations(), call, {model::Role::kOfficer}));
    const audit::LogState state = calls_.operations().pipeline.log_state();
    NOREN_ASSIGN_OR_RETURN(answer.note, calls_.parts().signer.SignCheckpoint(state));
    answer.public_key = BytesToWire(calls_.parts().signer.verifying_key().bytes);
    return OkStatus();
  });
}

void OfficerService::audit_entries(wire::AuditEntries& answer, const std::int64_t first,
                                   const std::int32_t limit) {
  calls_.Run("officer.audit_entries", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t sequence, CountFromWire(first, "first"));
    NOREN_ASSIGN_OR_RETURN(const auto entries, operations::ReadAuditEntries(calls_.operations(),
                                                                            call, sequence, limit));
    answer.first = first;
    for (const audit::StoredEntry& entry : entries) {
      answer.entries.push_back(BytesToWire(entry.entry));
    }
    return OkStatus();
  });
}

void OfficerService::inclusion_proof(std::vector<std::string>& answer, const std::int64_t sequence,
                                     const std::int64_t tree_size) {
  calls_.Run("officer.inclusion_proof", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t leaf, CountFromWire(sequence, "sequence"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t size, CountFromWire(tree_size, "tree_size"));
    NOREN_ASSIGN_OR_RETURN(const auto proof,
                           operations::ReadInclusionProof(calls_.operations(), call, leaf, size));
    answer = HashesToWire(proof);
    return OkStatus();
  });
}

void OfficerService::consistency_proof(std::vector<std::string>& answer,
                                       const std::int64_t first_size,
                                       const std::int64_t second_size) {
  calls_.Run("officer.consistency_proof", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t first, CountFromWire(first_size, "first_size"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t second, CountFromWire(second_size, "second_size"));
    NOREN_ASSIGN_OR_RETURN(const auto proof, operations::ReadConsistencyProof(calls_.operations(),
                                                                              call, first, second));
    answer = HashesToWire(proof);
    return OkStatus();
  });
}

void OfficerService::access_log(wire::AccessPage& answer, const wire::PageRequest& page) {
  calls_.Run("officer.access_log", [&](const Call& call) -> noren::Status {
    const Listing listing = calls_.ListingOf("officer.access_log");
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto records, operations::ReadAccessLog(calls_.operations(), call,
                                                                         position.offset, rows));
    for (const operations::AccessRecord& record : records) {
      wire::AccessRecord& row = answer.records.emplace_back();
      row.at = record.at.value;
      row.operation = record.operation;
      row.role = record.principal;
      row.decision = record.allowed ? "allowed" : "refused";
      row.code = record.code;
      row.sequence = static_cast<std::int64_t>(record.sequence);
    }
    // Positions are sequence numbers, newest first; nothing is before the first entry.
    if (records.size() == rows && records.back().sequence > 1) {
      answer.next_cursor = calls_.cursors().Seal(listing, {records.back().sequence, ""});
    }
    return OkStatus();
  });
}

void OfficerService::register_company(wire::AuditPosition& answer,
                                      const wire::Idempotency& idempotency,
                                      const wire::Company& company) {
  calls_.Run("officer.register_company", [&](const Call& call) -> noren::Status {
    const operations::CompanyDetails details{
        company.name,   company.legal_name, company.address, company.representative,
        company.number, company.affiliates, company.classes};
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::RegisterCompany(calls_.operations(), call, idempotency.key, details));
    answer = ToWire(position);
    return OkStatus();
  });
}

void OfficerService::end_company(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                                 const std::string& company) {
  calls_.Run("officer.end_company", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto position, operations::EndCompany(calls_.operations(), call,
                                                                       idempotency.key, company));
    answer = ToWire(position);
    return OkStatus();
  });
}

// A page begins after the name that the cursor holds.
void OfficerService::list_companies(wire::CompanyList& answer, const wire::PageRequest& page) {
  calls_.Run("officer.list_companies", [&](const Call& call) -> noren::Status {
    const Listing listing = calls_.ListingOf("officer.list_companies");
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(
        const auto companies,
        operations::ListCompanies(calls_.operations(), call, position.mark, rows));
    for (const operations::CompanyRecord& company : companies) {
      answer.companies.push_back(CompanyToWire(company));
    }
    if (companies.size() == rows)
      answer.next_cursor = calls_.cursors().Seal(listing, {rows, companies.back().name});
    return OkStatus();
  });
}

void OfficerService::new_card_epoch(wire::AuditPosition& answer,
                                    const wire::Idempotency& idempotency) {
  calls_.Run("officer.new_card_epoch", [&](const Call& call) -> noren::Status {
    operations::ServiceContext& context = calls_.operations();
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           context.card_epochs.Renew(context, call, idempotency.key));
    answer = ToWire(position);
    return OkStatus();
  });
}

void OfficerService::create_backup(wire::BackupAnswer& answer,
                                   const wire::Idempotency& idempotency) {
  calls_.Run("officer.create_backup", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto backup,
                           operations::CreateBackup(calls_.operations(), call,
                                                    calls_.parts().backup, idempotency.key));
    answer.path = backup.path;
    answer.records = static_cast<std::int64_t>(backup.sequence);
    answer.bytes = static_cast<std::int64_t>(backup.bytes);
    answer.audit = ToWire(backup.position);
    return OkStatus();
  });
}

void OfficerService::confirm_clock(wire::AuditPosition& answer,
                                   const wire::Idempotency& idempotency,
                                   const std::int64_t unix_seconds) {
  calls_.Run("officer.confirm_clock", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::ConfirmClock(calls_.operations(), call, idempotency.key,
                                                    UnixSeconds{unix_seconds}));
    answer = ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
