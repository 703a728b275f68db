"""Dice that roll alike on every machine, and the hand-written blocks.

Python's own random module may change its derived methods between versions; the samples must not.
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import pathlib
import re
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
LANGUAGES = ("ko", "ja", "en")
MASK = (1 << 64) - 1
NOW = 2026 * 12 + 10  # November 2026, as a count of months


class Dice:
    """SplitMix64 seeded by the SHA-256 of a name."""

    def __init__(self, name):
        self.state = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")

    def roll(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def between(self, low, high):
        return low + self.roll() % (high - low + 1)

    def chance(self, percent):
        return self.roll() % 100 < percent

    def pick(self, items):
        return items[self.roll() % len(items)]

    def sample(self, items, count):
        rest = list(items)
        return [rest.pop(self.roll() % len(rest)) for _ in range(min(count, len(rest)))]


def fill(text, dice):
    """Replaces each {low-high} by one number of the range."""
    return re.sub(
        r"\{(\d+)-(\d+)\}", lambda m: str(dice.between(int(m.group(1)), int(m.group(2)))), text
    )


def load(name):
    with open(HERE / name, "rb") as file:
        return tomllib.load(file)


def load_trades():
    """Every trade: its sentences from trades/*.toml joined with its codes from codes.toml."""
    codes = load("codes.toml")["trades"]
    trades = []
    for path in sorted((HERE / "trades").glob("*.toml")):
        for trade in load(path)["trade"]:
            trades.append({**trade, **codes[trade["id"]]})
    return trades


class Book:
    """Everything hand-written, loaded once."""

    def __init__(self):
        self.trades = load_trades()
        self.by_id = {trade["id"]: trade for trade in self.trades}
        self.phrases = load("phrases.toml")
        codes = load("codes.toml")
        self.labels = load("labels.toml")
        self.hubs = codes["hubs"]
        self.companies = codes["companies"]

    def label(self, kind, code, language):
        return self.labels[kind][code][LANGUAGES.index(language)]

    def word(self, kind, code, language, dice):
        """The code itself or its label in the language of the file: both must resolve."""
        return code if dice.chance(40) else self.label(kind, code, language)


def skills_of(trade, country):
    """The first is the core skill. Some trades differ by country: the language taught."""
    return trade.get(f"skills_{country.lower()}", trade["skills"])


def year_month(months):
    return months // 12, months % 12 + 1
