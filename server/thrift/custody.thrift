/**
 * Whether the service is sealed, and its keys. For officers; the only service that a sealed one has. A secret is given over the
 * caller's TLS connection and never stored.
 */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.custody

/** One key that has versions. */
struct KeyVersions {
  1: string purpose,               // "store-seal", "record", "key-tree"
  2: i32 current,                  // new values are sealed under it
  3: i32 oldest,                   // values under an older one do not open
  4: i64 left                      // values (nodes of the tree) still under an older version; -1: not counted
}
struct CustodyStatus {
  1: string state,                 // "ready" or "sealed"
  2: string custody,               // "passphrase", "pkcs11" or "shares"
  3: string erasure_claim,         // "device" or "backups-only"
  4: i32 shares_needed,            // 0: not in the custody of shares
  5: i32 shares_given,             // while sealed
  6: list<KeyVersions> keys        // empty while sealed
}

struct RotateKeyAnswer { 1: i32 version, 2: common.AuditPosition audit }
struct RewrapKeysAnswer {
  1: i64 rewrapped,
  2: bool done                     // nothing is left, and the older versions are retired
}

service CustodyService {
  /** `count_left` reads every sealed value once. */
  CustodyStatus custody_status(1: bool count_left) throws (1: common.ServiceError error),
  /** Forgets every key. From the answer on every other call is answered SEALED. */
  CustodyStatus seal() throws (1: common.ServiceError error),
  /** `secret`: passphrase, PIN, or one share as printed; empty: the source that the configuration names. */
  CustodyStatus unseal(1: binary secret) throws (1: common.ServiceError error),
  /** A new version of the key of that purpose; new values go under it at once. */
  RotateKeyAnswer rotate(1: common.Idempotency idempotency, 2: string purpose) throws (1: common.ServiceError error),
  /** Moves some of what is under older versions to the newest. To be called until `done`; may be stopped at any time. */
  RewrapKeysAnswer rewrap(1: string purpose) throws (1: common.ServiceError error)
}
