"""Unusual but valid files: what intake must accept."""
# SPDX-License-Identifier: Apache-2.0
import json

from broken import dump, posting, seeker
from words import load


def row(kind, ref, **members):
    made = seeker() if kind == "seeker" else posting()
    made["ref"] = ref
    inner = "profile" if kind == "seeker" else "posting"
    made[inner].update(members)
    return made


def variant_files():
    """File name -> bytes."""
    table = load("variants.toml")
    first = row("seeker", "invented-variant-0001")
    second = row("seeker", "invented-variant-0002", skills=[])
    crlf = b"\xef\xbb\xbf" + dump(first) + b"\r\n" + dump(second) + b"\r\n"
    mixed = (
        dump(first)
        + b"\n\n"
        + dump(row("posting", "invented-variant-job-001"))
        + b"\n   \n"
        + dump(second)
    )
    nulls = row("seeker", "invented-variant-0003", wage_floor=None, education=None, licences=None)
    bare = {
        "noren": "seeker/1",
        "ref": "invented-variant-0004",
        "profile": {"occupations": ["ISCO-2512"], "regions": ["KR-11"]},
    }
    escaped = json.dumps(
        row("seeker", "invented-variant-0005", regions=table["escaped_regions"])
    ).encode()
    words = [
        row("seeker", f"invented-variant-01{index:02d}", **entry)
        for index, entry in enumerate(table["words"])
    ]
    pays = [
        row("seeker", f"invented-variant-02{index:02d}", wage_floor=entry)
        for index, entry in enumerate(table["pays"])
    ]
    return {
        "byte-order-mark-and-crlf.jsonl": crlf,
        "mixed-with-empty-lines.jsonl": mixed,
        "nulls.jsonl": dump(nulls) + b"\n",
        "bare.jsonl": dump(bare) + b"\n",
        "escaped.jsonl": escaped + b"\n",
        "words.jsonl": b"".join(dump(one) + b"\n" for one in words),
        "pays.jsonl": b"".join(dump(one) + b"\n" for one in pays),
    }
