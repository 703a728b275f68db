"""The same invented people and postings as JSON Resume 1.0 and schema.org JobPosting documents."""
# SPDX-License-Identifier: Apache-2.0
import json

import documents
from words import NOW, Dice, fill, year_month

RESUME_SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
SKILL_LEVELS = ("Beginner", "Beginner", "Intermediate", "Advanced", "Master")
STUDY = {
    "upper_secondary": "High School",
    "short_tertiary": "Associate",
    "bachelor": "Bachelor",
    "master": "Master",
}
EMPLOYMENT = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "internship": "INTERN",
}
CREDENTIALS = {
    "upper_secondary": "high school",
    "short_tertiary": "associate degree",
    "bachelor": "bachelor degree",
}


def write(document):
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def month(months):
    year, number = year_month(months)
    return f"{year}-{number:02d}"


def work_entry(book, language, job):
    """The position is an exact label and the present job has an end: both count as experience."""
    return {
        "name": job.employer,
        "position": book.label("occupations", job.trade["isco"], language),
        "startDate": month(job.begin),
        "endDate": month(NOW - 1 if job.end is None else job.end),
        "highlights": [*job.duties, *job.wins],
    }


def fluency(level):
    return "Native speaker" if level == "native" else level


def home_town(book, person):
    code = person.regions[0]
    return book.hubs[code][0] if code in book.hubs else code


def json_resume(book, person):
    language = person.language
    dice = Dice(f"json-resume/{person.ref}")
    town = home_town(book, person)
    province = next(p for p, towns in book.hubs.items() if town in towns)
    school, begin, end = person.school
    basics = {
        "name": person.name,
        "label": book.label("occupations", person.trade["isco"], language),
        "email": f"{person.ref}@example.com",
        "phone": f"000-0000-{person.number:04d}",
        "summary": " ".join(documents.prose(book, person, dice)),
        "location": {
            "countryCode": person.country,
            "region": book.label("regions", province, language),
            "city": book.label("regions", town, language),
        },
    }
    names = book.phrases["names"][f"languages_{language}"]
    return write(
        {
            "$schema": RESUME_SCHEMA,
            "basics": basics,
            "work": [work_entry(book, language, job) for job in person.jobs],
            "education": [
                {
                    "institution": school,
                    "area": person.trade[language]["major"],
                    "studyType": STUDY[person.education],
                    "startDate": month(begin),
                    "endDate": month(end),
                }
            ],
            "certificates": [
                {
                    "name": book.label("licences", code, language),
                    "date": f"{year}-05",
                    "issuer": "Invented Examination Board",
                }
                for code, year in person.licences
            ],
            "skills": [
                {"name": book.label("skills", code, language), "level": SKILL_LEVELS[level - 1]}
                for code, level in person.skills
            ],
            "languages": [
                {"language": names[code], "fluency": fluency(level)}
                for code, level in person.languages
            ],
            "meta": {
                "version": "v1.0.0",
                "canonical": f"https://example.com/invented/{person.ref}.json",
            },
        }
    )


def place_of(book, plan):
    region, language = plan["region"], plan["language"]
    province = next(p for p, towns in book.hubs.items() if region == p or region in towns)
    address = {
        "@type": "PostalAddress",
        "addressCountry": plan["country"],
        "addressRegion": book.label("regions", province, language),
    }
    if region != province:
        address["addressLocality"] = book.label("regions", region, language)
    return {"@type": "Place", "address": address}


def salary_of(plan):
    wage = plan["wage"]
    return {
        "@type": "MonetaryAmount",
        "currency": wage["currency"],
        "value": {
            "@type": "QuantitativeValue",
            "minValue": wage["min"],
            "maxValue": wage["max"],
            "unitText": "MONTH",
        },
    }


def job_posting(book, plan, months):
    language, trade, dice = plan["language"], plan["trade"], plan["dice"]
    skills = [code for code, _ in plan["required"]["skills"] + plan["preferred_skills"]]
    document = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": trade[language]["title"],
        "description": "<p>"
        + "</p><p>".join(fill(line, dice) for line in trade[language]["posting"])
        + "</p>",
        "identifier": {
            "@type": "PropertyValue",
            "name": plan["company"]["name"],
            "value": plan["ref"],
        },
        "datePosted": "2026-11-02",
        "validThrough": "2027-01-31T23:59:00+09:00",
        "hiringOrganization": {
            "@type": "Organization",
            "name": plan["company"]["name"],
            "sameAs": "https://example.com/invented",
        },
        "occupationalCategory": f"{trade['isco'].removeprefix('ISCO-')} "
        f"{book.label('occupations', trade['isco'], language)}",
        "employmentType": [EMPLOYMENT[kind] for kind in plan["employment"]],
        "jobLocation": place_of(book, plan),
        "baseSalary": salary_of(plan),
        "skills": [book.label("skills", code, language) for code in skills],
    }
    if months:
        document["experienceRequirements"] = {
            "@type": "OccupationalExperienceRequirements",
            "monthsOfExperience": months,
        }
    if plan["education"]:
        document["educationRequirements"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": CREDENTIALS[plan["education"]],
        }
    return write(document)
