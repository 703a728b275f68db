// Every refusal of this package: callers branch on `code` and `field`; no message holds a person's
// text.
// SPDX-License-Identifier: Apache-2.0

export type FailureCode =
  | "MALFORMED" // not the documented format, byte for byte
  | "DIFFERS" // the statement does not say what the person was shown
  | "OPEN_ENDED" // "and others": who receives something is not named one by one
  | "STALE" // the statement's time is not now
  | "WRONG_KEY" // no stanza opens with this identity, or another signer
  | "DAMAGED" // bytes changed, cut or extended
  | "RESIDENT_NUMBER" // a resident registration number or My Number stands where none may
  | "TOO_LARGE"; // over a documented limit

export class NorenFailure extends Error {
  readonly code: FailureCode;
  /** The member or the part that is wrong, "" when the whole is. */
  readonly field: string;

  constructor(code: FailureCode, field: string, message: string) {
    super(field === "" ? message : `${field}: ${message}`);
    this.name = "NorenFailure";
    this.code = code;
    this.field = field;
  }
}
