"""Turns an invented person into a seeker/1 row, in the words of that language."""
# SPDX-License-Identifier: Apache-2.0
import base64

import documents
from words import Dice, load

CURRENCY = {"KR": "KRW", "JP": "JPY"}
STEP = {"KRW": 10_000, "JPY": 1_000, "USD": 50}
FLOOR_PERCENT = {"junior": (0, 12), "middle": (0, 32), "senior": (18, 58)}
LEAST_HOURLY = {"KRW": 10_400, "JPY": 1_240}  # nobody asks for less than the law gives
WORDS = load("words.toml")


def wage_at(trade, currency, percent):
    """A point of the trade's pay range, rounded to a usual step; above 100 it exceeds the range."""
    low, high = trade[f"wage_{currency.lower()}"]
    amount = low + (high - low) * percent // 100
    return -(-amount // STEP[currency]) * STEP[currency]


def wage_floor(person, dice):
    currency = CURRENCY[person.country]
    if person.language == "en" and "wage_usd" in person.trade and dice.chance(40):
        currency = "USD"
    amount = wage_at(person.trade, currency, dice.between(*FLOOR_PERCENT[person.tier]))
    if person.part_time and currency != "USD":
        hourly = max(amount // 173, LEAST_HOURLY[currency])
        return {"amount": hourly // 10 * 10, "currency": currency, "per": "hour"}
    if dice.chance(12):
        return {"amount": amount * 12, "currency": currency, "per": "year"}
    return {"amount": amount, "currency": currency, "per": "month"}


def employment_word(kind, language, dice):
    return kind if dice.chance(50) else dice.pick(WORDS["employment_types"][kind][language])


def education_word(level, language, dice):
    return level if dice.chance(50) else dice.pick(WORDS["education"][level][language])


def preferences(dice):
    names = ["occupation", "region", "wage", "employment_type", "skills"]
    return {name: dice.between(0, 10) for name in dice.sample(names, dice.between(2, 5))}


def occupations(book, person, dice):
    wanted = [person.trade["isco"]]
    if dice.chance(30):
        wanted += [code for code in person.trade["near"] if code not in wanted][:1]
    if person.changer and dice.chance(25):
        former = book.by_id[person.trade["before"]]["isco"]
        wanted += [former] if former not in wanted else []
    return [book.word("occupations", code, person.language, dice) for code in wanted]


def profile(book, person, dice):
    """Required members always; the others are left out by a few people, as in life."""
    language = person.language
    row = {
        "occupations": occupations(book, person, dice),
        "regions": [book.word("regions", code, language, dice) for code in person.regions],
        "skills": [
            {"skill": book.word("skills", code, language, dice), "level": level}
            for code, level in person.skills
        ],
    }
    if person.licences:
        row["licences"] = [
            book.word("licences", code, language, dice) for code, _ in person.licences
        ]
    if not dice.chance(3):
        row["languages"] = [{"language": code, "level": level} for code, level in person.languages]
    if not dice.chance(5):
        row["employment_types"] = [
            employment_word(kind, language, dice) for kind in person.employment
        ]
    if not dice.chance(18):
        row["wage_floor"] = wage_floor(person, dice)
    if not dice.chance(4):
        row["experience_months"] = person.months
    if not dice.chance(8):
        row["education"] = education_word(person.education, language, dice)
    if not dice.chance(12):
        row[
            "available_from"
        ] = f"{dice.pick(['2026-12', '2027-01', '2027-02'])}-{dice.pick(['01', '10', '16'])}"
    if dice.chance(60):
        row["preferences"] = preferences(dice)
    return row


def address(book, person, dice):
    """Real districts, invented streets and a house number 0, which no register has."""
    code = person.regions[0]
    town = code if code not in book.hubs else dice.pick(book.hubs[code])
    pattern = WORDS["address"][f"{person.language}_{person.country}"]
    province = next(p for p, towns in book.hubs.items() if town in towns)
    return pattern.format(
        province=book.label("regions", province, person.language),
        town=book.label("regions", town, person.language),
        lot=dice.between(1, 40),
        room=dice.between(101, 909),
    )


def identity(book, person, dice):
    domain = {"ko": "example.kr", "ja": "example.jp", "en": "example.com"}[person.language]
    row = {"name": person.name, "email": f"{person.ref}@{domain}"}
    if not dice.chance(12):
        prefix = {"KR": "010-0000", "JP": "090-0000"}[person.country]
        row["phone"] = f"{prefix}-{person.number:04d}"
    if not dice.chance(25):
        row["address"] = address(book, person, dice)
    return row


def text_item(kind, name, text):
    return {"kind": kind, "name": name, "media_type": "text/markdown", "text": text}


def items(book, person, dice, files):
    """The documents; a PDF goes to `files`, by its path relative to the samples."""
    language = person.language
    names = WORDS["items"][language]
    has_letter = dice.chance(45)
    rows = [text_item("resume", names["resume"], documents.resume(book, person, not has_letter))]
    if has_letter:
        rows.append(
            text_item("cover_letter", names["cover_letter"], documents.cover_letter(book, person))
        )
    if not person.licences or dice.chance(45):
        return rows
    text = documents.certificate(book, person)
    if language == "en" and text.isascii():
        path = f"documents/{person.ref}-certificate.pdf"
        files[path] = documents.pdf(text.splitlines())
        rows.append(
            {
                "kind": "certificate",
                "name": names["certificate"],
                "media_type": "application/pdf",
                "file": path,
            }
        )
    elif dice.chance(20):
        rows.append(
            {
                "kind": "certificate",
                "name": names["certificate"],
                "media_type": "text/markdown",
                "base64": base64.b64encode(text.encode()).decode(),
            }
        )
    else:
        rows.append(text_item("certificate", names["certificate"], text))
    return rows


def seeker_row(book, person, files):
    dice = Dice(f"row/{person.ref}")
    row = {
        "noren": "seeker/1",
        "ref": person.ref,
        "profile": profile(book, person, dice),
        "items": items(book, person, dice, files),
        "identity": identity(book, person, dice),
    }
    if not dice.chance(3):
        row["consent"] = {"discoverable": dice.chance(90)}
    return row
