"""A planted new scheme among ordinary reports: days from its fifth report to the flag, and false alerts a week.

Texts are generated here from phrases, in Kazakh and Russian, by the hand that wrote the detector: the figures
compare settings and guard against regressions; they are no accuracy on real statements. Constants of the detector were
chosen on other seeds (500-539 of the planted reports, 1007 and 1008 of the country's) than those run here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from izker.outlook.text_clusters import find
from izker.outlook.text_reports import UNSURE_BELOW, TextReport

if TYPE_CHECKING:
    from izker.schemes import Verdict

OPENINGS = (
    "Маған белгісіз адам қоңырау шалды",
    "Мне позвонил неизвестный",
    "Жарнамаға жазылдым",
    "Написали в мессенджере",
    "Увидела объявление",
    "Әлеуметтік желіден көрдім",
    "Вчера вечером",
    "Өткен аптада",
    "Муж нашёл сайт",
    "Дочери пришло сообщение",
)
MIDDLES = (
    "өзін банк қызметкерімін деп таныстырып, шотыңызға қауіп төнді деді",
    "представился сотрудником банка и сказал, что на меня оформляют кредит",
    "просил предоплату за телефон и исчез",
    "алдын ала төлем сұрап, кейін жауап бермеді",
    "обещали доход от акций, показывали график и личный кабинет",
    "инвестиция салсаң екі есе табыс болады деп сендірді",
    "предложили подработку: ставить лайки за деньги, потом попросили внести залог",
    "полиция тергеушісімін деп ақшаны қауіпсіз шотқа аудартты",
    "просила скинуть деньги от имени моей знакомой, её страницу взломали",
    "жалға пәтер беремін деп кепілақы алды",
    "попросил установить приложение для удалённого доступа",
    "сәлемдеме келді, жеткізу үшін карта деректерін енгізіңіз деді",
)
ENDINGS = (
    "Потом деньги ушли на чужой счёт.",
    "Ақшаны аударып жібердім.",
    "Перевёл через приложение банка.",
    "Картадан ақша шешілді.",
    "После этого телефон отключили.",
    "Кейін бұғаттап тастады.",
    "Обратился в полицию на следующий день.",
    "Туыстарым айтқанда ғана түсіндім.",
)
PLANTED = (
    "мына суреттегі сіз бе деп сілтеме жіберді, бетте байланыстыру кодын терді",
    "прислали ссылку «это вы на фото», страница просила ввести код сопряжения устройства",
    "досымнан хабар келді: мына суреттегі сіз бе, ашсам байланыстыру кодын сұрады, https://foto-dauys.example/a",
    "ввела код сопряжения на странице с фото, потом от моего имени писали всем контактам",
    "байланыстыру кодын енгізген соң мессенджеріме басқа құрылғы қосылды",
    "это вы на фото, открыла https://foto-dauys.example/k и набрала код сопряжения",
)


KAZAKH = set("әғқңөұүһі")


def _story(rng: np.random.Generator, middle: str) -> str:
    """An opening and an ending in the language of the middle."""
    kazakh = bool(KAZAKH & set(middle))
    opening = rng.choice([o for o in OPENINGS if bool(KAZAKH & set(o.lower())) == kazakh])
    ending = rng.choice([e for e in ENDINGS if bool(KAZAKH & set(e.lower())) == kazakh])
    return f"{opening}, {middle}. {ending}"


def _filler(rng: np.random.Generator) -> str:
    letters = "абдежзиклмнопрстуя"
    return "".join(rng.choice(list(letters), int(rng.integers(5, 9))))


def ordinary(start: datetime, days: int, *, per_day: float, unsure: float, seed: int) -> list[TextReport]:
    """Reports of known schemes; a share `unsure` of them the classifier could not place, by chance; names and
    oddities are random.
    """
    rng = np.random.default_rng(seed)
    out = []
    for day in range(days):
        for i in range(int(rng.poisson(per_day))):
            text = f"{_story(rng, str(rng.choice(MIDDLES)))} {_filler(rng)} {_filler(rng)}"
            when = start + timedelta(days=day, minutes=int(rng.integers(0, 1440)))
            out.append(TextReport(f"{seed}-{day}-{i}", when, text, bool(rng.random() < unsure)))
    return out


def planted(start: datetime, count: int, *, seed: int, days: float = 4.0) -> list[TextReport]:
    """`count` reports of the new scheme over `days`; the classifier is unsure of nine in ten."""
    rng = np.random.default_rng(seed)
    out = []
    for i, at in enumerate(np.sort(rng.uniform(0, days * 1440, count))):
        text = f"{_story(rng, PLANTED[(i + seed) % len(PLANTED)])} {_filler(rng)}"
        out.append(
            TextReport(f"new-{seed}-{i}", start + timedelta(minutes=float(at)), text, i < 6 or bool(rng.random() < 0.9))
        )
    return out


def run(repeats: int = 20) -> dict[str, float]:
    """Median and largest days from the fifth report to the flag, share flagged, and false alerts a week, looked at
    daily.
    """
    waits: list[float] = []
    false_alerts = weeks = 0.0
    start = datetime(2025, 6, 1)  # noqa: DTZ001 - wall clock of a simulation
    for seed in range(repeats):
        background = ordinary(start, 104, per_day=25, unsure=0.1, seed=100 + seed)
        begin = start + timedelta(days=90)
        new = planted(begin, 14, seed=seed, days=10.0)
        fifth = sorted(r.reported_at for r in new)[4]
        flagged = None
        told: set[str] = set()
        for day in range(60, 104):
            now = start + timedelta(days=day + 1)
            for cluster in find([*background, *new] if now > begin else background, now=now):
                if not cluster.flagged:
                    continue
                if any(i.startswith("new") for i in cluster.report_ids):
                    flagged = flagged or now
                elif cluster.cluster_id not in told:
                    told.add(cluster.cluster_id)
                    false_alerts += 1
        weeks += 44 / 7
        waits.append((flagged - fifth).total_seconds() / 86_400 if flagged else np.inf)
    return {
        "flagged": float(np.isfinite(waits).mean()),
        "median_days": float(np.median(waits)),
        "largest_days": float(np.max(waits)),
        "false_alerts_a_week": false_alerts / weeks,
    }


def unsure(verdict: Verdict) -> bool:
    """As on the desk: the classifier abstained, or gave less than even odds."""
    return verdict.abstained or verdict.probability < UNSURE_BELOW


def world_reports(start: datetime, days: int, *, per_day: float, seed: int) -> list[TextReport]:
    """Statements of the simulated country's grammar (synthetic), unsure where the shipped classifier is."""
    from izker.jurisdictions import data
    from izker.schemes.classifier import classify
    from izker.world.texts import write_statements
    from izker.world.texts.write import Facts, grammar

    rng = np.random.default_rng(seed)
    names = [b["name"] for b in data("kz", "banks")["bank"]]
    count = int(rng.poisson(per_day * days))
    minutes = np.sort(rng.uniform(0, days * 1440, count))
    facts = []
    for at in minutes:
        language = str(rng.choice(["kk", "ru", "en"], p=[0.5, 0.46, 0.04]))
        facts.append(
            Facts(
                scheme=str(rng.choice(sorted(grammar(language)["scheme"]))),
                channel=str(rng.choice(["call", "messenger", "social"])),
                language=language,
                amount=int(rng.lognormal(12.5, 1.2)),
                occurred=int((start.timestamp() + at * 60) * 1_000_000),
                woman=bool(rng.random() < 0.57),
                home_sale=False,
                courier=False,
                loan=False,
                bank=names[int(rng.integers(len(names)))],
                clues=(),
            )
        )
    texts = [s.text for s in write_statements(facts, rng)]
    verdicts = classify(texts)
    return [
        TextReport(f"w{seed}-{i}", start + timedelta(minutes=float(at)), text, unsure(verdict))
        for i, (at, text, verdict) in enumerate(zip(minutes, texts, verdicts, strict=True))
    ]


def run_world(repeats: int = 6) -> dict[str, float]:
    """As `run`, among the simulated country's statements; the classifier itself decides which reports it is unsure
    of.
    """
    from izker.schemes.classifier import classify

    start = datetime(2025, 6, 1)  # noqa: DTZ001 - wall clock of a simulation
    begin = start + timedelta(days=90)
    background = world_reports(start, 104, per_day=20, seed=7)
    waits: list[float] = []
    told: set[str] = set()
    doubts: list[bool] = []
    for seed in range(repeats):
        written = planted(begin, 14, seed=seed, days=10.0)
        verdicts = classify([r.text for r in written])
        new = [
            TextReport(r.report_id, r.reported_at, r.text, unsure(v)) for r, v in zip(written, verdicts, strict=True)
        ]
        doubts += [r.unsure for r in new]
        fifth = sorted(r.reported_at for r in new)[4]
        flagged = None
        for day in range(60 if seed == 0 else 90, 104):
            now = start + timedelta(days=day + 1)
            for cluster in find([*background, *new] if now > begin else background, now=now):
                if not cluster.flagged:
                    continue
                if any(i.startswith("new") for i in cluster.report_ids):
                    flagged = flagged or now
                else:
                    told.add(cluster.cluster_id)
        waits.append((flagged - fifth).total_seconds() / 86_400 if flagged else np.inf)
    return {
        "flagged": float(np.isfinite(waits).mean()),
        "median_days": float(np.median(waits)),
        "largest_days": float(np.max(waits)),
        "false_alerts_a_week": len(told) / (44 / 7),
        "unsure_of_new": float(np.mean(doubts)),
        "unsure_of_ordinary": float(np.mean([r.unsure for r in background])),
    }
