#!/usr/bin/python3
"""T1 of docs/THREAT_MODEL.md: 1,000 canary people go through the real daemon, and are found in no file, log, metric or error.

They are imported with names, addresses, documents; some are invited, released, withdrawn, destroyed; others stand in
requests that are refused. Then the data directory, the backups, the log, the metrics, what the program printed and every
error text are searched in all encodings, databases included. At the end one canary is planted in each of these places, and
has to be found there. Ends with 0 only if all of it held.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from service_under_test import Service, StockClient  # noqa: E402

SYLLABLES = "가거고구그기나너노누다더도두라러로루마머모무바버보부사서소수아어오우자저조주하허호후"
KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"
COMPANY = "invented-company"
FIELDS = ("name", "email", "phone", "address", "resume", "file_name", "ref")


def invented_people(count, seed):
    """Texts that nobody else writes: of Korean and Japanese letters, and of ASCII where the field wants it."""
    source = random.Random(seed)
    people = []
    for number in range(count):
        letters = SYLLABLES if number % 2 else KANA
        word = lambda size: "".join(source.choice(letters) for _ in range(size))  # noqa: E731
        latin = "".join(source.choice("bcdfghjkmnpqrstvwxz") for _ in range(12))
        people.append({"name": word(7), "email": f"{latin}@mail.example", "phone": f"+82-{source.randrange(10**11):011d}",
                       "address": word(12), "resume": word(20), "file_name": word(8), "ref": f"ref-{latin[::-1]}"})
    return people


class Canaries:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.people = invented_people(arguments.people, arguments.seed)
        self.service = Service(arguments.noren, folder, [COMPANY])
        self.errors, self.answers, self.handles = [], [], {}

    def say(self, text):
        print(text, flush=True)

    def import_people(self):
        rows = [{"noren": "seeker/1", "ref": person["ref"],
                 "profile": {"occupations": ["ISCO-5322"], "regions": ["KR-11440"], "employment_types": ["full_time"],
                             "skills": [{"skill": "SK-first-aid", "level": 1 + number % 5}], "experience_months": 24},
                 "items": [{"kind": "resume", "name": person["file_name"], "text": person["resume"]}],
                 "identity": {key: person[key] for key in (FIELDS[:4] if number % 5 == 0 else FIELDS[:2])},
                 "consent": {"discoverable": False}} for number, person in enumerate(self.people)]
        source, mapping = self.folder / "people.jsonl", self.folder / "people.map"
        source.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
        self.service.run("portal-alpha", "import", "seekers", source, "--language", "ko", "--out", mapping)
        for line in mapping.read_text().splitlines():
            row = json.loads(line)
            self.handles[row["ref"]] = row["handle"]
        assert len(self.handles) == len(self.people)

    def act(self, name, handle, fields):
        outbox = self.service.home / "data" / "outbox"
        before = set(outbox.iterdir())
        statement = self.person.prepare_act(name, handle, fields)
        self.person.request_code(handle, statement)
        message = json.loads(next(path for path in set(outbox.iterdir()) - before).read_text())
        code = next(word for word in "".join(c if c.isdigit() else " " for c in message["text"]).split() if len(word) == 8)
        return self.common.PersonAct(statement=statement, code=code)

    def connect(self):
        client = StockClient(self.service, "portal-alpha", self.folder / "gen-py")
        self.person, self.portal = client.service("person"), client.service("portal")
        import noren_wire.common.ttypes as common
        import noren_wire.portal.ttypes as types
        self.common, self.types = common, types
        company = StockClient(self.service, f"company-{COMPANY}", self.folder / "gen-py")
        self.company, self.company_types = company.service("company"), company.types("company")

    def walk_some_through(self):
        """Shown, invited, granted, collected; one withdraws, one is destroyed."""
        key = self.common.Idempotency
        some = self.people[:self.arguments.walked]
        for number, person in enumerate(some):
            handle = self.handles[person["ref"]]
            self.person.set_discoverable(key(f"show-{number}"), self.act("discoverable", handle,
                                                                        {"companies_class": "all"}))
        posting = self.portal.register_posting(self.types.RegisterPostingRequest(
            idempotency=key("posting"), posting=self.common.Posting(
                title="Care worker", company=COMPANY, occupations=["ISCO-5322"], regions=["KR-11440"],
                employment_types=["full_time"], required_skills=[], required_licences=[], required_languages=[],
                preferred_skills=[self.common.WeightedCode("SK-first-aid", 5)], preferred_licences=[],
                preferred_languages=[], reference="job-1", description=""))).posting
        recipient = subprocess.run("age-keygen 2>/dev/null | age-keygen -y", shell=True, check=True, capture_output=True,
                                   text=True).stdout.strip()
        self.company.add_key(key("key"), recipient)
        cards = self.company.list_cards(posting, self.common.PageRequest("", 50)).cards
        for card in cards:
            self.service.run(f"company-{COMPANY}", "invite", posting, card.card, "--how-many", 5,
                             "--items", "resume,name,email,phone", "--purpose", "application_screening",
                             "--decided-by", "Invented Recruiter", "--human-role", "recruiter",
                             "--signer-key", self.recruiter_key())
        granted = []
        for number, person in enumerate(some):
            handle = self.handles[person["ref"]]
            record = self.person.read_record(self.act("read", handle, {}))
            if record.invitations:
                fields = {"invitation": record.invitations[-1].invitation, "decision": "grant"}
                answer = self.person.answer_invitation(key(f"grant-{number}"), self.act("answer", handle, fields))
                granted.append((handle, answer.result))
        assert len(granted) >= 3, "too few were invited to show anything"
        for applicant in self.company.list_applicants(posting, self.common.PageRequest("", 50)).applicants:
            release = self.company.collect_release(self.company_types.CollectRequest(
                idempotency=key(f"collect-{applicant.candidate}"), candidate=applicant.candidate, order_key="first",
                reason="", reason_code="screening"))
            payload = b"".join(self.company.read_payload(release.release, item.item, 0) for item in release.items)
            self.answers.append(payload)  # ciphertext for the company's key
        self.person.withdraw(key("withdraw"), self.common.PersonAct(statement=self.person.prepare_act(
            "withdraw", granted[0][0], {"consent": granted[0][1]})))
        self.person.request_erasure(key("erase"), self.act("erase", granted[1][0], {}))
        request = self.service.run("officer-invented-officer", "erasure", "list")["requests"][0]["request"]
        self.service.run("officer-invented-officer", "erasure", "destroy", request, "--reason", "asked for by the person",
                         "--out", self.folder / "receipt.json")
        return len(granted)

    def recruiter_key(self):
        """The key of the human whose signature an invitation needs; registered when first asked for."""
        path = Path(self.folder) / "recruiter.key"
        if not path.exists():
            public_key = self.service.run(None, "act", "keygen", "--out", path)["public_key"]
            self.service.run(f"company-{COMPANY}", "company", "add-signer", "--name", "Invented Recruiter",
                             "--human-role", "recruiter", "--public-key", public_key)
        return path

    def refusal(self, call):
        """The whole refusal as a client gets it."""
        try:
            call()
        except self.common.ServiceError as error:
            self.errors.append(repr(error))
        except Exception as error:  # a transport error has a text as well
            self.errors.append(repr(error))
            self.connect()
        else:
            raise AssertionError("a request that had to be refused was taken")

    def be_refused(self):
        """Every text of a person in a field where it is wrong."""
        key = self.common.Idempotency
        for number, person in enumerate(self.people[-self.arguments.refused:]):
            texts = [person[field] for field in FIELDS]
            text = texts[number % len(texts)]
            profile = self.common.Profile(occupations=[text], skills=[], regions=["KR-11"], licences=[], languages=[],
                                          employment_types=[])
            register = lambda **changes: self.portal.register_seeker(self.types.RegisterSeekerRequest(  # noqa: E731
                **{"idempotency": key(f"wrong-{number}"), "ref": "r", "profile": profile, "contact": "a@mail.example",
                   "language": "ko", **changes}))
            self.refusal(lambda: register())
            self.refusal(lambda: register(ref=text * 20))
            self.refusal(lambda: register(contact=text * 30))
            self.refusal(lambda: register(language=text))
            self.refusal(lambda: register(idempotency=key(text + " ")))
            self.refusal(lambda: self.portal.get_seeker(text))
            handle = self.handles[person["ref"]]
            self.refusal(lambda: self.portal.begin_item(self.types.BeginItemRequest(
                key(f"b-{number}"), handle, text, "text/plain", text)))
            self.refusal(lambda: self.portal.begin_item(self.types.BeginItemRequest(
                key(f"c-{number}"), handle, "resume", text, text)))
            self.refusal(lambda: self.person.prepare_act(text, handle, {}))
            self.refusal(lambda: self.person.prepare_act("withdraw", handle, {"consent": text}))
            self.refusal(lambda: self.person.request_code(handle, json.dumps({"act": text})))
            self.refusal(lambda: self.person.set_discoverable(
                key(f"d-{number}"), self.common.PersonAct(statement=text, signature=text.encode(), code=text)))
            self.refusal(lambda: self.company.add_key(key(f"e-{number}"), text))
            self.refusal(lambda: self.company.list_cards(text, self.common.PageRequest(text, 5)))
            self.refusal(lambda: self.company.explain(text))
            self.refusal(lambda: self.company.collect_release(self.company_types.CollectRequest(
                key(f"f-{number}"), text, text, text)))

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.service.http_port}/metrics", timeout=10) as answer:
            return answer.read()

    def collect_what_was_said(self):
        said = self.folder / "said"
        said.mkdir()
        (said / "errors.txt").write_text("\n".join(self.errors), encoding="utf-8")
        (said / "metrics.txt").write_bytes(self.metrics())
        (said / "payloads.bin").write_bytes(b"".join(self.answers))
        for number, words in enumerate((("status",), ("audit", "export", "--out", said / "audit.jsonl"),
                                        ("access-log",), ("erasure", "list"))):
            done = self.service.run("officer-invented-officer", *words, check=False)
            (said / f"officer-{number}.txt").write_text(done.stdout + done.stderr)
        shutil.copy(self.folder / "receipt.json", said)
        return said

    def scan(self, *places):
        done = subprocess.run([self.arguments.scan, self.needles, *map(str, places)], capture_output=True, text=True)
        assert done.returncode in (0, 2), done.stderr
        return done.returncode == 2, done.stdout

    def write_needles(self):
        self.needles = self.folder / "needles.txt"
        self.needles.write_text("\n".join(person[field] for person in self.people for field in FIELDS), encoding="utf-8")

    def search(self, said):
        home = self.service.home
        outbox = self.folder / "outbox"
        shutil.move(home / "data" / "outbox", outbox)  # the channel to the people: looked at by itself
        places = (home / "data", home / "backups", home / "noren.log", self.folder / "serve.log", said)
        found, text = self.scan(*places)
        assert not found, text
        self.say("nothing found: " + text.strip())
        contacts = {person["email"] for person in self.people} | {person["phone"] for person in self.people}
        for path in outbox.glob("*.json"):
            message = json.loads(path.read_text())
            assert message["contact"] in contacts
            rest = {name: value for name, value in message.items() if name != "contact"}
            assert not any(person[field] in json.dumps(rest, ensure_ascii=False)
                           for person in self.people for field in FIELDS), "more than an address"
        return places

    def plant(self, places):
        """The control: one canary in each of these places, and it is found there."""
        for number, place in enumerate(places):
            planted = place if place.is_file() else place / "planted"
            before = planted.read_bytes() if planted.exists() else b""
            text = self.people[number]["resume"]
            planted.write_bytes(before + [text.encode(), text.encode("utf-16-le"), text.encode().hex().encode(),
                                          json.dumps(text).encode(), b"\xd9\x3c" + text.encode()][number % 5])
            found, report = self.scan(place)
            assert found, f"what was planted in {place} is not found"
            planted.write_bytes(before)
        self.say(f"found in each of {len(places)} places after it was planted there")

    def run(self):
        self.service.start()
        self.service.run("officer-invented-officer", "clock", "confirm")
        self.import_people()
        self.connect()
        granted = self.walk_some_through()
        self.be_refused()
        self.service.run("officer-invented-officer", "backup", "create")
        said = self.collect_what_was_said()
        self.say(f"{len(self.people)} people imported, {granted} applications, {len(self.errors)} refusals")
        self.service.stop(signal.SIGKILL)  # the logs keep their tails; the next start makes tables of them
        self.service.start()
        self.service.run("officer-invented-officer", "clock", "confirm")
        self.connect()
        self.refusal(lambda: self.portal.get_seeker(self.people[0]["name"]))
        self.service.stop()  # writes the market's snapshot
        assert (self.service.home / "data" / "market.snapshot").exists()
        self.write_needles()
        self.plant(self.search(said))


def quick_folder():
    """In memory where that is: thousands of syncs are not what is looked at here."""
    memory = Path("/dev/shm")
    enough = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 10**9
    return memory if enough else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noren", required=True, help="the built program")
    parser.add_argument("--scan", required=True, help="the built noren_canary_scan")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--walked", type=int, default=12, help="how many of them are shown to companies")
    parser.add_argument("--refused", type=int, default=20, help="how many of them stand in refused requests")
    parser.add_argument("--seed", type=int, default=20261122)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="noren-canaries-", dir=quick_folder()))
    canaries = Canaries(arguments, folder)
    try:
        canaries.run()
    finally:
        canaries.service.stop(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
