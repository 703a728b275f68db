// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import {
  companyKeyOf,
  countStanzas,
  encryptItem,
  joinItem,
  makeGrant,
  openItem,
  PersonKeys,
  rewrapHeader,
  splitItem,
  type StoredItem,
} from "../src/index.js";
import { concatBytes, sha256Hex } from "../src/bytes.js";
import { fails, filled, hasProgram, inFolder, patterned, run } from "./support.js";

const person = PersonKeys.fromRoot(filled(1));
const company = PersonKeys.fromRoot(filled(50));
const companySecond = PersonKeys.fromRoot(filled(51));
const recipients = [company.recipient, companySecond.recipient].sort();
const id = (digit: string) => "item-" + digit.repeat(32);

async function stored(item: string, document: Uint8Array): Promise<StoredItem> {
  const { header, payload } = splitItem(await encryptItem(document, person));
  return { item, header, payload };
}
async function twoItems(): Promise<StoredItem[]> {
  return [await stored(id("b"), patterned(70000)), await stored(id("a"), patterned(12))];
}
function invitationOf(items: StoredItem[]) {
  return {
    companyRecipients: recipients,
    companyKey: companyKeyOf(recipients),
    digests: new Map(items.map(({ item, payload }) => [item, sha256Hex(payload)])),
  };
}

describe("a grant", () => {
  it("has one new header for each item, opened by every key of the company alone", async () => {
    const items = await twoItems();
    const grant = await makeGrant(items, invitationOf(items), person);
    assert.deepEqual(grant.items.map((one) => one.item), [id("a"), id("b")]);
    for (const [i, { item, header }] of grant.headers.entries()) {
      assert.equal(grant.items[i]?.header_sha256, sha256Hex(header));
      assert.equal(countStanzas(header), 2);
      const old = items.find((one) => one.item === item);
      assert.ok(old !== undefined);
      const file = joinItem(header, old.payload);
      const document = await openItem(joinItem(old.header, old.payload), person);
      assert.deepEqual(await openItem(file, company), document);
      assert.deepEqual(await openItem(file, companySecond), document);
      await fails(() => openItem(file, person), "WRONG_KEY", "header");
    }
  });
  it("never has the same header or share twice", async () => {
    const items = await twoItems();
    const shares = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const grant = await makeGrant(items, invitationOf(items), person);
      for (const { header } of grant.headers) {
        const found = new TextDecoder().decode(header).matchAll(/-> X25519 (\S+)/g);
        for (const [, share] of found) shares.add(String(share));
      }
    }
    assert.equal(shares.size, 3 * 2 * 2);
  });
  it("is refused when the recipients are not those of the company key", async () => {
    const items = await twoItems();
    const invitation = invitationOf(items);
    const other = { ...invitation, companyRecipients: [company.recipient] };
    await fails(() => makeGrant(items, other, person), "DIFFERS", "company_key");
    const twice = { ...invitation, companyRecipients: [recipients[0] ?? "", recipients[0] ?? ""] };
    await fails(() => makeGrant(items, twice, person), "MALFORMED", "company_recipients");
    const own = [person.recipient];
    const toSelf = { ...invitation, companyRecipients: own, companyKey: companyKeyOf(own) };
    await fails(() => makeGrant(items, toSelf, person), "DIFFERS", "company_recipients");
  });
  it("is refused when a payload is not the one of the invitation", async () => {
    const items = await twoItems();
    const invitation = invitationOf(items);
    const [first, second] = items as [StoredItem, StoredItem];
    const swapped = [
      { ...first, header: second.header, payload: second.payload },
      { ...second, header: first.header, payload: first.payload },
    ];
    await fails(() => makeGrant(swapped, invitation, person), "DIFFERS", "items.digest");
  });
  it("is refused for more or fewer items than the invitation names", async () => {
    const items = await twoItems();
    const invitation = invitationOf(items);
    await fails(() => makeGrant(items.slice(1), invitation, person), "DIFFERS", "items");
    const more = [...items, await stored(id("c"), patterned(1))];
    await fails(() => makeGrant(more, invitation, person), "DIFFERS", "items");
    await fails(() => makeGrant([...items, ...items], invitation, person), "DIFFERS", "items");
  });
  it("is refused for an item that would not open, damaged or of another header", async () => {
    const [item] = (await twoItems()) as [StoredItem];
    const payload = concatBytes(item.payload, filled(0, 1));
    const longer = [{ ...item, payload }];
    await fails(() => makeGrant(longer, invitationOf(longer), person), "DAMAGED", "payload");
    const other = await stored(item.item, patterned(5));
    const mixed = [{ ...item, header: other.header }];
    await fails(() => makeGrant(mixed, invitationOf(mixed), person), "DAMAGED", "payload");
    const stranger = PersonKeys.fromRoot(filled(60));
    await fails(() => makeGrant([item], invitationOf([item]), stranger), "WRONG_KEY", "header");
  });
});

describe("the company key", () => {
  it("depends on the set of recipients and not on their order", () => {
    assert.equal(companyKeyOf(recipients), companyKeyOf([...recipients].reverse()));
    assert.equal(companyKeyOf(recipients), companyKeyOf([...recipients, ...recipients]));
    assert.notEqual(companyKeyOf(recipients), companyKeyOf([company.recipient]));
  });
});

if (hasProgram("age")) {
  describe("the age program", () => {
    it("opens an old payload under a rewrapped header with the company's identity", () =>
      inFolder(async (folder) => {
        const at = (name: string) => join(folder, name);
        const document = patterned(140000);
        const { header, payload } = splitItem(await encryptItem(document, person));
        const moved = joinItem(rewrapHeader(header, person, recipients), payload);
        writeFileSync(at("moved.age"), moved);
        for (const keys of [company, companySecond]) {
          writeFileSync(at("identity"), keys.exposeAgeIdentity() + "\n", { mode: 0o600 });
          const opened = run("age", "-d", "-i", at("identity"), at("moved.age"));
          assert.deepEqual(new Uint8Array(opened), document);
        }
        writeFileSync(at("identity"), person.exposeAgeIdentity() + "\n", { mode: 0o600 });
        assert.throws(() => run("age", "-d", "-i", at("identity"), at("moved.age")));
      }));
  });
}
