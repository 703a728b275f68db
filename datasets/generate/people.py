"""Makes one invented person: career, schools, skills, wishes. documents.py writes about it."""
# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, field

from words import NOW, Dice, fill, skills_of

TIERS = ("middle", "senior", "junior", "middle", "senior", "junior")
EXPERIENCE = {"junior": (0, 22), "middle": (26, 84), "senior": (90, 190)}
CORE_LEVEL = {"junior": (2, 3), "middle": (3, 4), "senior": (4, 5)}
OTHER_LEVEL = {"junior": (1, 3), "middle": (2, 4), "senior": (3, 5)}
HOME_LANGUAGE = {"KR": "ko", "JP": "ja"}
ORIGINS = ("vi", "zh", "ne", "fil", "id")
COURSE_MONTHS = {"upper_secondary": 36, "short_tertiary": 24, "bachelor": 48, "master": 72}


@dataclass
class Job:
    trade: dict
    employer: str
    begin: int
    end: int | None  # None: still there
    duties: list
    wins: list


@dataclass
class Person:
    number: int
    language: str
    country: str
    trade: dict
    tier: str
    name: str
    foreign: bool
    changer: bool
    part_time: bool
    gap: str | None = None
    jobs: list = field(default_factory=list)
    education: str = "upper_secondary"
    school: tuple = ()  # (name, begin, end)
    skills: list = field(default_factory=list)  # (code, level)
    licences: list = field(default_factory=list)  # (code, year)
    languages: list = field(default_factory=list)  # (code, level)
    regions: list = field(default_factory=list)
    employment: list = field(default_factory=list)
    months: int = 0
    told: set = field(default_factory=set)  # blocks that stand in the resume already

    @property
    def ref(self):
        return f"invented-{self.language}-{self.number:04d}"


def make_person(book, language, trade, index, number):
    dice = Dice(f"person/{language}/{trade['id']}/{index}")
    country = {"ko": "KR", "ja": "JP"}.get(language) or ("KR" if number % 2 else "JP")
    foreign = dice.chance(12) if language != "en" else True
    person = Person(
        number,
        language,
        country,
        trade,
        TIERS[index % len(TIERS)],
        pick_name(book, language, foreign, number),
        foreign,
        dice.chance(14),
        dice.chance(13),
    )
    person.months = dice.between(*EXPERIENCE[person.tier])
    add_jobs(person, book, dice)
    add_schooling(person, book, dice)
    add_skills(person, book, dice)
    add_languages(person, dice)
    add_wishes(person, book, dice)
    return person


def pick_name(book, language, foreign, number):
    names = book.phrases[language]
    if foreign and language != "en":
        return names["foreign"][number % len(names["foreign"])]
    family = names["surnames"][number * 7 % len(names["surnames"])]
    given = names["given"][number * 11 % len(names["given"])]
    return {"ko": f"{family}{given}", "ja": f"{family} {given}", "en": f"{given} {family}"}[
        language
    ]


def employer_name(book, language, trade, dice):
    coined = dice.pick(book.phrases[language]["employers"])
    place = dice.pick(trade[language]["places"])
    return f"{coined} {place}" if language == "en" else f"{coined}{place}"


def fitting(book, person, blocks):
    """Beginners do not tell of leading others."""
    leading = book.phrases[person.language]["leading"]
    return [
        text
        for text in blocks
        if person.tier != "junior" or not any(word in text for word in leading)
    ]


def choose(book, person, blocks, count, dice):
    """Up to `count` of the blocks: none that another job of the person has told."""
    fresh = [text for text in fitting(book, person, blocks) if text not in person.told]
    chosen = dice.sample(fresh, count)
    person.told.update(chosen)
    return chosen


def make_job(book, person, trade, dates, dice):
    blocks = trade[person.language]
    count = 2 if dates[1] is not None else 3
    duties = choose(book, person, blocks["duties"], count, dice) or dice.sample(
        blocks["duties"][:1], 1
    )
    wins = choose(book, person, blocks["wins"], count - 1, dice)
    return Job(
        trade,
        employer_name(book, person.language, trade, dice),
        dates[0],
        dates[1],
        [fill(text, dice) for text in duties],
        [fill(text, dice) for text in wins],
    )


def add_jobs(person, book, dice):
    """Backwards from today: the present job, earlier ones, perhaps another trade before."""
    parts = (
        0
        if person.months < 3
        else 1
        if person.months < 30
        else dice.between(2, 3 + person.months // 150)
    )
    end = NOW if dice.chance(65) else NOW - dice.between(2, 9)
    still_there = end == NOW
    left = person.months
    for part in range(parts, 0, -1):
        length = (
            left
            if part == 1
            else max(6, left // part + dice.between(-left // (3 * part), left // (3 * part)))
        )
        dates = (end - length, None if still_there else end)
        person.jobs.append(make_job(book, person, person.trade, dates, dice))
        left -= length
        still_there = False
        wait = dice.between(0, 3)
        if person.gap is None and part > 1 and dice.chance(22):
            person.gap = dice.pick(book.phrases[person.language]["gaps"])
            wait = dice.between(9, 30)
        end = end - length - wait
    if person.changer:
        length = dice.between(14, 60)
        end -= dice.between(3, 10)
        person.jobs.append(
            make_job(book, person, book.by_id[person.trade["before"]], (end - length, end), dice)
        )


def add_schooling(person, book, dice):
    person.education = dice.pick(person.trade["education"])
    names = book.phrases[person.language]
    kind = {"upper_secondary": "schools", "short_tertiary": "colleges"}.get(
        person.education, "universities"
    )
    first_work = min((job.begin for job in person.jobs), default=NOW)
    end = first_work - dice.between(1, 7)
    end -= (end % 12 - 1) % 12  # schools finish in February
    person.school = (dice.pick(names[kind]), end - COURSE_MONTHS[person.education] + 1, end)


def add_skills(person, book, dice):
    core, *others = skills_of(person.trade, person.country)
    person.skills = [(core, dice.between(*CORE_LEVEL[person.tier]))]
    for code in dice.sample(others, dice.between(2, len(others))):
        person.skills.append((code, dice.between(*OTHER_LEVEL[person.tier])))
    former = skills_of(book.by_id[person.trade["before"]], person.country)[0]
    if person.changer and former not in dict(person.skills):
        person.skills.append((former, dice.between(2, 3)))
    year = person.school[2] // 12
    mandatory = person.trade.get("mandatory", {}).get(person.country)
    if mandatory:
        person.licences.append((mandatory, year))
    optional = [
        c for c in person.trade.get("licences", {}).get(person.country, []) if c != mandatory
    ]
    wanted = {"junior": 35, "middle": 60, "senior": 80}[person.tier]
    for code in optional:
        if dice.chance(wanted):
            person.licences.append((code, min(2026, year + dice.between(0, 4))))


def add_languages(person, dice):
    home = HOME_LANGUAGE[person.country]
    if not person.foreign:
        person.languages = [(home, "native")]
    else:
        exams = {"ko": "TOPIK ", "ja": "JLPT N"}
        grade = dice.between(4, 6) if home == "ko" else dice.between(1, 3)
        person.languages = [(home, f"{exams[home]}{grade}")]
        if person.language == "en":
            person.languages.append(("en", "native" if dice.chance(60) else "C1"))
        else:
            person.languages.append((dice.pick(ORIGINS), "native"))
    known = dict(person.languages)
    if "en" not in known and dice.chance(66):
        person.languages.append(("en", dice.pick(["A2", "B1", "B1", "B2", "C1"])))
    neighbour = "ja" if home == "ko" else "ko"
    strong = person.trade["id"] == "interpreter"
    if strong or dice.chance(22):
        exams = {
            "ja": ["JLPT N1", "JLPT N2"] if strong else ["JLPT N2", "JLPT N3", "JLPT N4"],
            "ko": ["TOPIK 6", "TOPIK 5"] if strong else ["TOPIK 2", "TOPIK 3", "TOPIK 4"],
        }
        person.languages.append((neighbour, dice.pick(exams[neighbour])))


def add_wishes(person, book, dice):
    main, second = person.trade["hubs"][person.country]
    province = main if dice.chance(85) else second
    person.regions = (
        [province] if dice.chance(45) else dice.sample(book.hubs[province], dice.between(1, 2))
    )
    if dice.chance(55):
        person.regions.append(second if province == main else main)
    if person.part_time:
        person.employment = ["part_time", "contract"] if dice.chance(40) else ["part_time"]
    else:
        person.employment = ["full_time"]
        for kind, percent in (("contract", 35), ("dispatched", 12), ("part_time", 10)):
            if dice.chance(percent):
                person.employment.append(kind)
        if "wage_usd" in person.trade and dice.chance(30):
            person.employment.append("freelance")
        if person.tier == "junior" and dice.chance(25):
            person.employment.append("internship")
