"""Files that must be refused, one breakage each, and what intake has to say about them."""
# SPDX-License-Identifier: Apache-2.0
import copy
import json

from words import load

HEADER = (
    "# What intake must report: file, line, code (engine/model/errors.inc), field,\n"
    "# and how many rows of the file survive. Written by datasets/generate.\n"
)


def dump(row):
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def seeker():
    """A small valid row to break."""
    return {
        "noren": "seeker/1",
        "ref": "invented-broken-0001",
        "profile": {
            "occupations": ["ISCO-2512"],
            "regions": ["KR-11"],
            "skills": [{"skill": "SK-python", "level": 3}],
            "languages": [{"language": "ko", "level": "native"}],
            "wage_floor": {"amount": 3000000, "currency": "KRW", "per": "month"},
            "experience_months": 30,
            "available_from": "2026-12-01",
        },
        "items": [
            {
                "kind": "resume",
                "name": "CV",
                "media_type": "text/markdown",
                "text": "# CV\nInvented.",
            }
        ],
        "identity": {"name": "Quill Brackenthorpe", "email": "quill@example.com"},
        "consent": {"discoverable": True},
    }


def posting():
    return {
        "noren": "posting/1",
        "ref": "invented-broken-job-001",
        "company": "quillmere-global",
        "title": "Backend Developer",
        "description": "Invented.",
        "posting": {
            "occupations": ["ISCO-2512"],
            "regions": ["KR-11"],
            "employment_types": ["full_time"],
            "wage": {"min": 3000000, "max": 4000000, "currency": "KRW"},
            "required": {"skills": [{"skill": "SK-python", "level": 3}]},
            "preferred": {"skills": [{"skill": "SK-sql", "weight": 5}]},
        },
    }


def changed(row, path, value):
    """A copy of `row` with the member at `path` replaced; `value` None removes it."""
    row = copy.deepcopy(row)
    node = row
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return dump(row) + b"\n"


def korean_number():
    """Right check digit, a birth day at the end of 2099: nobody's."""
    digits = "991231300000"
    total = sum(int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)))
    return f"{digits[:6]}-{digits[6:]}{(11 - total % 11) % 10}"


def japanese_number():
    digits = "00000000012"
    weights = [n + 1 if n <= 6 else n - 5 for n in range(1, 12)]
    rest = sum(int(d) * w for d, w in zip(reversed(digits), weights)) % 11
    return digits + str(0 if rest <= 1 else 11 - rest)


def forbidden_cases():
    for rule, words in load("forbidden.toml").items():
        for language in ("ko", "ja", "en"):
            path = words["where"] + [words[language]]
            field = ".".join(path).replace("items.0", "items[0]")
            steps = [0 if step == "0" else step for step in path]
            yield f"forbidden-{rule}-{language}.jsonl", changed(
                seeker(), steps, "-"
            ), "FORBIDDEN_FIELD", field


def value_cases():
    """One value of a valid row changed: (file, bytes, code, field)."""
    known_skills = sorted(load("labels.toml")["skills"])
    long_list = [{"skill": code, "level": 1} for code in known_skills[:65]]
    table = load("broken.toml")["cases"]
    special = {
        "too-many-skills": long_list,
        "korean-number": f"# CV\n{korean_number()}",
        "korean-number-alone": korean_number(),
        "japanese-number": f"# CV\n{japanese_number()}",
        "long-ref": "r" * 129,
        "huge-wage": 10**30,
        "removed": None,
    }
    for case in table:
        row = seeker() if case["row"] == "seeker" else posting()
        value = special[case["special"]] if "special" in case else case["value"]
        yield case["file"], changed(row, case["path"], value), case["code"], case["field"]


def text_cases():
    """Breakage of bytes and JSON: (file, bytes, line, code, field, survivors)."""
    good, line = dump(seeker()), dump(seeker()) + b"\n"
    second = changed(seeker(), ["ref"], "invented-broken-0002")
    deep = b'{"noren":"seeker/1","ref":"deep","profile":' + b"[" * 500 + b"]" * 500 + b"}\n"
    return [
        ("truncated-line.jsonl", line + second[: len(second) // 2], 2, "BAD_JSON", "", 1),
        (
            "invalid-utf8.jsonl",
            good.replace(b"Quill ", b"Qu\xff\xfe ") + b"\n",
            1,
            "BAD_ENCODING",
            "",
            0,
        ),
        (
            "overlong-utf8.jsonl",
            good.replace(b"Quill ", b"Qu\xc0\xaf ") + b"\n",
            1,
            "BAD_ENCODING",
            "",
            0,
        ),
        ("utf16.jsonl", ("\ufeff" + line.decode()).encode("utf-16-le"), 1, "BAD_ENCODING", "", 0),
        ("deep-nesting.jsonl", deep, 1, "TOO_LARGE", "", 0),
        ("huge-number.jsonl", good.replace(b"3000000", b"1e400") + b"\n", 1, "BAD_REQUEST", "", 0),
        (
            "duplicate-key.jsonl",
            good.replace(b'"ref":', b'"ref":"invented-broken-0009","ref":', 1) + b"\n",
            1,
            "BAD_JSON",
            "",
            0,
        ),
        ("duplicate-ref.jsonl", line + line, 2, "DUPLICATE_VALUE", "ref", 1),
        ("not-an-object.jsonl", b'["seeker/1"]\n', 1, "BAD_JSON", "noren", 0),
        ("trailing-text.jsonl", good + b" and more\n", 1, "BAD_JSON", "", 0),
        (
            "array-of-rows.jsonl",
            b"[" + good + b"," + second.strip() + b"]\n",
            1,
            "BAD_JSON",
            "noren",
            0,
        ),
    ]


def broken_files():
    """File name -> bytes, EXPECTED.tsv included."""
    files, expected = {}, []
    for name, text, code, field in [*forbidden_cases(), *value_cases()]:
        files[name] = text
        expected.append((name, 1, code, field, 0))
    for name, text, line, code, field, survivors in text_cases():
        files[name] = text
        expected.append((name, line, code, field, survivors))
    lines = ["\t".join(map(str, row)) + "\n" for row in sorted(expected)]
    files["EXPECTED.tsv"] = (HEADER + "".join(lines)).encode()
    return files
