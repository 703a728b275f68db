#!/usr/bin/python3
"""Damages the data folder of a stopped service in every way a disk or a hand can, and starts the real daemon on it.

Each damage must end with exit code 78 and a sentence, before anything is served; undone, the service starts again.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service_under_test import SOURCE, Service  # noqa: E402


def newest_log(store):
    return max(store.glob("*.log"), key=lambda path: path.stat().st_size)


def flip(path, where):
    data = bytearray(path.read_bytes())
    data[int(len(data) * where)] ^= 0x10
    path.write_bytes(data)


def damages(home):
    store, anchor = home / "data" / "store", home / "data" / "anchor"
    return {
        "a bit flipped in the middle of the write-ahead log": lambda: flip(newest_log(store), 0.5),
        "the write-ahead log deleted": lambda: newest_log(store).unlink(),
        "the write-ahead log cut to half": lambda: newest_log(store).write_bytes(
            newest_log(store).read_bytes()[:newest_log(store).stat().st_size // 2]),
        "the database deleted": lambda: shutil.rmtree(store),
        "the anchor deleted": lambda: (anchor / "anchor").unlink(),
        "both slots of the anchor damaged": lambda: (flip(anchor / "anchor", 0.1), flip(anchor / "anchor", 0.6)),
        "the journal deleted": lambda: (anchor / "journal").unlink(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noren", required=True, help="the built program")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="noren-damage-"))
    try:
        service = Service(arguments.noren, folder, ["invented-company"])
        service.start()
        service.run("portal-alpha", "import", "postings", SOURCE / "datasets" / "samples" / "postings.en.jsonl",
                    "--out", folder / "postings.map")
        withdraw_once(service, folder)
        service.stop()
        whole = folder / "whole"
        shutil.copytree(service.home, whole)
        for name, damage in damages(service.home).items():
            damage()
            sentence = service.start(expect_exit=78)
            print(f"{name}: exit 78: {sentence[:120]}")
            assert sentence.startswith("noren: not started: ") and len(sentence) > 40
            shutil.rmtree(service.home)
            shutil.copytree(whole, service.home)
        service.start()
        service.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def withdraw_once(service, folder):
    """So that the journal has a record that can be missed."""
    service.run("portal-alpha", "import", "seekers", SOURCE / "datasets" / "samples" / "variants" / "byte-order-mark-and-crlf.jsonl",
                "--out", folder / "people.map")
    handle = (folder / "people.map").read_text().split('"handle":"')[1].split('"')[0]
    statement = service.run("portal-alpha", "act", "prepare", "withdraw", "--handle", handle)["statement"]
    service.run("portal-alpha", "act", "send", "withdraw", "--statement", statement)


if __name__ == "__main__":
    main()
