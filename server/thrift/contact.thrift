/** What the operator sends to people, and whom its officers talk to. docs/design/0031-contacts.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.contact

struct Announce {
  1: common.Idempotency idempotency,
  2: string kind,                  // "purpose"; "processor": to everybody, that a company is a processor now
  3: string purpose,               // as the notice prints it, or its id; of "processor" ""
  4: string subject,               // kind of person, by its id; "" for the usual one; of "processor" ""
  5: string about,                 // programme or business; of "processor" the company
  6: string text                   // 1..4000 bytes, of nobody
}
struct QueuedAnnouncement { 1: string announcement, 2: common.AuditPosition audit }
struct Announcement {
  1: string announcement,          // "announcement-..."
  2: string kind,
  3: string purpose, 4: string subject, 5: string about, 6: string text,
  7: string queued_by,             // officers only, as what follows
  8: i64 queued_at,
  9: i64 done_at,                  // 0: not everybody was looked at
  10: i64 told,
  11: map<string, i64> left_out    // by reason: "missing:...", "unsubscribed", "frozen", "not_agreed"
}
struct AnnouncementPage { 1: list<Announcement> announcements, 2: string next_cursor }

struct Contact {
  1: string contact,               // "contact-..."
  2: string kind,                  // told, talk, leaving
  3: string purpose, 4: string about,
  5: string by,                    // the officer, or ""
  6: i64 at,
  7: string item,                  // the address that it went to, "item-..."; "" for none
  8: i64 item_version,
  9: i64 closed_at,                // 0: open
  10: string mark                  // "", unchanged, changed
}
struct PersonContacts {
  1: list<Contact> contacts,       // oldest first
  2: list<string> unsubscribed,    // purposes, as the notice prints them
  3: string last_confirmed         // "2026-01-05", or ""
}
struct RecordContact {
  1: common.Idempotency idempotency,
  2: string person,                // "portal/seeker-..."
  3: string purpose, 4: string about
}
struct RecordedContact { 1: string contact, 2: common.AuditPosition audit }
struct CloseContact {
  1: common.Idempotency idempotency,
  2: string person, 3: string contact,
  4: string mark                   // "", unchanged, changed
}
struct DeclareNoticeChange {
  1: common.Idempotency idempotency,
  2: binary notice_sha256,         // of the public notice that people confirmed
  3: string reason
}

service ContactService {
  QueuedAnnouncement announce(1: Announce request) throws (1: common.ServiceError error),
  /** Looks at `limit` people more, 1..1000; tells nobody twice. Again, until done_at is set. */
  Announcement run_announcement(1: string announcement, 2: i32 limit) throws (1: common.ServiceError error),
  AnnouncementPage list_announcements(1: common.PageRequest page) throws (1: common.ServiceError error),
  RecordedContact record_contact(1: RecordContact request) throws (1: common.ServiceError error),
  common.AuditPosition close_contact(1: CloseContact request) throws (1: common.ServiceError error),
  PersonContacts list_contacts(1: string person) throws (1: common.ServiceError error),
  /** That the notice in force changes nothing for who confirmed that one. */
  common.AuditPosition declare_notice_change(1: DeclareNoticeChange request) throws (1: common.ServiceError error)
}
