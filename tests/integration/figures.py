#!/usr/bin/python3
"""An officer has the sample's people counted, and an analyst reads figures, against the real daemon."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service_under_test import SOURCE, Service  # noqa: E402

OFFICER, ANALYST = "officer-invented-officer", "analyst-invented-analyst"
LEAST, ROUND_TO = 10, 3


def says(condition, what):
    assert condition, what
    print(f"  {what}", flush=True)


def counting_policy(folder):
    """The example operator, who makes statistics of seekers for itself."""
    text = (SOURCE / "datasets" / "policies" / "example.toml").read_text(encoding="utf-8")
    before = '[[stated.purpose]]\nid = "company_service"'
    assert text.count(before) == 1
    purpose = ('[[stated.purpose]]\nid = "counting"\nfrom = "B-3"\nname = "counting"\nsubject = "seeker"\n'
               'statistics = true\n')
    statistics = ('\n[stated.statistics]\nfrom = "B-3"\nrelease_to = ["operator"]\n'
                  f'operator = {{ output = "aggregate", minimum_cell = {LEAST} }}\n')
    path = folder / "counting.toml"
    words = "[stated.words]\n"
    text = text.replace(before, purpose + before).replace(words, words + 'counting = "counting"\n')
    path.write_text(text + statistics, encoding="utf-8")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noren", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="noren-figures-") as name:
        folder = Path(name)
        service = Service(arguments.noren, folder, ("invented-company",), analysts=("invented-analyst",),
                          policy=counting_policy(folder))
        service.start()
        try:
            walk(service, folder)
        finally:
            service.stop()


def walk(service, folder):
    samples = SOURCE / "datasets" / "samples"
    for language in ("en", "ko", "ja"):
        service.run("portal-alpha", "import", "seekers", samples / f"seekers.{language}.jsonl", "--out",
                    folder / f"{language}.map")
    service.run(OFFICER, "clock", "confirm")
    people = service.run(OFFICER, "status")["people"]
    edition = service.run(OFFICER, "statistics", "begin", "--people", "100")
    says(edition["done_at"] > 0 and edition["edition"] == "seeker/1", f"{people} people are counted into seeker/1")
    total = service.run(ANALYST, "statistics", "figure", "seeker/1", "--for", "operator")["figures"][0]["people"]
    says(abs(total - people) < ROUND_TO, f"the total is shown as {total}")
    tables = [service.run(ANALYST, "statistics", "table", "seeker/1", "--by", *by, "--for", "operator")
              for by in (("region",), ("occupation",), ("occupation", "--by", "region"))]
    shown = [figure["people"] for table in tables for figure in table["figures"] if figure["people"] is not None]
    says(shown and all(figure >= LEAST and figure % ROUND_TO == 0 for figure in shown),
         f"{len(shown)} figures are multiples of {ROUND_TO} of at least {LEAST} people")
    says(any(table["folded"] for table in tables), "what is too small is folded")
    rows = service.refusal(ANALYST, "statistics", "table", "seeker/1", "--by", "person", "--for", "operator")
    says(rows.code() == "POLICY_FORBIDS" and "E_NONIDENT" in rows.error, "rows are refused")
    for words in (("statistics", "begin"), ("statistics", "released", "seeker/1")):
        says(service.refusal(ANALYST, *words).exit_code != 0, f"an analyst may not call {' '.join(words)}")
    says(service.refusal("portal-alpha", "statistics", "editions").exit_code != 0, "a portal is no analyst")
    says(service.refusal(OFFICER, "statistics", "begin").code() == "LIMIT_REACHED", "one edition in four weeks")
    released = service.run(OFFICER, "statistics", "released", "seeker/1")["released"]
    says([one["by"] for one in released] == ["invented-analyst"] * 4, "every answer is on record")
    print(service.run(ANALYST, "statistics", "table", "seeker/1", "--by", "occupation", "--for", "operator",
                      text=True).stdout)


if __name__ == "__main__":
    main()
