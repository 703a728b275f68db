#!/usr/bin/env python3
"""Writes datasets/samples: every person, school and company in it is invented.

  generate.py            writes the samples
  generate.py --check    writes nothing; exit code 1 and the name of each file that differs
  generate.py --into DIR writes them elsewhere

The answer depends on the files beside this script only: no clock, no system randomness.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import pathlib
import sys

import broken
import jobs
import people
import rows
import standards
import variants
from words import LANGUAGES, SAMPLES, Book

PEOPLE_PER_TRADE = {"ko": (6, 5), "ja": (6, 5), "en": (4, 3)}  # (large trades, others)
LARGE_CROWD = 6
SECOND_POSTINGS = {"ko": 13, "ja": 13, "en": 4}  # large trades come twice, until so many
STANDARD_TRADES = ("developer", "nurse", "accountant")
OWN_FILES = ("README.md", ".gitattributes")


def lines_of(objects):
    text = "".join(
        json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in objects
    )
    return text.encode()


def make_people(book, language):
    large, small = PEOPLE_PER_TRADE[language]
    made = []
    for trade in book.trades:
        for index in range(large if trade["crowd"] >= LARGE_CROWD else small):
            made.append(people.make_person(book, language, trade, index, len(made) + 1))
    return made


def make_plans(book, language):
    second = [trade for trade in book.trades if trade["crowd"] >= LARGE_CROWD][
        : SECOND_POSTINGS[language]
    ]
    wanted = [(trade, 0) for trade in book.trades] + [(trade, 1) for trade in second]
    return [
        jobs.plan_posting(book, language, trade, index, number)
        for number, (trade, index) in enumerate(wanted, 1)
    ]


def standard_files(book, language):
    """Three of each standard per language, of people and postings in no other file."""
    files = {}
    for index, trade_id in enumerate(STANDARD_TRADES):
        trade = book.by_id[trade_id]
        person = people.make_person(book, language, trade, 20 + index, 900 + index)
        plan = jobs.plan_posting(book, language, trade, 20, 900 + index)
        files[f"json_resume/{trade_id}.{language}.json"] = standards.json_resume(book, person)
        files[f"job_posting/{trade_id}.{language}.json"] = standards.job_posting(
            book, plan, jobs.MONTHS[plan["tier"]]
        )
    return files


def all_files():
    """Path below datasets/samples -> bytes."""
    book = Book()
    files = {}
    for language in LANGUAGES:
        made = make_people(book, language)
        files[f"seekers.{language}.jsonl"] = lines_of(
            [rows.seeker_row(book, one, files) for one in made]
        )
        plans = make_plans(book, language)
        files[f"postings.{language}.jsonl"] = lines_of(
            [jobs.posting_row(book, plan) for plan in plans]
        )
        files.update(standard_files(book, language))
    files.update({f"broken/{name}": data for name, data in broken.broken_files().items()})
    files.update({f"variants/{name}": data for name, data in variants.variant_files().items()})
    return files


def differences(files, folder):
    """Files that differ, are missing, or should not be there."""
    present = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    wrong = [
        name
        for name, data in files.items()
        if name not in present or present[name].read_bytes() != data
    ]
    return sorted(wrong + [name for name in present if name not in files and name not in OWN_FILES])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--into", type=pathlib.Path, default=SAMPLES, help="folder to write")
    options = parser.parse_args()
    files = all_files()
    if options.check:
        wrong = differences(files, options.into)
        print("\n".join(wrong) if wrong else f"{len(files)} files are as generated")
        return 1 if wrong else 0
    for name in differences(files, options.into):
        (options.into / name).unlink(missing_ok=True)
    for name, data in files.items():
        path = options.into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
