"""The values of the operators' policy files with their places in the text, and what each may be changed into.
SPDX-License-Identifier: Apache-2.0
"""
import datetime
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "datasets" / "policies"
MOST_CANDIDATES = 10

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

    @property
    def table(self):
        """The table of the format that it belongs to; what says where a value comes from is one of its own."""
        parts = self.key.split(".")
        if parts[0] != "stated":
            return parts[0] if len(parts) > 1 else "(top)"
        if len(parts) > 2 and parts[2] == "from" or parts[1] == "article":
            return "stated: provenance"
        if len(parts) > 2 and parts[2] == "id":
            return "stated: ids"
        return ".".join(parts[:2])


class Scanner:
    """Reads the TOML that the policy files are written in, which a parser would give without places."""

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


class Candidate:
    """What a value becomes; a new name comes with its English, as stated.words wants it."""

    def __init__(self, text, word=""):
        self.text, self.word = text, word


def changed(text, mutants):
    """The file with these values changed; `mutants` are pairs of a value and its candidate."""
    for value, candidate in sorted(mutants, key=lambda one: -one[0].begin):
        text = text[:value.begin] + candidate.text + text[value.end:]
    words = "".join(candidate.word + "\n" for _, candidate in mutants if candidate.word)
    return text if not words else text.rstrip("\n") + "\n" + words  # stated.words ends every file


def rows_of(pattern, name):
    return re.findall(pattern, (ROOT / "engine/policy" / name).read_text(encoding="utf-8"))


class Files:
    """All policy files, their values, and what else a value could be."""

    def __init__(self):
        self.texts, self.values, self.pool, self.own_pool = {}, [], {}, {}
        for path in sorted(POLICIES.glob("*.toml")):
            self.texts[path.name] = path.read_text(encoding="utf-8")
            self.values += Scanner(path.name, self.texts[path.name]).scan()
        for value in self.values:
            self.pool.setdefault(self.pool_key(value), []).append(value.text)
            self.own_pool.setdefault((value.file, self.pool_key(value)), []).append(value.text)
        self.rows = {(section, key): (kind, of) for section, key, kind, of in rows_of(
            r'NOREN_KEY\((\w+), (\w+), (k\w+), "(\w*)"', "statement_keys.inc")}
        self.groups = {}
        for group, word in rows_of(r"NOREN_WORD\((\w+), (\w+),", "statement_words.inc"):
            self.groups.setdefault(group, []).append(word)

    @staticmethod
    def pool_key(value):
        return ".from" if ".from" in value.key or value.key.startswith("clauses_of") else value.key

    def row(self, value):
        """Kind and group of a key of the stated part."""
        parts = [part for part in value.key.split(".") if part != "operator"]
        if len(parts) < 3 or parts[0] != "stated":
            return ("", "")
        return self.rows.get((parts[1], parts[2]), ("", ""))

    def others(self, value):
        """Other values of the same key, of the same file first; which comes first differs from value to value."""
        key = self.pool_key(value)
        own = sorted(set(self.own_pool[value.file, key]) - {value.text})
        rest = sorted(set(self.pool[key]) - {value.text} - set(own))
        turn = value.begin % max(1, len(own))
        return own[turn:] + own[:turn] + rest

    def text_candidates(self, value):
        quote = '"""' if value.text.startswith('"""') else value.text[0]
        inner = value.text[len(quote):-len(quote)]
        kind, group = self.row(value)
        period = re.fullmatch(r"P(\d+)([YMWD])", inner)
        day = re.fullmatch(r"(\d\d)-(\d\d)", inner)
        clause = re.fullmatch(r"([A-Z]+-)(\d+)", inner)
        if period:
            yield Candidate(f'"P{int(period[1]) + 1}{period[2]}"')
        elif day:
            yield Candidate(f'"{day[1]}-{int(day[2]) + 1:02}"')
        elif clause:
            yield Candidate(f'"{clause[1]}{int(clause[2]) + 1}"')
            yield Candidate(f'"{clause[1]}{int(clause[2]) - 1}"')
        elif kind == "kCode" and inner in self.groups.get(group, []):
            words = self.groups[group]
            at = words.index(inner)
            yield from (Candidate(f'"{word}"') for word in words[at + 1:] + words[:at])
        elif kind == "kName":
            yield Candidate(f'"{inner}x"', f'"{inner}x" = "changed"')
        elif kind != "kRef" and not re.fullmatch(r"[A-Za-z0-9_.-]+", inner):
            yield Candidate(value.text[:-len(quote)] + "x" + quote)
        yield from (Candidate(other) for other in self.others(value))
        yield Candidate(value.text[:-len(quote)] + "x" + quote)

    def candidates(self, value):
        """The likeliest to be taken by the loader first: what is refused tells nothing of the tests."""
        text = value.text
        if text in ("true", "false"):
            return [Candidate("false" if text == "true" else "true")]
        if re.fullmatch(r"-?[0-9]+", text):
            return [Candidate(str(int(text) + step)) for step in (1, -1, 2, -2, 10)]
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = datetime.date.fromisoformat(text)
            return [Candidate(str(day + datetime.timedelta(days=step))) for step in (1, -1)]
        found = {}
        for candidate in self.text_candidates(value):
            found.setdefault(candidate.text, candidate)
        found.pop(text, None)
        return list(found.values())[:MOST_CANDIDATES]
