#!/usr/bin/env python3
"""Changes each value of the operators' policy files, one at a time, and sees whether a test notices.

The tests are the built noren_policy_test and noren_policy_clauses_test; they read a copied tree through the
environment's NOREN_SOURCE_DIR, so nothing is compiled and the files of the clone stay as they are. A whole number is
raised by one, a truth is turned, a day is the next day; a code becomes another value of the same key where there is
one; any other text grows by a letter. A value whose change no test notices has survived. Survivors that are known
stand, with the reason, in tests/policy/mutation_survivors.txt; the run fails when another one survives, and when one
of that list does not any more.

Sampled by default: every eleventh value, as the quick test of the notices does. What was tried is kept in the build
folder, and is tried again only when a policy file, a case or a test has changed.
SPDX-License-Identifier: Apache-2.0
"""
import argparse
import concurrent.futures
import datetime
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "datasets" / "policies"
KNOWN = ROOT / "tests" / "policy" / "mutation_survivors.txt"
STEP = 11
TEST_SECONDS = 1800

TOKEN = re.compile(
    r'(?P<space>[ \t\r]+)|(?P<comment>#[^\n]*)|(?P<newline>\n)'
    r'|(?P<text>"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r'|(?P<mark>[\[\]{},=.])'
    r'|(?P<bare>[^\s\[\]{},=.#"\']+(?:\.[0-9]+)?)', re.DOTALL)


class Value:
    """One value: where it stands in the text, and how it is called whatever line it is in."""

    def __init__(self, file, path, token):
        self.file, self.path = file, path
        self.begin, self.end, self.text = token.start(), token.end(), token.group()
        # "stated.file[3].name" and "stated.file[0].name" are values of the same key.
        self.key = re.sub(r"\[\d+\]", "", path)

    @property
    def name(self):
        return f"{self.file} {self.path}"


class Scanner:
    """The values of a TOML file with their places in the text, which a parser does not give."""

    def __init__(self, file, text):
        self.tokens = [t for t in TOKEN.finditer(text) if t.lastgroup not in ("space", "comment")]
        if sum(t.end() - t.start() for t in TOKEN.finditer(text)) != len(text):
            raise ValueError(f"{file}: something in it is no TOML that this script reads")
        self.file, self.at, self.values, self.tables = file, 0, [], {}

    def peek(self):
        return self.tokens[self.at].group() if self.at < len(self.tokens) else ""

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def skip_newlines(self):
        while self.peek() == "\n":
            self.at += 1

    def keys(self):
        """a.b."c" before '=' or ']'"""
        parts = []
        while self.peek() not in ("=", "]"):
            token = self.next().group()
            if token != ".":
                parts.append(token.strip("\"'"))
        return ".".join(parts)

    def header(self):
        self.next()
        is_list = self.peek() == "["
        if is_list:
            self.next()
        name = self.keys()
        while self.peek() == "]":
            self.next()
        if not is_list:
            return name
        self.tables[name] = self.tables.get(name, -1) + 1
        return f"{name}[{self.tables[name]}]"

    def value(self, path):
        self.skip_newlines()
        token = self.next()
        if token.group() == "[":
            return self.array(path)
        if token.group() == "{":
            return self.inline(path)
        self.values.append(Value(self.file, path, token))
        return None

    def array(self, path):
        index = 0
        self.skip_newlines()
        while self.peek() != "]":
            self.value(f"{path}[{index}]")
            index += 1
            self.skip_newlines()
            if self.peek() == ",":
                self.next()
            self.skip_newlines()
        self.next()

    def inline(self, path):
        self.skip_newlines()
        while self.peek() != "}":
            key = self.keys()
            self.next()
            self.value(f"{path}.{key}")
            self.skip_newlines()
            if self.peek() == ",":
                self.next()
            self.skip_newlines()
        self.next()

    def scan(self):
        table = ""
        while self.at < len(self.tokens):
            self.skip_newlines()
            if self.at == len(self.tokens):
                break
            if self.peek() == "[":
                table = self.header()
                continue
            key = self.keys()
            self.next()
            self.value(f"{table}.{key}" if table else key)
        return self.values


def other_value(value, pool):
    """What the value becomes."""
    text = value.text
    if text in ("true", "false"):
        return "false" if text == "true" else "true"
    if re.fullmatch(r"-?[0-9]+", text):
        return str(int(text) + 1)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return str(datetime.date.fromisoformat(text) + datetime.timedelta(days=1))
    if re.fullmatch(r'"[A-Za-z0-9_.-]+"', text):
        others = sorted(pool[value.key] - {text})
        if others:
            later = [other for other in others if other > text]
            return (later or others)[0]
    quotes = 3 if text.startswith('"""') else 1
    return text[:-quotes] + "x" + text[-quotes:]


def load():
    texts, values, pool = {}, [], {}
    for path in sorted(POLICIES.glob("*.toml")):
        texts[path.name] = path.read_text(encoding="utf-8")
        values += Scanner(path.name, texts[path.name]).scan()
    for value in values:
        pool.setdefault(value.key, set()).add(value.text)
    return texts, values, pool


class Tree:
    """The clone with policy files of its own: everything else is a link."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="noren-mutate-"))
        self.link(ROOT, self.folder, "datasets")
        self.link(ROOT / "datasets", self.folder / "datasets", "policies")
        shutil.copytree(POLICIES, self.folder / "datasets" / "policies")

    @staticmethod
    def link(source, target, but):
        target.mkdir(exist_ok=True)
        for entry in source.iterdir():
            if entry.name not in (but, ".git", "build"):
                (target / entry.name).symlink_to(entry)

    def write(self, file, text):
        (self.folder / "datasets" / "policies" / file).write_text(text, encoding="utf-8")

    def close(self):
        shutil.rmtree(self.folder)


class Tests:
    """The built tests, the quick one first; what fails before any change cannot notice one."""

    def __init__(self, build, without):
        self.quick = build / "tests/engine/policy/noren_policy_test"
        self.cases = build / "tests/policy/noren_policy_clauses_test"
        self.without = without

    def digest(self, texts):
        sha = hashlib.sha256("".join(texts.values()).encode())
        for path in [self.quick, self.cases, *sorted((ROOT / "tests/policy").rglob("*.toml"))]:
            sha.update(path.read_bytes())
        sha.update(",".join(self.without).encode())
        return sha.hexdigest()

    def filter(self, wanted):
        return "--gtest_filter=" + wanted + ("-" + ":".join(self.without) if self.without else "")

    def run(self, test, wanted, tree):
        """Which test failed first; nothing when all passed."""
        environment = dict(os.environ, NOREN_SOURCE_DIR=str(tree.folder))
        try:
            done = subprocess.run([test, self.filter(wanted), "--gtest_fail_fast", "--gtest_brief=1"], env=environment,
                                  capture_output=True, text=True, errors="replace", timeout=TEST_SECONDS)
        except subprocess.TimeoutExpired:
            return "no answer in time"
        if done.returncode == 0:
            return ""
        failed = re.search(r"\[  FAILED  \] ([^\s,]+)", done.stdout)
        return failed.group(1) if failed else f"ended with {done.returncode}"

    def noticed_by(self, file, tree):
        return self.run(self.quick, "*", tree) or self.case_noticing(file, tree)

    def case_noticing(self, file, tree):
        name = file.removesuffix(".toml").replace("-", "_")
        cases = f"Clauses/Case.Holds/{name}_*:Questions/*/{name}_*:Clauses/Case.Holds/gojobs_*"
        if not file.startswith("gojobs"):
            cases = f"Clauses/Case.Holds/{name}_*:Questions/*/{name}_*"
        return self.run(self.cases, cases, tree)

    def failing_untouched(self, files):
        tree = Tree()
        try:
            print("the tests without any change first", flush=True)
            found = [self.run(self.quick, "*", tree)] + [self.case_noticing(file, tree) for file in files]
        finally:
            tree.close()
        return [name for name in found if name]


def read_known():
    """'FILE PATH: why' per line, '#' begins a remark."""
    known = {}
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, why = line.partition(": ")
            known[name] = why
    return known


class Results:
    """What was tried, in a file; of other tests or policies nothing is taken over."""

    def __init__(self, path, digest):
        self.path, self.lock, self.noticed = path, threading.Lock(), {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines[:1] == [digest]:
            self.noticed = dict(line.split("\t") for line in lines[1:])
        else:
            path.write_text(digest + "\n", encoding="utf-8")

    def add(self, value, noticed):
        with self.lock:
            self.noticed[value.name] = noticed
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{value.name}\t{noticed}\n")


def try_all(values, texts, pool, tests, results, jobs):
    left = [value for value in values if value.name not in results.noticed]
    began, done, trees = time.monotonic(), [0], {}
    print(f"{len(values)} values, {len(values) - len(left)} of them tried before", flush=True)

    def try_one(value):
        tree = trees.setdefault(threading.get_ident(), None) or Tree()
        trees[threading.get_ident()] = tree
        text = texts[value.file]
        tree.write(value.file, text[:value.begin] + other_value(value, pool) + text[value.end:])
        noticed = tests.noticed_by(value.file, tree)
        tree.write(value.file, text)
        results.add(value, noticed)
        done[0] += 1
        seconds = (time.monotonic() - began) / done[0] * (len(left) - done[0])
        print(f"{done[0]}/{len(left)} {value.name} {value.text[:40]!r}: {noticed or 'SURVIVED'}"
              f" ({seconds / 60:.0f} minutes left)", flush=True)

    try:
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool_of_threads:
            list(pool_of_threads.map(try_one, left))
    finally:
        for tree in trees.values():
            tree.close()


def report(values, results):
    known = read_known()
    tried = {value.name: value for value in values}
    survivors = [name for name in tried if not results.noticed[name]]
    unexplained = [name for name in survivors if name not in known]
    outdated = [name for name in known if name in tried and results.noticed[name]]
    print(f"{len(tried)} values changed, {len(survivors)} survived ({100 * len(survivors) / len(tried):.1f} %),"
          f" {len(unexplained)} of them without an explanation")
    for name in unexplained:
        print(f"survived: {name} {tried[name].text}")
    for name in outdated:
        print(f"explained in {KNOWN.name}, and noticed by {results.noticed[name]}: {name}")
    return 1 if unexplained or outdated else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev", help="where the tests are built")
    parser.add_argument("--every", action="store_true", help="every value instead of every eleventh")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first of the sample, 0 to 10")
    parser.add_argument("--file", help="values of this policy file alone: mapo.toml")
    parser.add_argument("--most", type=int, help="at most so many, spread over all")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once")
    parser.add_argument("--without", default="", help="tests to leave out, as gtest names them, separated by ':'")
    options = parser.parse_args()
    os.nice(10)
    texts, values, pool = load()
    tests = Tests(options.build.resolve(), [name for name in options.without.split(":") if name])
    if options.file:
        values = [value for value in values if value.file == options.file]
    if not options.every:
        values = values[options.first::STEP]
    if options.most:
        values = values[::max(1, -(-len(values) // options.most))]
    results = Results(options.build / "policy_mutants.tsv", tests.digest(texts))
    failing = tests.failing_untouched(sorted({value.file for value in values}))
    if failing:
        sys.exit(f"{', '.join(failing)}: fails without any change; mend it first, or leave it out with --without")
    try_all(values, texts, pool, tests, results, options.jobs)
    sys.exit(report(values, results))


if __name__ == "__main__":
    main()
