#!/usr/bin/env python3
"""Changes each value of the policy files, and says who notices: the loader, the notice, or what is enforced.

Three stages, the cheapest first. (1) Each value becomes something else of its kind that the loader takes; a value of
which every change is refused is noticed there. (2) The pages made of the changed file are compared with those of the
file: that they differ is reported and is not yet a test. (3) Tests: those that read notices ("notice"), the tables of
stated values, tests/policy/values ("values"), and those that ask the service ("enforced"). A test is run with many
values changed at once; only when it fails is the set halved, until each value that makes it fail alone is known. So a
value survives a test that fails with none of the sets it was in. A test that is about the text of the file (the
loader's own) is no witness, and neither is a case that would replace what was changed.

What no test of the three notices has survived. Survivors that are known stand with their reason, by pattern, in
tests/policy/mutation_survivors.txt; the run fails when another one survives, and, when every value was tried, when a
pattern has none. Which values are enforced, rendered or attested says tests/policy/mutation_kinds.txt; one that is
enforced and that only the notice notices is listed as a finding.

Nothing is compiled, and the files of the clone stay as they are: the tests read a copied tree (NOREN_SOURCE_DIR).
What was found is kept in the build folder and taken over while policy files, cases and tests are the same.
SPDX-License-Identifier: Apache-2.0
"""
import argparse
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from policy_values import POLICIES, ROOT, Files, changed

KNOWN = ROOT / "tests" / "policy" / "mutation_survivors.txt"
KINDS = ROOT / "tests" / "policy" / "mutation_kinds.txt"
GROUP = 64
COLUMNS = ("notice", "values", "enforced")
EXAMPLE = "example.toml"  # the invented operator's, by which most tests of the service go
POISON = "no policy at all\n"

# Suites by what they are about; an operator's name or an instantiation before them does not count.
NOTICE = ("Notice", "ReleaseNotice", "NoticeDigest", "DiscoverabilityNotice", "PublicNotice", "SameQuestion")
VALUES = ("StatedValues",)
CASES = ("Case", "Conflict")
# They replace texts of a file, count or spell its keys, or compare it with itself: no value is asked for.
NO_WITNESS = ("LoadPolicy", "LoadPolicyProperty", "ParsePolicy", "PolicyDigest", "StatementRefused", "Entry", "Fact",
              "Rows", "EveryOperator", "PublicationDefects", "DiffPolicies", "NoticeMutation", "Nearest", "ReadPeriod",
              "ClauseVocabulary", "MarketSnapshot", "PersonExportDocument")


def suites_of_the_example():
    """The suites of the operations' tests whose sources speak of no operator's file: they go by the example alone."""
    folder, suites = ROOT / "tests" / "engine" / "operations", set()
    for path in folder.glob("*_test.cc"):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"operator_fixture|rights_fixture|policy/operators|mapo|gojobs", text):
            suites |= set(re.findall(r"^TEST(?:_[FP])?\((\w+),", text, re.MULTILINE))
    return suites


class Test:
    example_only = suites_of_the_example()

    def __init__(self, name):
        self.name = name
        self.suite = name.split(".")[0].split("/")[-1]
        operator = re.search(r"[/.]((?:mapo|gojobs|sapporo_ui|kyodo_kanagawa|openup_it)(?=_|$))", name)
        self.operator = operator[1].replace("_", "-") if operator else ""

    def may_read(self, file):
        name = file.removesuffix(".toml")
        if self.suite in self.example_only:
            return file == EXAMPLE
        return not self.operator or name == self.operator or name.startswith(self.operator + "-")

    def steps(self):
        """The columns it is a witness for, each with what NOREN_STEPS has to be."""
        if self.suite in CASES:
            return {"notice": "rendered", "enforced": "enforced"}
        if self.suite in NO_WITNESS:
            return {}
        return {"notice" if self.suite in NOTICE else "values" if self.suite in VALUES else "enforced": "all"}


class Runner:
    """A process of noren_policy_mutants, and a tree of its own whose policy files it writes."""

    def __init__(self, program, texts):
        self.texts, self.written = texts, dict(texts)
        self.folder = Path(tempfile.mkdtemp(prefix="noren-mutants-"))
        self.link(ROOT, self.folder, "datasets")
        self.link(ROOT / "datasets", self.folder / "datasets", "policies")
        shutil.copytree(POLICIES, self.folder / "datasets" / "policies")
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        encoding="utf-8", errors="replace", env=dict(os.environ, NOREN_SOURCE_DIR=str(self.folder)))

    @staticmethod
    def link(source, target, but):
        target.mkdir(exist_ok=True)
        for entry in source.iterdir():
            if entry.name not in (but, ".git", "build"):
                (target / entry.name).symlink_to(entry)

    def ask(self, *fields):
        self.process.stdin.write("\t".join(fields) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().rstrip("\n")
        if not line:
            sys.exit(f"{fields}: noren_policy_mutants ended")
        return line

    def names(self):
        names = [self.ask("list")]
        while names[-1] != ".":
            names.append(self.process.stdout.readline().rstrip("\n"))
        return names[:-1]

    def write(self, wanted):
        """The files as they are, but for those of `wanted`."""
        for file, text in {**self.texts, **wanted}.items():
            if self.written[file] != text:
                (self.folder / "datasets" / "policies" / file).write_text(text, encoding="utf-8")
                self.written[file] = text

    def load(self, file, mutants):
        """(accepted, what is said): the first problem, or the digests of the pages."""
        self.write({file: changed(self.texts[file], mutants)})
        verdict, *said = self.ask("load", str(self.folder), file).split("\t")
        return verdict == "accepted", said

    def run(self, test, steps, texts):
        """(noticed, seconds, the first failure)"""
        self.write(texts)
        verdict, milliseconds, said = self.ask("run", str(self.folder), steps, test.name).split("\t", 2)
        return verdict in ("failed", "ended"), int(milliseconds) / 1000, said or verdict

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder)


class Runners:
    """So many at once, each asked by one thread at a time."""

    def __init__(self, program, texts, jobs):
        self.free, self.all = queue.Queue(), [Runner(program, texts) for _ in range(jobs)]
        for runner in self.all:
            self.free.put(runner)

    def map(self, function, units):
        def one(unit):
            runner = self.free.get()
            try:
                return function(runner, unit)
            finally:
                self.free.put(runner)
        with concurrent.futures.ThreadPoolExecutor(len(self.all)) as threads:
            return list(threads.map(one, units))

    def close(self):
        for runner in self.all:
            runner.close()


class Kept:
    """Answers of earlier runs over the same files, cases and tests."""

    def __init__(self, path, digest):
        self.path, self.lock, self.answers = path, threading.Lock(), {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines[:1] == [digest]:
            self.answers = dict(json.loads(line) for line in lines[1:])
        else:
            path.write_text(digest + "\n", encoding="utf-8")

    def get(self, key, make):
        if key not in self.answers:
            answer = make()
            with self.lock:
                self.answers[key] = answer
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, answer], ensure_ascii=False) + "\n")
        return self.answers[key]


class Mutation:
    def __init__(self, files, runners, kept, options):
        self.files, self.runners, self.kept, self.options = files, runners, kept, options
        self.began = time.monotonic()
        folder = ROOT / "tests" / "policy"
        cases = digest_of(folder / "questions.toml", *sorted(folder.glob("clauses/*.toml")))
        # What is kept of tests is of these cases.
        self.of = {"notice": cases, "enforced": cases, "values": digest_of(*sorted(folder.glob("values/*.toml")))}
        self.chosen = {}  # name of a value -> candidate that the loader takes
        self.refused = {}  # name -> what the loader says of the last
        self.pages = {}  # name -> which pages differ
        self.noticed = {column: {} for column in COLUMNS}  # name -> test and what it says

    def say(self, text):
        print(f"{time.monotonic() - self.began:6.0f} s  {text}", flush=True)

    # Which tests read a file, and how long each takes.
    def measure(self, wanted):
        every = [test for test in map(Test, self.runners.all[0].names()) if test.steps()]
        if self.options.tests:
            every = [test for test in every if re.search(self.options.tests, test.name)]
        self.failing_anyway, self.slow = set(), set()
        self.reading = {file: self.reading_tests(file, every) for file in wanted}
        for name in sorted(self.failing_anyway):
            print(f"left out, fails without any change: {name}")
        for name in sorted(self.slow):
            print(f"left out, takes more than {self.options.slowest} s: {name}")

    def reading_tests(self, file, every):
        """By column, the quickest first: a test that passes although the file is no policy does not read it."""
        units = [(test, column, steps) for test in every if test.may_read(file)
                 for column, steps in test.steps().items()]

        def one(runner, unit):
            test, column, steps = unit
            key = f"{column} {self.of[column]} {test.name}"
            if not self.kept.get(f"reads {file} {key}", lambda: runner.run(test, steps, {file: POISON})[0]):
                return None
            return self.kept.get(f"untouched {key}", lambda: runner.run(test, steps, {}))

        found = {column: [] for column in COLUMNS}
        for (test, column, steps), untouched in zip(units, self.runners.map(one, units)):
            if untouched is None:
                continue
            failed, seconds, _ = untouched
            if failed:
                self.failing_anyway.add(test.name)
            elif seconds > self.options.slowest:
                self.slow.add(test.name)
            else:
                found[column].append((seconds, test, steps))
        self.say(f"{file}: " + ", ".join(
            f"{len(of)} tests of {column} ({sum(one[0] for one in of):.0f} s)" for column, of in found.items()))
        return {column: [one[1:] for one in sorted(of, key=lambda one: one[0])] for column, of in found.items()}

    # Stages 1 and 2.
    def choose(self, values):
        self.plain = {file: self.runners.all[0].load(file, [])[1] for file in {value.file for value in values}}

        def one(runner, value):
            return self.kept.get(f"choice {value.name}", lambda: self.choice(runner, value))

        for value, (text, said) in zip(values, self.runners.map(one, values)):
            if text is None:
                self.refused[value.name] = said
                continue
            self.chosen[value.name] = next(c for c in self.files.candidates(value) if c.text == text)
            self.pages[value.name] = [page for page, now, before in zip(
                ("notice", "texts"), said, self.plain[value.file]) if now != before]
        self.say(f"{len(values)} values: {len(self.refused)} refused by the loader, {len(self.chosen)} taken")

    def choice(self, runner, value):
        said = [""]
        for candidate in self.files.candidates(value):
            accepted, said = runner.load(value.file, [(value, candidate)])
            if accepted:
                return candidate.text, said
        return None, said[0]

    # Stage 3.
    def try_tests(self, values):
        taken = [value for value in values if value.name in self.chosen]
        units = []
        for file in sorted({value.file for value in taken}):
            own = [value for value in taken if value.file == file]
            count = -(-len(own) // GROUP)
            units += [(column, own[i::count]) for column in COLUMNS for i in range(count)]
        done = [0]

        def one(runner, unit):
            column, group = unit
            names = hashlib.sha256("\n".join(value.name for value in group).encode()).hexdigest()
            tests = f"{self.options.tests or 'all'} in {self.options.slowest} s"
            found = self.kept.get(f"{column} {self.of[column]} {tests} {names}",
                                  lambda: self.noticed_in(runner, column, group))
            self.noticed[column].update(found)
            done[0] += 1
            self.say(f"{done[0]}/{len(units)} {group[0].file} {column}: {len(found)} of {len(group)} noticed")

        self.runners.map(one, units)

    def noticed_in(self, runner, column, group):
        found = {}
        for part in self.compatible(runner, group):
            for test, steps in self.reading[part[0].file][column]:
                left = [value for value in part if value.name not in found]
                for value, said in self.failing(runner, test, steps, left):
                    found[value.name] = [test.name, said]
        return found

    def mutants(self, values):
        return [(value, self.chosen[value.name]) for value in values]

    def compatible(self, runner, group):
        """Parts of the group whose changes the loader takes together."""
        if len(group) < 2 or runner.load(group[0].file, self.mutants(group))[0]:
            return [group]
        half = len(group) // 2
        return self.compatible(runner, group[:half]) + self.compatible(runner, group[half:])

    def failing(self, runner, test, steps, values):
        """The values whose change, alone, makes the test fail; with what it says."""
        if not values:
            return []
        file = values[0].file
        text = changed(self.files.texts[file], self.mutants(values))
        failed, _, said = runner.run(test, steps, {file: text})
        if not failed:
            return []
        if len(values) == 1:
            return [(values[0], said)]
        half = len(values) // 2
        return (self.failing(runner, test, steps, values[:half]) +
                self.failing(runner, test, steps, values[half:]))

    def is_noticed(self, value):
        return value.name in self.refused or any(value.name in self.noticed[column] for column in COLUMNS)

    def verify(self, values):
        """Some survivors, each alone against every test: whether a set hid what one of it does."""
        alone = [value for value in values if not self.is_noticed(value)]
        alone = alone[::max(1, -(-len(alone) // self.options.verify))] if self.options.verify else []

        def one(runner, value):
            return [(column, test.name) for column in COLUMNS for test, steps in self.reading[value.file][column]
                    if self.failing(runner, test, steps, [value])]

        hidden = [(value, found) for value, found in zip(alone, self.runners.map(one, alone)) if found]
        self.say(f"{len(alone)} survivors tried alone against every test: {len(hidden)} are noticed after all")
        for value, found in hidden:
            column, test = found[0]
            print(f"hidden by its set: {value.name}: {test}")
            self.noticed[column][value.name] = [test, "alone"]


def read_patterns(path):
    """'FILE KEY: why' per line, both with * for anything; '#' begins a remark."""
    patterns = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, why = line.partition(": ")
            patterns.append((name, why.strip()))
    return patterns


def first_match(patterns, value):
    name = f"{value.file} {value.key}"
    return next((one for one in patterns if fnmatch.fnmatchcase(name, one[0])), None)


class Report:
    def __init__(self, mutation, values, is_whole):
        self.mutation, self.values, self.is_whole = mutation, values, is_whole
        self.kinds, self.known = read_patterns(KINDS), read_patterns(KNOWN)
        self.survivors = [value for value in values if not mutation.is_noticed(value)]

    def kind(self, value):
        found = first_match(self.kinds, value)
        return found[1].split(";")[0] if found else "?"

    def row(self, name, values):
        run = self.mutation
        count = lambda holds: sum(1 for value in values if holds(value.name))
        numbers = [len(values), count(lambda n: n in run.refused), count(lambda n: n in run.chosen),
                   count(lambda n: run.pages.get(n))]
        numbers += [count(lambda n, c=c: n in run.noticed[c]) for c in COLUMNS]
        numbers.append(sum(1 for value in values if value in self.surviving))
        kinds = sorted({self.kind(value) for value in values})
        return f"{name:<26}{''.join(f'{number:>9}' for number in numbers)}  {' '.join(kinds)}"

    def table(self):
        self.surviving = set(self.survivors)
        print(f"\n{'':<26}{'values':>9}{'refused':>9}{'taken':>9}{'page':>9}{'notice':>9}{'values':>9}{'enforced':>9}"
              f"{'survive':>9}  kinds")
        tables = {}
        for value in self.values:
            tables.setdefault(value.table, []).append(value)
        for name in sorted(tables):
            print(self.row(name, tables[name]))
        for file in sorted({value.file for value in self.values}):
            print(self.row(file, [value for value in self.values if value.file == file]))
        print(self.row("all", self.values))

    def findings(self):
        """Meant to be enforced, taken by the loader, and no test of the service fails."""
        found = {}
        for value in self.values:
            name = value.name
            if self.kind(value) == "enforced" and name in self.mutation.chosen:
                if name not in self.mutation.noticed["enforced"]:
                    found.setdefault(f"{value.file} {value.key}", []).append(value)
        print(f"\nenforced, but no test of the service notices: {sum(map(len, found.values()))}")
        for key in sorted(found):
            print(f"  {key} ({len(found[key])})")

    def survived(self):
        unexplained, used = {}, {}
        for value in self.survivors:
            pattern = first_match(self.known, value)
            if pattern:
                used[pattern] = used.get(pattern, 0) + 1
            else:
                unexplained.setdefault(f"{value.file} {value.key}", []).append(value)
        print(f"\n{len(self.values)} values changed, {len(self.survivors)} survived"
              f" ({100 * len(self.survivors) / max(1, len(self.values)):.1f} %),"
              f" {sum(map(len, unexplained.values()))} of them without an explanation")
        for pattern, count in used.items():
            print(f"  {count:5} {pattern[0]}: {pattern[1]}")
        for key in sorted(unexplained):
            print(f"survived: {key}: {', '.join(value.text[:30] for value in unexplained[key][:4])}")
        unused = [name for name, _ in self.known if self.is_whole and name not in {one[0] for one in used}]
        for name in unused:
            print(f"explained in {KNOWN.name}, but none of these survives: {name}")
        return 1 if unexplained or unused else 0

    def write(self, path):
        """Every value with what noticed it, for looking things up."""
        run = self.mutation
        with path.open("w", encoding="utf-8") as file:
            for value in self.values:
                name = value.name
                to = run.chosen[name].text if name in run.chosen else "refused: " + run.refused[name]
                seen = [f"{column}: {run.noticed[column][name][0]}" for column in COLUMNS
                        if name in run.noticed[column]]
                file.write("\t".join([name, value.text, to, " ".join(run.pages.get(name, [])),
                                      "; ".join(seen) or ("" if name in run.refused else "SURVIVED")]) + "\n")
        print(f"each value: {path}")


def wanted_values(files, options):
    values = files.values
    if options.file:
        values = [value for value in values if value.file in options.file.split(",")]
    if options.only:
        values = [value for value in values if re.search(options.only, value.path)]
    if not options.every:
        values = values[options.first::options.step]
    return values


def digest_of(*paths):
    sha = hashlib.sha256()
    for path in paths:
        sha.update(path.read_bytes())
    return sha.hexdigest()


def options_of():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="where the tests are built")
    parser.add_argument("--every", action="store_true", help="every value instead of every eleventh")
    parser.add_argument("--step", type=int, default=11, help="of a sample: every so many")
    parser.add_argument("--from", dest="first", type=int, default=0, help="of a sample: the first")
    parser.add_argument("--file", help="values of these policy files alone: mapo.toml,gojobs.toml")
    parser.add_argument("--only", help="values whose path has this (a regular expression): ^stated.recipient")
    parser.add_argument("--tests", help="tests whose name has this (a regular expression) alone")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once")
    parser.add_argument("--slowest", type=float, default=3, help="a test that takes more seconds is left out")
    parser.add_argument("--verify", type=int, default=0, help="so many survivors are tried alone, too")
    return parser.parse_args()


def main():
    options = options_of()
    os.nice(10)
    program = options.build.resolve() / "tests/policy/noren_policy_mutants"
    files = Files()
    values = wanted_values(files, options)
    kept = Kept(options.build / "policy_mutants.jsonl", digest_of(
        program, Path(__file__).with_name("policy_values.py"), *sorted(POLICIES.glob("*.toml"))))
    runners = Runners(program, files.texts, options.jobs)
    try:
        mutation = Mutation(files, runners, kept, options)
        mutation.choose(values)
        mutation.measure(sorted({value.file for value in values}))
        mutation.try_tests(values)
        mutation.verify(values)
    finally:
        runners.close()
    is_whole = options.every and not (options.file or options.only or options.tests)
    report = Report(mutation, values, is_whole)
    report.table()
    report.findings()
    report.write(options.build / "policy_mutants.tsv")
    result = report.survived()
    print(f"{time.monotonic() - mutation.began:.0f} s")
    sys.exit(result)


if __name__ == "__main__":
    main()
