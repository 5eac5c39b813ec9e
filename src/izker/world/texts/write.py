"""Compose statements: which fragments, which identifiers, which script and which mistakes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from izker.times import local
from izker.world.texts.noise import roughen

_SEXES = re.compile(r"\[([^|\[\]]+)\|([^|\[\]]+)\]")
ROOT = Path(__file__).parent / "grammar"
MONTHS = {
    "kk": (
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ),
    "ru": (
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


@dataclass(frozen=True)
class Facts:
    """What a statement may mention. Amounts are tenge; `clues` are (kind, value) of the fraudsters' identifiers in
    this fraud.
    """

    scheme: str
    channel: str
    language: str
    amount: int
    occurred: int
    woman: bool
    home_sale: bool
    courier: bool
    loan: bool
    bank: dict[str, str]
    clues: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Statement:
    language: str
    text: str
    clues: tuple[tuple[str, str], ...]  # those that stand in the text


@lru_cache
def grammar(language: str) -> dict[str, Any]:
    """All fragments of a language: {"common": {...}, "scheme": {code: {...}}}."""
    merged: dict[str, Any] = {"common": {}, "scheme": {}}
    for path in sorted((ROOT / language).glob("*.toml")):
        with path.open("rb") as file:
            part = tomllib.load(file)
        merged["common"].update(part.get("common", {}))
        for code, entry in part.get("scheme", {}).items():
            merged["scheme"].setdefault(code, {}).update(entry)
    return merged


def money(rng: np.random.Generator, tenge: int, language: str) -> str:
    """An amount as people write it: 1 200 000 теңге, 1,2 млн, 350 мың, 350000 тг."""
    unit = {"kk": ("теңге", "тг", "тенге"), "ru": ("тенге", "тг", "₸"), "en": ("tenge", "KZT", "₸")}[language]
    word = unit[int(rng.integers(0, 3))]
    style = rng.random()
    if tenge >= 1_000_000 and tenge % 10_000 == 0 and style < 0.45:
        number = f"{tenge / 1_000_000:g}".replace(".", "." if language == "en" else ",")
        return f"{number} {'million' if language == 'en' else 'млн'} {word}"
    if tenge % 1_000 == 0 and tenge < 1_000_000 and style < 0.35:
        return f"{tenge // 1_000} {({'kk': 'мың', 'ru': 'тысяч', 'en': 'thousand'})[language]} {word}"
    if style < 0.75:
        return f"{tenge:,}".replace(",", "," if language == "en" else " ") + f" {word}"
    return f"{tenge} {word}"


def day(rng: np.random.Generator, moment: int, language: str) -> str:
    when = local(moment)
    if rng.random() < 0.4:
        return f"{when.day:02d}.{when.month:02d}.{when.year}"
    name = MONTHS[language][when.month - 1]
    if language == "kk":
        return f"{when.day} {name} күні"
    return f"{name} {when.day}" if language == "en" and rng.random() < 0.5 else f"{when.day} {name}"


def phone(rng: np.random.Generator, value: str) -> str:
    """+77000123456 as people write it."""
    d = value[2:]
    forms = (
        value,
        f"8{d}",
        f"+7 {d[:3]} {d[3:6]} {d[6:8]} {d[8:]}",
        f"8 {d[:3]} {d[3:6]}-{d[6:8]}-{d[8:]}",
        f"8({d[:3]}){d[3:6]}{d[6:]}",
        f"+7({d[:3]}) {d[3:6]}-{d[6:8]}-{d[8:]}",
    )
    return forms[int(rng.integers(0, len(forms)))]


def spaced(rng: np.random.Generator, value: str) -> str:
    return value if rng.random() < 0.6 else " ".join(value[i : i + 4] for i in range(0, len(value), 4))


def capital(sentence: str) -> str:
    return sentence if sentence.startswith(("http", "@")) else sentence[:1].upper() + sentence[1:]


def write_statements(facts: list[Facts], rng: np.random.Generator) -> list[Statement]:
    return [_write(one, rng) for one in facts]


def _write(facts: Facts, rng: np.random.Generator) -> Statement:
    words = grammar(facts.language)
    common, scheme = words["common"], words["scheme"][facts.scheme]

    def pick(options: list[str]) -> str:
        return options[int(rng.integers(0, len(options)))]

    parts: list[str] = []
    if rng.random() < 0.35:
        parts.append(pick(common["greeting"]))
    parts.append(pick(scheme.get(f"open_{facts.channel}", scheme["open"])))
    if rng.random() < 0.85:
        parts.append(pick(scheme["story"]))
    if facts.home_sale:
        parts.append(pick(common["home_sale"]))
    elif facts.courier:
        parts.append(pick(common["courier"]))
    elif facts.loan and facts.scheme != "loan_in_name":
        parts.append(pick(common["loan"]))
    parts.append(pick(scheme.get("loss", common["loss"])))
    if rng.random() < 0.55:
        parts.append(pick(scheme.get("after", common["after"])))
    told: list[tuple[str, str]] = []
    for kind, value in facts.clues:
        if kind in common["clue"] and rng.random() < {"phone": 0.72, "iban": 0.5, "card": 0.4}.get(kind, 0.65):
            shown = phone(rng, value) if kind == "phone" else spaced(rng, value) if kind in {"iban", "card"} else value
            parts.append(pick(common["clue"][kind]).replace("{value}", shown))
            told.append((kind, value))
    if rng.random() < 0.4:
        parts.append(pick(common["plea"]))
    fill = {
        "amount": money(rng, facts.amount, facts.language),
        "day": day(rng, facts.occurred, facts.language),
        "bank": facts.bank[facts.language],
        **{slot: pick(options) for slot, options in common["fill"].items()},
    }
    sentences = [_SEXES.sub(lambda m: m[2 if facts.woman else 1], part) for part in parts]
    text = " ".join(capital(s.format(**fill) if "{" in s else s) for s in sentences)
    return Statement(facts.language, roughen(text, [v for _k, v in told], facts.language, rng), tuple(told))
