#!/usr/bin/python3
"""Walks people through the doorway: a real daemon, invented people, and every step checked. Ends with 0 only if all were.

Run it with ./dev demo. --resumes and --postings take folders of JSON Resume, schema.org JobPosting or Noren JSON Lines
files from elsewhere; they are imported beside the samples and ranked too.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service_under_test import SOURCE, Service, StockClient  # noqa: E402

SAMPLES = SOURCE / "datasets" / "samples"
LANGUAGES = ("ko", "ja", "en")


class Stage:
    """Prints what happens, with the time each part took; remembers what was checked."""

    def __init__(self):
        self.color = sys.stdout.isatty()
        self.begun = self.part_begun = time.monotonic()
        self.checks = 0

    def paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self.color else text

    def part(self, title):
        now = time.monotonic()
        print(self.paint("2", f"{'':>62}{now - self.part_begun:6.1f} s") if self.checks else "", flush=True)
        self.part_begun = now
        print(self.paint("1;36", title), flush=True)

    def say(self, text):
        print("   " + text, flush=True)

    def check(self, claim, holds, seen=""):
        self.checks += 1
        if not holds:
            print(self.paint("1;31", f" x {claim}"), seen, flush=True)
            raise SystemExit(1)
        print(self.paint("32", " \u2713 ") + claim, flush=True)


def read_lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


class Demo:
    def __init__(self, arguments, folder):
        self.stage, self.arguments, self.folder = Stage(), arguments, folder
        self.people, self.postings = {}, {}  # by reference, as the portal knows them
        self.rows = {row["ref"]: row for language in LANGUAGES
                     for row in read_lines(SAMPLES / f"seekers.{language}.jsonl")}
        posting_rows = [row for language in LANGUAGES for row in read_lines(SAMPLES / f"postings.{language}.jsonl")]
        self.posting_rows = {row["ref"]: row for row in posting_rows}
        companies = sorted({row["company"] for row in posting_rows})
        self.service = Service(arguments.noren, folder, companies)

    def open_the_house(self):
        self.stage.part("1. The house opens: noren init, noren serve")
        self.service.start()
        status = self.service.run("officer-invented-officer", "status")
        self.stage.check("the daemon is ready over TLS 1.3 with client certificates", status["state"] == "ready")
        refused = self.service.refusal("portal-alpha", "status")
        self.stage.check(f"a portal may not ask the officer's question (exit {refused.exit_code})",
                         refused.exit_code != 0)
        self.service.run("officer-invented-officer", "clock", "confirm")
        self.stage.say(f"policy {status['policy']}; erasure: {status['erasure_claim']}"
                       if "policy" in status else f"erasure: {status.get('erasure_claim', '')}")

    def bring_people_in(self):
        self.stage.part("2. People and postings come in, coded; broken rows stay out")
        for name in ("forbidden-religion-ko.jsonl", "truncated-line.jsonl", "february-thirtieth.jsonl"):
            refused = self.service.refusal("portal-alpha", "import", "seekers", SAMPLES / "broken" / name,
                                           "--out", self.folder / "broken.map")
            problem = json.loads(refused.output)["problems"][0] if refused.output.startswith("{") else {}
            self.stage.check(f"{name} is refused: {problem.get('cause', '')} {problem.get('field', '')}",
                             refused.exit_code != 0)
        for language in LANGUAGES:
            for kind, target in (("postings", self.postings), ("seekers", self.people)):
                mapping = self.folder / f"{kind}.{language}.map"
                spoken = ["--language", language] if kind == "seekers" else []
                self.service.run("portal-alpha", "import", kind, SAMPLES / f"{kind}.{language}.jsonl", *spoken,
                                 "--out", mapping)
                for row in read_lines(mapping):
                    target[row["ref"]] = row.get("handle") or row["posting"]
        status = self.service.run("officer-invented-officer", "status")
        self.stage.check(f"{len(self.people)} people and {len(self.postings)} postings are registered",
                         status["people"] == len(self.rows) and status["postings"] == len(self.posting_rows), status)

    def bring_in_from_elsewhere(self):
        for kind, folder in (("seekers", self.arguments.resumes), ("postings", self.arguments.postings)):
            if not folder:
                continue
            files = sorted(path for path in Path(folder).rglob("*") if path.suffix in (".json", ".jsonl"))
            self.stage.part(f"2b. {kind} from elsewhere: {len(files)} files")
            taken = refused = 0
            for path in files:
                mapping = self.folder / "elsewhere.map"
                mapping.unlink(missing_ok=True)
                words = ["import", kind, path, "--keep-going", "--out", mapping]
                words += ["--region", self.arguments.region] if self.arguments.region else []
                done = self.service.run("portal-alpha", *words, check=False)
                report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
                taken, refused = taken + report.get("registered", 0), refused + report.get("refused", 0)
                first = next((p for p in report.get("problems", [])), {})
                self.stage.say(f"{path.name[:44]:<44} registered {report.get('registered', 0):>3}  "
                               f"refused {report.get('refused', 0):>3}  {first.get('cause', '')} {first.get('field', '')}")
                self.rank_from_elsewhere(kind, mapping)
            self.stage.check(f"{taken} registered, {refused} refused with their reasons; the daemon is well",
                             self.service.run("officer-invented-officer", "status")["state"] == "ready")

    def rank_from_elsewhere(self, kind, mapping):
        for row in read_lines(mapping) if mapping.exists() else []:
            words = ("postings", row["handle"]) if kind == "seekers" else ("candidates", row["posting"])
            ranked = self.service.run("portal-alpha", "rank", *words, "-k", 3)
            found = ranked.get("postings") or ranked.get("seekers") or []
            self.stage.say(f"   {row['ref'][:40]}: {ranked['considered']} qualify, best score "
                           f"{found[0]['score'] if found else '-'}")

    def rank(self):
        self.stage.part("3. Rankings both ways, exact, and explained to the last point")
        for language in LANGUAGES:
            ref, ranked = self.busiest_posting(language)
            sums = all(sum(term["points"] for term in row["terms"]) == row["score"] for row in ranked["seekers"])
            scores = [row["score"] for row in ranked["seekers"]]
            title = self.posting_rows[ref].get("title", ref)
            self.stage.check(f"{title}: {ranked['considered']} qualify, terms sum to the score, best first",
                             sums and scores == sorted(scores, reverse=True))
            handle = ranked["seekers"][0]["handle"]
            back = self.service.run("portal-alpha", "rank", "postings", handle, "-k", 200)
            same = [row["score"] for row in back["postings"] if row["posting"] == self.postings[ref]]
            self.stage.check("   the other way round, the same pair has the same score", same == [scores[0]])
        shown = self.service.run("portal-alpha", "explain", self.postings[ref], handle, text=True).stdout
        print("\n".join("     " + line for line in shown.splitlines()[:16]))

    def busiest_posting(self, language):
        refs = [ref for ref in self.posting_rows if f"-{language}-" in ref][:12]
        ranked = {ref: self.service.run("portal-alpha", "rank", "candidates", self.postings[ref], "-k", 50)
                  for ref in refs}
        best = max(refs, key=lambda ref: ranked[ref]["considered"])
        return best, ranked[best]

    def act(self, name, handle, fields, via="code"):
        """One act of a person: prepared, proved with a one-time code from the outbox (or not at all), carried out."""
        statement = self.person.prepare_act(name, handle, fields)
        act = self.common.PersonAct(statement=statement)
        if via == "code":
            self.person.request_code(handle, statement)
            text = self.service.messages("one_time_code")[-1]["text"]
            act.code = next(word for word in text.replace(":", " ").replace(".", " ").split()
                            if len(word) == 8 and word.isdigit())
        return act

    def be_discoverable(self):
        self.stage.part("4. Who wants to be seen says so: one-time codes that the portal does not see (stock Thrift client)")
        client = StockClient(self.service, "portal-alpha", self.folder / "gen-py")
        self.person, self.portal = client.service("person"), client.service("portal")
        import noren_wire.common.ttypes as common
        self.common = common
        willing = [ref for ref, row in self.rows.items() if row.get("consent", {}).get("discoverable")]
        begun = time.monotonic()
        for number, ref in enumerate(willing):
            act = self.act_with_known_code(self.people[ref])
            self.person.set_discoverable(common.Idempotency(f"demo-discoverable-{number}"), act)
        rate = len(willing) / (time.monotonic() - begun)
        self.stage.check(f"{len(willing)} people are discoverable now ({rate:.0f} acts a second, each durable)", True)
        hidden = next(ref for ref in self.rows if ref not in willing)
        summary = self.portal.get_seeker(self.people[hidden])
        self.stage.check("whoever did not say so is not", not summary.discoverable)
        self.willing = willing

    def act_with_known_code(self, handle):
        """As act(), reading only the outbox's newest file: four hundred people would make the folder slow to list."""
        outbox = self.service.home / "data" / "outbox"
        before = {path.name for path in outbox.iterdir()}
        statement = self.person.prepare_act("discoverable", handle, {"companies_class": self.arguments.companies_class})
        self.person.request_code(handle, statement)
        new = [path for path in outbox.iterdir() if path.name not in before and path.suffix == ".json"]
        text = json.loads(new[0].read_text())["text"]
        for path in new:
            path.unlink()
        digits = "".join(c if c.isdigit() else " " for c in text).split()
        return self.common.PersonAct(statement=statement, code=next(word for word in digits if len(word) == 8))

    def look_at_cards(self):
        self.stage.part("5. The company sees classes of people, never a person")
        for self.ref in self.choice_of_postings():
            self.company = "company-" + self.posting_rows[self.ref]["company"]
            if self.usable_cards():
                break
        self.register_signer()
        self.service.run("officer-invented-officer", "cards", "renew")
        cards = self.service.run(self.company, "cards", self.postings[self.ref])["cards"]
        self.stage.say(f"{self.company[8:]}: {self.posting_rows[self.ref].get('title', self.ref)}, {len(cards)} cards")
        for card in cards[:4]:
            row = ", ".join(f"{key} {value}" for key, value in sorted(card["class_row"].items()))
            self.stage.say(f"   band {card['band']:<7} {card['qualifying']:<11} {row[:80]}")
        shown = json.dumps(cards)
        self.stage.check("no handle, name or score is on any card",
                         "seeker-" not in shown and "score" not in shown and "person-" not in shown)

    def usable_cards(self):
        cards = self.service.run(self.company, "cards", self.postings[self.ref])["cards"]
        return [card for card in cards if card["qualifying"].startswith("at least")]

    def register_signer(self):
        """Someone as fit as the best, registered by a stock client with a key of their own, who signs every act."""
        ranked = self.service.run("portal-alpha", "rank", "candidates", self.postings[self.ref], "-k", 200)["seekers"]
        known = {self.people[ref]: ref for ref in self.willing}
        like = next(known[row["handle"]] for row in ranked if row["handle"] in known)
        self.seed = self.folder / "person.key"
        public_key = self.service.run(None, "act", "keygen", "--out", self.seed)["public_key"]
        types = sys.modules["noren_wire.portal.ttypes"]
        self.signer = "invented-signer"
        self.rows[self.signer] = {**self.rows[like], "identity": {"name": "Invented Signer",
                                                                  "email": "invented-signer@example.com"}}
        answer = self.portal.register_seeker(types.RegisterSeekerRequest(
            idempotency=self.common.Idempotency("demo-signer"), ref=self.signer,
            profile=self.portal.get_seeker(self.people[like]).profile, person_key=bytes.fromhex(public_key),
            contact="invented-signer@example.com", language="en"))
        self.people[self.signer] = answer.handle
        resume = next(item["text"] for item in self.rows[like]["items"] if item["kind"] == "resume")
        for kind, text in (("name", "Invented Signer"), ("email", "invented-signer@example.com"), ("resume", resume)):
            self.upload(types, answer.handle, kind, text.encode())
        self.person.set_discoverable(self.common.Idempotency("demo-signer-discoverable"),
                                     self.signed("discoverable", {"companies_class": self.arguments.companies_class}))
        stolen = self.refusal_of(lambda: self.portal.register_seeker(types.RegisterSeekerRequest(
            idempotency=self.common.Idempotency("demo-new-contact"), ref=self.signer,
            profile=self.portal.get_seeker(answer.handle).profile, contact="portal@example.com", language="en")))
        self.stage.check("a stock Thrift client registers someone with a key and files; a portal cannot change the contact",
                         stolen == "STATE_CONFLICT", stolen)

    def upload(self, types, handle, kind, body):
        upload = self.portal.begin_item(types.BeginItemRequest(
            idempotency=self.common.Idempotency(f"demo-begin-{kind}"), handle=handle, kind=kind,
            media_type="text/plain", name=kind))
        for offset in range(0, len(body), 65536):
            self.portal.append_item(upload, offset, body[offset:offset + 65536])
        self.portal.finish_item(types.FinishItemRequest(
            idempotency=self.common.Idempotency(f"demo-finish-{kind}"), upload=upload, size_bytes=len(body),
            sha256=hashlib.sha256(body).digest()))

    def signed(self, name, fields):
        statement = self.person.prepare_act(name, self.people[self.signer], fields)
        signature = self.service.run(None, "act", "sign", statement, "--key", self.seed)["signature"]
        return self.common.PersonAct(statement=statement, signature=bytes.fromhex(signature))

    def choice_of_postings(self):
        counted = {}
        for ref, row in list(self.posting_rows.items())[:40]:
            ranked = self.service.run("portal-alpha", "rank", "candidates", self.postings[ref], "-k", 1)
            counted[ref] = ranked["considered"]
        return sorted(counted, key=counted.get, reverse=True)

    def invite(self):
        self.stage.part("6. The company asks; the person decides")
        self.key_file = self.folder / "company.key"
        subprocess.run(["age-keygen", "-o", str(self.key_file)], check=True, capture_output=True)
        recipient = subprocess.run(["age-keygen", "-y", str(self.key_file)], check=True, capture_output=True,
                                   text=True).stdout.strip()
        cards = self.usable_cards()
        refused = self.service.refusal(self.company, *self.invitation(cards[0]))
        self.stage.check("without a registered age key nobody is asked", refused.code() == "NO_RECIPIENT_KEY",
                         refused)
        self.service.run(self.company, "company", "add-key", recipient)
        by_contact = {value: ref for ref, row in self.rows.items() for value in row.get("identity", {}).values()}
        self.invited = []
        for card in cards[:8]:
            self.service.run(self.company, *self.invitation(card))
            contacts = [message["contact"] for message in self.service.messages("invitation")]
            self.invited = [by_contact[contact] for contact in contacts]
            if self.signer in self.invited and len(self.invited) > 1:
                break
        self.stage.check(f"{len(self.invited)} people were asked; the company was not told how many",
                         self.signer in self.invited and len(self.invited) > 1, self.invited)

    def invitation(self, card):
        return ("invite", self.postings[self.ref], card["card"], "--how-many", 2, "--items", "resume,name,email",
                "--purpose", "application_screening", "--decided-by", "Invented Recruiter",
                "--human-role", "recruiter", "--signer-key", self.recruiter_key())

    def recruiter_key(self):
        """The key of the human who decides, registered once."""
        path = self.folder / "recruiter.key"
        if not path.exists():
            key = self.service.run(None, "act", "keygen", "--out", path)["public_key"]
            self.service.run(self.company, "company", "add-signer", "--name", "Invented Recruiter",
                             "--human-role", "recruiter", "--public-key", key)
        return path

    def read_record(self, ref):
        return self.person.read_record(self.act("read", self.people[ref], {}))

    def answer(self):
        self.first = next(ref for ref in self.invited if ref != self.signer)
        self.second = self.signer
        invitation = self.read_record(self.first).invitations[-1]
        fields = {"invitation": invitation.invitation, "decision": "grant"}
        self.stage.say("the notice that is shown: " + invitation.notice.replace("\n", " ")[:110] + "...")
        asserted = self.refusal_of(lambda: self.person.answer_invitation(
            self.common.Idempotency("demo-asserted"), self.act("answer", self.people[self.first], fields, via=None)))
        self.stage.check("a yes that only the portal asserts is refused", asserted == "PROOF_REQUIRED", asserted)
        answer = self.person.answer_invitation(self.common.Idempotency("demo-grant"),
                                               self.act("answer", self.people[self.first], fields))
        self.first_consent = answer.result
        self.stage.check(f"{self.first} grants, proved by a one-time code", answer.proof == "code")
        invitation = self.person.read_record(self.signed("read", {})).invitations[-1]
        answer = self.person.answer_invitation(
            self.common.Idempotency("demo-signed-grant"),
            self.signed("answer", {"invitation": invitation.invitation, "decision": "grant"}))
        self.stage.check(f"{self.signer} grants, signed with the person's own Ed25519 key", answer.proof == "signature")

    def refusal_of(self, call):
        try:
            call()
        except self.common.ServiceError as error:
            return error.code
        return "allowed"

    def release(self):
        self.stage.part("7. Release: the files open with age, and only those consented to")
        applicants = self.service.run(self.company, "applicants", self.postings[self.ref])["applicants"]
        self.stage.check("the company sees the two who said yes, ranked", len(applicants) == 2, applicants)
        self.names = {}
        for applicant in applicants:
            out = self.folder / applicant["candidate"]
            self.service.run(self.company, "release", "collect", applicant["candidate"], "--order", "first",
                             "--reason", "screening for the posting", "--out", out,
                             "--receipt-key", (self.service.home / "receipts.pub").read_text().strip())
            plain = {path.name: subprocess.run(["age", "-d", "-i", str(self.key_file), str(path)], check=True,
                                               capture_output=True).stdout for path in sorted(out.glob("*.age"))}
            name = next(body.decode() for file, body in plain.items() if file.startswith("name"))
            ref = next(r for r in self.invited if self.rows[r]["identity"]["name"] == name)
            resume = next(i["text"] for i in self.rows[ref]["items"] if i["kind"] == "resume")
            same = any(body.decode("utf-8", "replace") == resume for body in plain.values())
            kinds = {file.split("-")[0] for file in plain}
            self.stage.check(f"age -d opens {len(plain)} files of {name}; the resume is the one handed in",
                             same and kinds <= {"resume", "name", "email"}, kinds)
            self.names[ref] = applicant["candidate"]
        self.collect_again(self.names[self.first])
        self.provisions()

    def provisions(self):
        officer = "officer-invented-officer"
        lines = self.service.run(officer, "provisions", "list", "--form", "kr")["provisions"]
        self.stage.check("the provision record has a line for each of the two releases",
                         {line["person"] for line in lines} == set(self.names.values()) and len(lines) == 2, lines)
        for form, title in (("jp", "第三者提供記録"), ("kr", "개인정보 제3자 제공 대장")):
            page = self.folder / f"provisions-{form}.html"
            self.service.run(officer, "provisions", "print", "--form", form, "--out", page)
            self.stage.check(f"and prints as {title}", title in page.read_text())

    def own(self, verb, *words, text=False):
        """noren person: the statement is made and signed with the person's key in the program."""
        return self.service.run("portal-alpha", "person", verb, "--handle", self.people[self.signer], "--key", self.seed,
                                *words, text=text)

    def take_away(self):
        """The person's own view: who was shown what, and everything that is held, with proofs."""
        shown = self.own("exposures")["exposures"]
        forms = {entry["form"].split(" ")[0] for entry in shown}
        self.stage.check(f"the person sees each showing, when, in which form and why: {', '.join(sorted(forms))}",
                         {"card", "documents", "applicant"} <= forms and
                         all(entry["at"] and entry["who"] and entry["reason"] for entry in shown
                             if entry["what"] in ("list_cards", "collect_release")), shown)
        for language, words in {"en": "received your documents", "ko": "서류", "ja": "書類"}.items():
            spoken = self.own("exposures", "--limit", 12, "--language", language, text=True).stdout
            self.stage.check(f"and reads it in words ({language})", words in spoken and len(spoken.split("\n\n")) >= 4,
                             spoken)
        out = self.folder / "own-record.json"
        written = self.own("export", "--out", out)
        document = json.loads(out.read_text())
        self.stage.check("the person takes away what is held, given apart from derived",
                         document["given"]["contact"] == "invented-signer@example.com" and
                         len(document["derived"]["exposures"]) >= len(shown) and document["derived"]["provisions"] and
                         {entry["what"] for entry in document["derived"]["exposures"]} >=
                         {"list_cards", "collect_release"} and written["proofs"])
        self.both_verify("the person's export verifies offline, each act with its proof", out, "person", "verify", out)
        for proof in written["proofs"]:
            self.both_verify("the person's own yes verifies offline alone", proof, "audit", "verify-bundle", proof)
        out.write_text(out.read_text().replace('"granted"', '"refused"'))
        changed = self.service.run(None, "person", "verify", out, "--key-file", self.service.home / "audit.pub",
                                   check=False, text=True)
        self.stage.check("an export that was changed does not", changed.returncode == 2, changed.stdout)

    def both_verify(self, what, file, *words):
        key = self.service.home / "audit.pub"
        own = self.service.run(None, *words, "--key-file", key, check=False, text=True)
        self.stage.check(what, own.returncode == 0, own.stdout)
        if self.arguments.verifier:
            other = subprocess.run([self.arguments.node, self.arguments.verifier, "--key-file", str(key), str(file)],
                                   capture_output=True, text=True, check=False)
            self.stage.check("noren-verify, which shares no line with it, says the same to the word",
                             other.returncode == 0 and other.stdout == own.stdout, other.stdout + other.stderr)

    def collect_again(self, candidate):
        first = (self.folder / candidate / "manifest.json").read_bytes()
        self.service.run(self.company, "release", "collect", candidate, "--order", "first", "--reason",
                         "screening for the posting", "--out", self.folder / "again")
        again = (self.folder / "again" / "manifest.json").read_bytes()
        self.stage.check("the same order gives the same release, to the byte", first == again)
        other = next(c for c in sorted({row["company"] for row in self.posting_rows.values()})
                     if "company-" + c != self.company)
        refused = self.service.refusal("company-" + other, "release", "collect", candidate, "--order", "x",
                                       "--reason", "curiosity", "--out", self.folder / "other")
        self.stage.check("another company is told that there is nothing", refused.code() == "NOT_FOUND", refused)

    def back_up(self):
        self.stage.part("8. Yesterday's backup, and then: withdrawal and destruction")
        self.backup = self.service.run("officer-invented-officer", "backup", "create")["path"]
        self.stage.check("a backup is written; it holds ciphertext only",
                         self.rows[self.first]["identity"]["name"].encode() not in
                         b"".join(path.read_bytes() for path in Path(self.backup).rglob("*") if path.is_file()))

    def withdraw(self):
        act = self.act("withdraw", self.people[self.first], {"consent": self.first_consent}, via=None)
        self.person.withdraw(self.common.Idempotency("demo-withdraw"), act)
        refused = self.service.refusal(self.company, "release", "collect", self.names[self.first], "--order", "first",
                                       "--reason", "again", "--out", self.folder / "late")
        self.stage.check(f"after the withdrawal: {refused.code()} (exit {refused.exit_code})",
                         refused.code() == "CONSENT_WITHDRAWN" and refused.exit_code == 4, refused)
        told = self.service.run(self.company, "withdrawals", "list")["withdrawals"]
        self.stage.check("the company is told, and has to destroy its copies",
                         any(row["candidate"] == self.names[self.first] and row["destroy_copies"] for row in told))
        self.fulfil_duty()

    def fulfil_duty(self):
        """The company's human signs that the copies are destroyed; the feed told them to."""
        events = self.service.run(self.company, "events", "list")["events"]
        duty = next(event["object"] for event in events if event["kind"] == "duty")
        self.service.run(self.company, "duties", "acknowledge", duty, "--signer-key", self.recruiter_key())
        done = self.service.run("officer-invented-officer", "duties", "list", "--role", "officer")["duties"]
        self.stage.check("a human of the company signs that every copy is destroyed",
                         any(row["duty"] == duty and row["state"] == "acknowledged" for row in done), done)
        self.service.run(self.company, "events", "acknowledge", events[-1]["position"])
        self.stage.check("what is acknowledged is not told again",
                         not self.service.run(self.company, "events", "list")["events"])
        record = self.read_record(self.first)
        seen = {row.what for row in record.disclosures}
        self.stage.check(f"the person sees who saw what: {', '.join(sorted(seen))}", "collect_release" in seen)

    def destroy(self):
        ref = self.second
        self.person.request_erasure(self.common.Idempotency("demo-erase"),
                                    self.act("erase", self.people[ref], {}))
        requests = self.service.run("officer-invented-officer", "erasure", "list")["requests"]
        request = next(row["request"] for row in requests if row["state"] == "open")
        self.service.run("officer-invented-officer", "erasure", "destroy", request, "--reason",
                         "asked for by the person", "--out", self.folder / "receipt.json")
        gone = self.refusal_of(lambda: self.portal.get_seeker(self.people[ref]))
        self.stage.check(f"{ref} is destroyed: {gone}; the receipt is signed", gone == "NOT_FOUND" and
                         (self.folder / "receipt.json").stat().st_size > 100, gone)

    def restore(self):
        self.stage.part("9. The disk is lost; yesterday's backup comes back")
        self.service.stop(9)
        restored = self.service.run(None, "backup", "restore", self.backup, "--config",
                                    self.service.home / "noren.toml")
        self.stage.say(f"applied again: {restored['withdrawals_applied_again']} withdrawals, "
                       f"{restored['erasures_applied_again']} erasures; lost entries {restored['lost_first']} to "
                       f"{restored['lost_last']}")
        self.service.start()
        self.service.run("officer-invented-officer", "clock", "confirm")
        client = StockClient(self.service, "portal-alpha", self.folder / "gen-py")
        self.person, self.portal = client.service("person"), client.service("portal")
        gone = self.refusal_of(lambda: self.portal.get_seeker(self.people[self.second]))
        self.stage.check("the destroyed person is still gone", gone == "NOT_FOUND", gone)
        refused = self.service.refusal(self.company, "release", "collect", self.names[self.first], "--order", "first",
                                       "--reason", "again", "--out", self.folder / "late")
        self.stage.check("the withdrawal still holds", refused.code() == "CONSENT_WITHDRAWN", refused)

    def go_back_in_time(self):
        """An operator puts the old disk image back by hand, without restoring."""
        self.service.stop()
        store = self.service.home / "data" / "store"
        shutil.move(store, str(store) + ".now")
        shutil.copytree(Path(self.backup) / "store", store)
        sentence = self.service.start(expect_exit=78)
        self.stage.check("an older image put back by hand stays sealed (exit 78)", True)
        self.stage.say(sentence[:150])
        shutil.rmtree(store)
        shutil.move(str(store) + ".now", store)
        self.service.start()

    def verify(self):
        self.stage.part("10. The audit log, verified offline")
        export = self.folder / "audit.jsonl"
        self.service.run("officer-invented-officer", "audit", "export", "--out", export)
        verified = self.service.run(None, "audit", "verify", export, "--key-file", self.service.home / "audit.pub",
                                    check=False, text=True)
        self.stage.check("every entry, chain head and signature holds", verified.returncode == 0, verified.stdout)
        damaged = bytearray(export.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        (self.folder / "damaged.jsonl").write_bytes(damaged)
        refused = self.service.run(None, "audit", "verify", self.folder / "damaged.jsonl", "--key-file",
                                   self.service.home / "audit.pub", check=False, text=True)
        self.stage.check("one flipped bit is found", refused.returncode != 0)
        log = (self.service.home / "noren.log").read_text()
        secret = [value for ref in self.invited for value in self.rows[ref]["identity"].values()]
        self.stage.check("no name, address or contact is in the service's log", not any(v in log for v in secret))

    def run(self):
        try:
            self.open_the_house()
            self.bring_people_in()
            self.bring_in_from_elsewhere()
            self.rank()
            self.be_discoverable()
            self.look_at_cards()
            self.invite()
            self.answer()
            self.release()
            self.take_away()
            self.back_up()
            self.withdraw()
            self.destroy()
            self.restore()
            self.go_back_in_time()
            self.verify()
        finally:
            self.service.stop()
        took = time.monotonic() - self.stage.begun
        print(f"\n{self.stage.paint('1;32', 'The doorway holds.')} {self.stage.checks} checks in {took:.0f} s.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noren", required=True, help="the built program")
    parser.add_argument("--resumes", help="folder of people's files from elsewhere")
    parser.add_argument("--postings", help="folder of postings from elsewhere")
    parser.add_argument("--region", default="", help="region of postings and people that name none, e.g. US")
    parser.add_argument("--companies-class", default="all", help="whom people agree to be shown to")
    parser.add_argument("--verifier", help="main.js of the person's package: noren-verify, built")
    parser.add_argument("--node", default="node")
    parser.add_argument("--keep", action="store_true", help="keep the folder, and say where it is")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="noren-demo-"))
    try:
        Demo(arguments, folder).run()
    finally:
        if arguments.keep:
            print("kept:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
