#!/usr/bin/python3
"""The officer and the keys, against the real daemon: status, rotation and rewrap under load and across a kill, sealing,
officers' shares, and a security token made of software.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service_under_test import SOURCE, Refused, Service  # noqa: E402

OFFICER = "officer-invented-officer"
KEYS = ("store-seal", "record", "key-tree", "match-token", "statistics", "employer-block")
OF_NOTHING_KEPT = ("statistics", "employer-block")  # nobody in the samples blocked an employer


def says(condition, what):
    assert condition, what
    print(f"  {what}", flush=True)


def is_live(service):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.http_port}/livez", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def start_sealed(service):
    """As Service.start, which waits for a service that is ready."""
    errors = open(service.folder / "serve.log", "ab")
    service.process = subprocess.Popen([service.noren, "serve", "--config", str(service.home / "noren.toml")],
                                       env=service.environment, stderr=errors)
    deadline = time.monotonic() + 60
    while not is_live(service):
        assert service.process.poll() is None and time.monotonic() < deadline, "the daemon does not come up"
        time.sleep(0.05)


class Callers:
    """Calls again and again until it is left; counts what failed."""

    def __init__(self, service, posting):
        self.service, self.posting = service, posting
        self.calls, self.failures, self.is_over = 0, [], threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(who, words)) for who, words in (
            ("portal-alpha", ("rank", "candidates", posting)), (OFFICER, ("erasure", "list")))]

    def run(self, who, words):
        while not self.is_over.is_set():
            try:
                self.service.run(who, *words)
            except Refused as refused:
                self.failures.append(refused)
            self.calls += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def fill(service, folder):
    samples = SOURCE / "datasets" / "samples"
    service.run("portal-alpha", "import", "seekers", samples / "seekers.en.jsonl", "--out", folder / "seekers.map")
    done = service.run("portal-alpha", "import", "postings", samples / "postings.en.jsonl", "--out",
                       folder / "postings.map", check=False)
    assert done.returncode == 0, done.stderr
    for line in (folder / "postings.map").read_text().splitlines():
        for word in line.replace('"', " ").replace(",", " ").split():
            if word.startswith("posting-"):
                return word
    raise AssertionError("no posting in the map")


def rotation(noren, folder):
    print("rotation and rewrap under load, and across a kill:")
    service = Service(noren, folder, ["invented-company"])
    service.start()
    posting = fill(service, folder)
    status = service.run(OFFICER, "keys", "status", "--count")
    says([key["current"] for key in status["keys"]] == [1] * len(KEYS), "every key is at version 1")
    says(status["custody"] == "passphrase" and status["erasure_claim"] == "backups-only",
         "custody and erasure claim are said")
    says(service.run(OFFICER, "status")["erasure_claim"] == "backups-only", "by the service's status too")
    checks = {row["check"]: row for row in json.loads(service.run("", "--json", "doctor", "--config", service.home /
                                                                 "noren.toml", text=True, check=False).stdout)["checks"]}
    says(checks["erasure claim"]["what"].startswith("backups-only") and checks["anchor copies"]["state"] == "warning",
         "and by the doctor, who misses a mirror")

    def ranking():
        return service.run("portal-alpha", "rank", "candidates", posting)["seekers"]

    before = ranking()
    with Callers(service, posting) as callers:
        for key in KEYS:
            answer = service.run(OFFICER, "keys", "rotate", key)
            assert answer["version"] == 2, answer
            done = service.run(OFFICER, "keys", "rewrap", key)
            says((done["rewrapped"] > 0) != (key in OF_NOTHING_KEPT), f"{key}: {done['rewrapped']} rewrapped")
            assert ranking() == before, "the ranking is another one"
    says(callers.calls > 0 and not callers.failures, f"{callers.calls} calls meanwhile, none failed")
    status = service.run(OFFICER, "keys", "status", "--count")
    says(all((key["current"], key["oldest"], key["left"]) == (2, 2, 0) for key in status["keys"]),
         "nothing is left under the first version")
    for key in KEYS:
        service.run(OFFICER, "keys", "rotate", key)
        rewrap = subprocess.Popen([service.noren, "--server", f"localhost:{service.port}", "--identity",
                                   str(service.home / "tls"), "--as", OFFICER, "keys", "rewrap", key],
                                  env=service.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.01)
        service.process.kill()
        service.process.wait()
        rewrap.wait()
        service.start()
        assert ranking() == before, "the ranking is another one"
        service.run(OFFICER, "keys", "rewrap", key)
        assert ranking() == before, "the ranking is another one"
        left = [row for row in service.run(OFFICER, "keys", "status", "--count")["keys"] if row["purpose"] == key]
        says(left[0]["left"] == 0 and left[0]["current"] == 3, f"{key}: killed meanwhile, finished afterwards")
    says(service.refusal("portal-alpha", "keys", "status").exit_code != 0, "a portal learns nothing of keys")
    refused = service.refusal(OFFICER, "keys", "rotate", "audit-sign")
    says(refused.code() == "BAD_REQUEST", "signing keys are not rotated")
    return service, posting


def sealing(service, posting):
    print("sealing:")
    says(service.run(OFFICER, "seal")["state"] == "sealed", "the officer seals")
    refused = service.refusal("portal-alpha", "rank", "candidates", posting)
    says(refused.code() == "SEALED" and refused.exit_code == 78, "a portal is answered SEALED, exit 78")
    says(service.refusal(OFFICER, "status").code() == "SEALED", "so is the officer")
    says(is_live(service), "the process lives")
    wrong = service.folder / "wrong"
    wrong.write_text("not the passphrase\n")
    wrong.chmod(0o600)
    says(service.refusal(OFFICER, "unseal", "--secret-file", wrong).code() == "PASSPHRASE_WRONG",
         "a wrong passphrase opens nothing")
    says(service.run(OFFICER, "unseal")["state"] == "ready", "unsealed from the configured file")
    says(service.run("portal-alpha", "rank", "candidates", posting)["seekers"] != [], "and serves again")
    service.stop()


def init(service, *words):
    """Makes the service anew with these options."""
    shutil.rmtree(service.home)
    subprocess.run([service.noren, "init", str(service.home), "--operator", "example", "--datasets",
                    str(SOURCE / "datasets"), "--portal", "alpha", "--officer", "invented-officer",
                    *map(str, words)], check=True, capture_output=True, env=service.environment)


def shares(noren, folder):
    print("officers' shares:")
    service = Service(noren, folder, [])
    init(service, "--shares", "3-of-5")
    start_sealed(service)
    share = [service.home / "secret" / f"share-{n}.txt" for n in range(6)]
    says(service.refusal("portal-alpha", "rank", "candidates", "posting-" + "0" * 32).code() == "SEALED",
         "it starts sealed")
    mistyped = folder / "mistyped"
    text = share[2].read_text()
    mistyped.write_text(text.replace(text[60], "Q" if text[60] != "Q" else "P", 1))
    mistyped.chmod(0o600)
    says(service.run(OFFICER, "unseal", "--secret-file", share[1])["shares_given"] == 1, "the first share is taken")
    says(service.refusal(OFFICER, "unseal", "--secret-file", share[1]).code() == "SHARE_REPEATED", "not twice")
    says(service.refusal(OFFICER, "unseal", "--secret-file", mistyped).code() == "SHARE_MISTYPED", "not mistyped")
    service.run(OFFICER, "unseal", "--secret-file", share[4])
    says(service.run(OFFICER, "unseal", "--secret-file", share[5])["state"] == "ready", "the third one opens")
    service.run(OFFICER, "status")
    service.stop()


def token(noren, folder):
    print("a security token:")
    (folder / "tokens").mkdir(parents=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    pin = folder / "pin"
    pin.write_text("648219\n")
    pin.chmod(0o600)
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "noren", "--pin", "648219", "--so-pin",
                    "73915502"], check=True, capture_output=True)
    module = next(path for path in map(Path, ("/usr/lib/softhsm/libsofthsm2.so",
                                              "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")) if path.exists())
    service = Service(noren, folder, [])
    init(service, "--pkcs11-module", module, "--pkcs11-token", "noren", "--pin-file", pin)
    service.start()
    says(service.run(OFFICER, "keys", "status")["custody"] == "pkcs11", "opened by the token at the start")
    service.run(OFFICER, "seal")
    says(service.run(OFFICER, "unseal")["state"] == "ready", "sealed and opened again")
    service.stop()
    shutil.rmtree(folder / "tokens")
    (folder / "tokens").mkdir()
    sentence = service.start(expect_exit=78)
    says("token" in sentence, f"without the token it does not start: {sentence[:90]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noren", required=True, help="the built program")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="noren-keys-"))
    try:
        sealing(*rotation(arguments.noren, folder / "rotation"))
        shares(arguments.noren, folder / "shares")
        token(arguments.noren, folder / "token")
        print("the keys hold")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
