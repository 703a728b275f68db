// The independent verifier: reads exported files and public keys, shares no code with the service.
// SPDX-License-Identifier: Apache-2.0
export { verifyBundle, type BundleExpectations } from "./bundle.js";
export { commitmentOf, readEntry, type EntryFacts } from "./entry.js";
export { verifyExport, type ExportExpectations } from "./export.js";
export { emptyRoot, extendsTree, Frontier, hashLeaf, hashNode, includes } from "./merkle.js";
export { openCheckpoint, openNote, parseVerifierKey } from "./note.js";
export { verifyPersonExport, type PersonExportFiles } from "./person_export.js";
export { handleCommitment, parseReceiptFile, verifyReceipt } from "./receipt.js";
export { verifyRelease, type ReleaseExpectations } from "./release.js";
export { Report, reportJson, reportText, type Finding } from "./report.js";
export { parseSigningKey } from "./signed_json.js";
