#!/usr/bin/env python3
"""Rewrites labels.toml: the labels of each code that codes.toml names, in three languages.

Run after the code lists or codes.toml have changed. A label that more than one code carries is
replaced by the code itself, because intake resolves exact and unambiguous names only.
"""
# SPDX-License-Identifier: Apache-2.0
import collections
import re
import sys
import unicodedata

from words import HERE, LANGUAGES

TAXONOMIES = HERE.parent / "taxonomies"
KINDS = {
    "occupations": r"ISCO-\d+",
    "skills": r"SK-[a-z0-9-]+",
    "licences": r"LC-[a-z0-9-]+",
    "regions": r"(?:KR|JP)-\d+",
}


def fold(name):
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def read_list(kind):
    """code -> [ko, ja, en], and how many codes carry each name."""
    labels, carriers = {}, collections.defaultdict(set)
    for line in (TAXONOMIES / f"{kind}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "code\t")) or not line:
            continue
        code, _, ko, ja, en, aliases = (line.split("\t") + [""] * 6)[:6]
        labels[code] = [ko or en, ja or en, en]
        for name in [code, ko, ja, en, *aliases.split("|")]:
            carriers[fold(name)].add(code)
    return labels, carriers


def main():
    wanted = (HERE / "codes.toml").read_text(encoding="utf-8")
    lines = [
        "# Labels of the codes in codes.toml: Korean, Japanese, English. Written by labels.py."
    ]
    unknown = []
    for kind, pattern in KINDS.items():
        labels, carriers = read_list(kind)
        lines += ["", f"[{kind}]"]
        for code in sorted(set(re.findall(rf"(?<![A-Z-]){pattern}", wanted))):
            if code not in labels:
                unknown.append(code)
                continue
            names = [name if len(carriers[fold(name)]) == 1 else code for name in labels[code]]
            shown = ", ".join('"' + name.replace('"', "'") + '"' for name in names)
            lines.append(f'"{code}" = [{shown}]')
    (HERE / "labels.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(
        "unknown codes: " + ", ".join(unknown)
        if unknown
        else f"labels in {len(LANGUAGES)} languages"
    )
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
