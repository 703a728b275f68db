"""The documents of an invented person, in the person's language: resume, letter, certificate."""
# SPDX-License-Identifier: Apache-2.0
from people import fitting
from words import Dice, fill, load, year_month

TEXT = load("documents.toml")


def month_text(language, months):
    year, month = year_month(months)
    return TEXT[language]["month"].format(year=year, month=month)


def span_text(language, begin, end):
    now = TEXT[language]["until_now"]
    return (
        f"{month_text(language, begin)} - {month_text(language, end) if end is not None else now}"
    )


def length_text(language, months):
    parts = [
        f"{count}{TEXT[language]['length'][unit][count > 1]}"
        for unit, count in zip(("years", "months"), divmod(months, 12))
        if count
    ]
    return (" " if language != "ja" else "").join(parts) or TEXT[language]["no_length"]


def heading(language, key):
    return f"## {TEXT[language]['headings'][key]}"


def job_lines(person, job):
    title = job.trade[person.language]["title"]
    lines = [f"### {job.employer}, {title}", span_text(person.language, job.begin, job.end)]
    lines += [f"- {duty}" for duty in job.duties]
    result = TEXT[person.language]["result"]
    return lines + [f"- {result}: {win}" for win in job.wins]


def level_name(language, level):
    return TEXT[language]["skill_levels"][level - 1]


def language_text(book, person, code, level):
    names = book.phrases["names"][f"languages_{person.language}"]
    spoken = TEXT[person.language]["native"] if level == "native" else level
    return f"{names[code]}: {spoken}"


def career_lines(person):
    text = TEXT[person.language]
    lines = [heading(person.language, "career")]
    if not person.jobs:
        return lines + [text["no_career"]]
    for job in person.jobs:
        lines += job_lines(person, job)
    if person.gap:
        lines += [heading(person.language, "gap"), f"- {person.gap}"]
    return lines


def school_lines(person):
    text = TEXT[person.language]
    name, begin, end = person.school
    degree = text["degrees"][person.education]
    major = "" if person.education == "upper_secondary" else person.trade[person.language]["major"]
    return [
        heading(person.language, "education"),
        f"- {span_text(person.language, begin, end)}: {name} {major}".rstrip() + f" ({degree})",
    ]


def ability_lines(book, person):
    language = person.language
    lines = []
    if person.licences:
        lines.append(heading(language, "licences"))
        lines += [
            f"- {book.label('licences', code, language)} ({year})" for code, year in person.licences
        ]
    lines.append(heading(language, "skills"))
    lines += [
        f"- {book.label('skills', code, language)}: {level_name(language, level)}"
        for code, level in person.skills
    ]
    lines.append(heading(language, "languages"))
    return lines + [
        f"- {language_text(book, person, code, level)}" for code, level in person.languages
    ]


def prose(book, person, dice):
    """What the person says of themselves: never the same order twice."""
    phrases = book.phrases[person.language]
    parts = [person.trade[person.language]["motive"], dice.pick(phrases["strengths"])]
    if person.changer:
        parts.append(dice.pick(phrases["changes"]))
    if person.jobs:
        parts.append(dice.pick(fitting(book, person, phrases["stories"])))
    if person.foreign:
        parts.append(fill(phrases["foreigner"], dice))
    return parts


def resume(book, person, with_prose):
    language = person.language
    text = TEXT[language]
    dice = Dice(f"resume/{person.ref}")
    title = person.trade[language]["title"]
    wanted = ", ".join(book.label("regions", code, language) for code in person.regions)
    lines = [
        f"# {text['resume']}",
        f"- {text['name']}: {person.name}",
        f"- {text['wanted']}: {title}",
        f"- {text['place']}: {wanted}",
        f"- {text['total']}: {length_text(language, person.months)}",
    ]
    lines += [
        heading(language, "summary"),
        fill(dice.pick(text["summaries"][person.tier]), dice).format(title=title),
    ]
    lines += career_lines(person) + school_lines(person) + ability_lines(book, person)
    if with_prose:
        lines += [heading(language, "self"), *prose(book, person, dice)]
    return "\n".join([*lines, "", f"({book.phrases[language]['footer']})", ""])


def cover_letter(book, person):
    language = person.language
    text = TEXT[language]
    dice = Dice(f"letter/{person.ref}")
    phrases = book.phrases[language]
    lines = [
        f"# {text['letter']}",
        text["greeting"].format(title=person.trade[language]["title"]),
        "",
    ]
    lines += ["\n\n".join([*prose(book, person, dice), *dice.sample(phrases["plans"], 2)]), ""]
    return "\n".join([*lines, text["closing"], person.name, "", f"({phrases['footer']})", ""])


def certificate(book, person):
    language = person.language
    code, year = person.licences[0]
    return TEXT[language]["certificate"].format(
        licence=book.label("licences", code, language),
        name=person.name,
        year=year,
        number=f"INV-{year}-{person.number:05d}",
        footer=book.phrases[language]["footer"],
    )


def pdf(lines):
    """A one-page PDF 1.4 with the ASCII `lines` in Helvetica and a true offset table."""
    shown = "".join(
        f"({line.replace(chr(92), '').replace('(', '[').replace(')', ']')}) Tj T*\n"
        for line in lines
    )
    stream = f"BT /F1 11 Tf 14 TL 72 770 Td\n{shown}ET"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    tail = f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return (out + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n" + table + tail).encode(
        "ascii"
    )
