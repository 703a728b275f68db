"""Makes one posting/1 row: what an invented company offers, requires and would like."""
# SPDX-License-Identifier: Apache-2.0
from rows import CURRENCY, education_word, employment_word, wage_at
from words import Dice, fill, load, skills_of

TEXT = load("postings.toml")
TIERS = ("middle", "junior", "middle", "senior", "junior", "middle", "junior", "senior")
OFFER_PERCENT = {"junior": (0, 36), "middle": (18, 68), "senior": (45, 96)}
MONTHS = {"junior": 0, "middle": 24, "senior": 60}
START_DAYS = ("2027-02-16", "2027-03-01", "2027-04-01")
SPEAKING = {"junior": "A2", "middle": "B1", "senior": "B2"}


def posting_wage(trade, country, language, tier, dice):
    currency = CURRENCY[country]
    if language == "en" and "wage_usd" in trade and dice.chance(45):
        currency = "USD"
    least, most = OFFER_PERCENT[tier]
    return {
        "min": wage_at(trade, currency, least + dice.between(0, 8)),
        "max": wage_at(trade, currency, most + dice.between(-8, 8)),
        "currency": currency,
    }


def plan_posting(book, language, trade, index, number):
    """The facts, before they are put into words of the file's language."""
    dice = Dice(f"posting/{language}/{trade['id']}/{index}")
    country = {"ko": "KR", "ja": "JP"}.get(language) or ("KR" if number % 2 else "JP")
    tier = TIERS[(number + index) % len(TIERS)]
    main, second = trade["hubs"][country]
    province = main if dice.chance(88) else second
    core, *others = skills_of(trade, country)
    plan = {
        "language": language,
        "country": country,
        "trade": trade,
        "tier": tier,
        "dice": dice,
        "company": book.companies[language][country][trade["sector"]],
        "ref": f"invented-{language}-job-{number:03d}",
        "region": dice.pick(book.hubs[province]) if dice.chance(75) else province,
        "wage": posting_wage(trade, country, language, tier, dice),
        "required": {"skills": [] if tier == "junior" else [(core, 3 if tier == "middle" else 4)]},
        "preferred_skills": [
            (code, dice.between(2, 9)) for code in dice.sample(others, dice.between(2, 4))
        ],
    }
    plan["mandatory"] = trade.get("mandatory", {}).get(country)
    plan["optional"] = [
        c for c in trade.get("licences", {}).get(country, []) if c != plan["mandatory"]
    ]
    plan["employment"] = pick_employment(trade, tier, dice)
    plan["start_by"] = dice.pick(START_DAYS) if dice.chance(25) else None
    plan["education"] = pick_education(trade, tier, dice)
    return plan


def pick_employment(trade, tier, dice):
    kinds = ["full_time"]
    if dice.chance(40):
        kinds.append("part_time")
    if dice.chance(25):
        kinds.append("contract")
    if tier == "junior" and "wage_usd" in trade and dice.chance(40):
        kinds.append("internship")
    return kinds


def pick_education(trade, tier, dice):
    if tier == "junior" or not dice.chance(25):
        return None
    return "short_tertiary" if "upper_secondary" not in trade["education"] else "upper_secondary"


def required(book, plan):
    language, dice = plan["language"], plan["dice"]
    row = {}
    if plan["required"]["skills"]:
        row["skills"] = [
            {"skill": book.word("skills", code, language, dice), "level": level}
            for code, level in plan["required"]["skills"]
        ]
    if plan["mandatory"]:
        row["licences"] = [book.word("licences", plan["mandatory"], language, dice)]
    row["languages"] = [
        {"language": {"KR": "ko", "JP": "ja"}[plan["country"]], "level": SPEAKING[plan["tier"]]}
    ]
    if language == "en" and dice.chance(50):
        row["languages"].append({"language": "en", "level": "B1"})
    if MONTHS[plan["tier"]]:
        row["experience_months"] = MONTHS[plan["tier"]]
    if plan["education"]:
        row["education"] = education_word(plan["education"], language, dice)
    if plan["start_by"]:
        row["start_by"] = plan["start_by"]
    return row


def preferred(book, plan):
    language, dice = plan["language"], plan["dice"]
    row = {
        "skills": [
            {"skill": book.word("skills", code, language, dice), "weight": weight}
            for code, weight in plan["preferred_skills"]
        ]
    }
    if plan["optional"]:
        row["licences"] = [
            {
                "licence": book.word("licences", plan["optional"][0], language, dice),
                "weight": dice.between(1, 6),
            }
        ]
    if dice.chance(35):
        other = dice.pick(["en", {"KR": "ja", "JP": "ko"}[plan["country"]]])
        row["languages"] = [{"language": other, "level": "B1", "weight": dice.between(1, 5)}]
    return row


def condition_lines(book, plan):
    text, language = TEXT[plan["language"]], plan["language"]
    lines = [text["experience"].format(months=MONTHS[plan["tier"]])] if MONTHS[plan["tier"]] else []
    lines += [book.label("skills", code, language) for code, _ in plan["required"]["skills"]]
    if plan["mandatory"]:
        lines.append(book.label("licences", plan["mandatory"], language))
    if plan["start_by"]:
        lines.append(text["start"].format(day=plan["start_by"]))
    return lines or [text["nothing"]]


def description(book, plan):
    language, dice, wage = plan["language"], plan["dice"], plan["wage"]
    text = TEXT[language]
    place = book.label("regions", plan["region"], language)
    sections = [
        (
            None,
            [
                dice.pick(text["about"]).format(
                    company=plan["company"]["name"], place=place, people=dice.between(9, 240)
                )
            ],
        ),
        (text["work"], [fill(line, dice) for line in plan["trade"][language]["posting"]]),
        (text["conditions"], condition_lines(book, plan)),
        (
            text["welcome"],
            [book.label("skills", code, language) for code, _ in plan["preferred_skills"]],
        ),
        (
            text["terms"],
            [
                text["place"].format(place=place),
                text["pay"].format(
                    low=f"{wage['min']:,}", high=f"{wage['max']:,}", currency=wage["currency"]
                ),
                *dice.sample(text["benefits"], 2),
            ],
        ),
        (text["steps"], [dice.pick(text["process"])]),
    ]
    lines = []
    for title, body in sections:
        lines += (
            ([f"## {title}"] if title else [])
            + [f"- {line}" if title else line for line in body]
            + [""]
        )
    return "\n".join(lines)


def posting_row(book, plan):
    language, dice, trade = plan["language"], plan["dice"], plan["trade"]
    title = TEXT[language]["titles"][plan["tier"]].format(title=trade[language]["title"])
    wage = dict(plan["wage"])
    if dice.chance(15):
        wage = {**wage, "min": wage["min"] * 12, "max": wage["max"] * 12, "per": "year"}
    coded = {
        "occupations": [book.word("occupations", trade["isco"], language, dice)],
        "regions": [book.word("regions", plan["region"], language, dice)],
        "employment_types": [employment_word(kind, language, dice) for kind in plan["employment"]],
        "wage": wage,
        "required": required(book, plan),
        "preferred": preferred(book, plan),
    }
    if dice.chance(60):
        names = [
            "occupation",
            "skills",
            "licences",
            "languages",
            "region",
            "wage",
            "employment_type",
            "experience",
        ]
        coded["weights"] = {
            name: dice.between(1, 10) for name in dice.sample(names, dice.between(3, 8))
        }
    return {
        "noren": "posting/1",
        "ref": plan["ref"],
        "company": plan["company"]["principal"],
        "title": title,
        "description": description(book, plan),
        "posting": coded,
    }
