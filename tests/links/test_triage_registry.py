"""At-risk triage and the registry: rules, unknown facts, expiry and appeal."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.links import registry, triage
from izker.links.registry import Sighting, Step
from izker.times import US_PER_DAY
from izker.words import LANGUAGES, Refusal


def test_an_elderly_person_selling_a_home_after_long_calls_is_called_now() -> None:
    found = triage.triage({"age": 71, "call_minutes": 95, "home_sale": True})
    assert found.level == "call_now"
    assert [rule.id for rule in found.because] == ["elderly_home_or_loan_after_long_calls"]
    assert found.facts == {"age": 71, "call_minutes": 95, "home_sale": True}
    assert all(found.reasons(code) and found.advice(code) for code in LANGUAGES)


def test_a_loan_in_progress_counts_like_a_sale() -> None:
    assert triage.triage({"age": 60, "call_minutes": 30, "loan_in_progress": True}).level == "call_now"


@pytest.mark.parametrize("facts", [{"age": 59, "call_minutes": 95, "home_sale": True}, {"age": 71, "call_minutes": 29, "home_sale": True}])
def test_one_failing_condition_is_enough_not_to_call(facts: dict[str, triage.Fact]) -> None:
    assert triage.triage(facts).level != "call_now"


def test_an_unknown_fact_that_could_raise_the_level_is_asked_for() -> None:
    assert "age" in triage.triage({"call_minutes": 95, "home_sale": True}).ask
    assert "age" not in triage.triage({"age": 40, "call_minutes": 95, "home_sale": False, "money_moving": False}).ask


@pytest.mark.parametrize("text", ["Әжем пәтерін сатып жатыр", "Бабушка хочет продать квартиру", "grandma is selling her flat"])
def test_a_sale_is_heard_in_three_languages(text: str) -> None:
    assert triage.facts_in(text).get("home_sale") is True


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Мне 72 года, следователь говорил со мной 2 часа, продаю квартиру", {"age": 72, "call_minutes": 120, "home_sale": True}),
        ("77 жаста, пәтерін сатып жатыр, күні бойы телефонмен сөйлесті", {"age": 77, "call_minutes": 480, "home_sale": True}),
        ("I'm 70 and was on the phone for 40 minutes, selling my home", {"age": 70, "call_minutes": 40, "home_sale": True}),
        ("Әжем 83-те, 59-летняя дочь", {"age": 83}),
        ("кредит на 60 лет, 70 лет назад, ему 12 лет", {}),
        ("Через два часа позвонили, 2 hours later she called", {}),
        ("Ждал 3 часа в очереди. Потом позвонили", {}),
    ],
)
def test_ages_and_lengths_of_calls_are_read_where_the_text_tells_them(text: str, facts: dict[str, triage.Fact]) -> None:
    found = triage.facts_in(text)
    assert {key: found[key] for key in ("age", "call_minutes", "home_sale") if key in found} == facts


def test_the_forms_answers_keep_what_the_form_promises() -> None:
    """'They are still calling me' and 'I am selling my home because of them' promise a call: the desk is told so."""
    for answer in ("long_calls", "home_sale"):
        found = triage.triage(triage.facts_of_answers({answer: True}))
        assert found.level == triage.rules().urgent
        assert [rule.id for rule in found.because] == ["victim_still_in_their_hands"]
    assert triage.facts_of_answers({"long_calls": False, "age_band": "75+"}) == {}


RULE = """
[[level]]
id = "now"
name = { kk = "а", ru = "б", en = "c" }
[[fact]]
id = "age"
kind = "number"
name = { kk = "а", ru = "б", en = "c" }
[[rule]]
id = "r"
level = "now"
all = [{ fact = "age", at_least = 60 }]
name = { kk = "а", ru = "б", en = "c" }
advice = { kk = "а", ru = "б", en = "c" }
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("at_least = 60", 'at_least = "60"', "rule r"),
        ("at_least = 60", "is = true", "rule r"),
        ('fact = "age"', 'fact = "agee"', "rule r"),
        ('level = "now"', 'level = "later"', "rule r"),
        ('kind = "number"', 'kind = "number"\nreads = "shoe size"', "fact age"),
        ('kind = "number"', 'kind = "number"\nwords = "x"', "fact age"),
        ('{ kk = "а", ru = "б", en = "c" }\nadvice', '{ kk = "а", ru = "", en = "c" }\nadvice', "rule r"),
        ("all = [{", "all = {", "TOML|rule"),
        ("[[rule]]", "[rule]", "rule"),
        ("[[level]]", "[[lewel]]", "rule r"),
        ("all = [{ fact", "every = [{ fact", "rule r"),
    ],
)
def test_each_mistake_in_the_rules_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert triage.parse(RULE, "x").urgent == "now"
    broken = RULE.replace(old, new) if old != "all = [{" else RULE.replace("[{ fact", "{ fact").replace("60 }]", "60 }")
    assert broken != RULE
    with pytest.raises(Refusal, match=told):
        triage.parse(broken, "x")


@given(st.text(max_size=400))
def test_any_text_as_rules_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Refusal):
        triage.parse(text, "x")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["level", "fact", "rule", "id", "name", "all", "any", "words", "kk"]), inner, max_size=4), max_leaves=20))
def test_any_table_as_rules_is_read_or_refused(raw: object) -> None:
    if isinstance(raw, dict):
        with contextlib.suppress(Refusal):
            triage.read(raw, "x")


def test_silence_in_a_text_is_no_no() -> None:
    assert triage.facts_in("код сұрады") == {}


@pytest.mark.parametrize("piece", ["2 часа ", "звонил 2 ", "72 ", "мне 72 года ", "продаю ", ". ", "й" * 50 + " ", "через 2 часа "])
def test_a_long_text_is_read_in_linear_time(piece: str) -> None:
    """Twenty thousand characters are the longest report the form takes."""
    started = time.process_time()
    triage.facts_in(piece * (20_000 // len(piece)))
    assert time.process_time() - started < 2


def test_a_broken_rule_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[level]]\nid = "x"\n[[rule]]\nid = "r1"\nlevel = "y"\nall = [{ fact = "age", at_least = 1 }]\n', encoding="utf-8")
    with pytest.raises(Refusal, match="r1"):
        triage.load(path)
    path.write_text("not toml [", encoding="utf-8")
    with pytest.raises(Refusal):
        triage.load(path)


def at(day: int) -> int:
    return day * US_PER_DAY


def seen(*sightings: tuple[str, str, int]) -> registry.Entry:
    entry = None
    for source, reason, day in sightings:
        entry = registry.see(entry, "card", "4400431234561207", Sighting(source, reason, at(day), "71"))
    assert entry is not None
    return entry


def test_an_entry_never_holds_a_whole_card() -> None:
    assert seen(("r1", "named_in_report", 0)).value == "440043******1207"


def test_the_same_message_twice_counts_once() -> None:
    assert seen(("r1", "named_in_report", 0), ("r1", "named_in_report", 5)).sources == 1


def test_certainty_grows_with_independent_sources() -> None:
    entry = seen(("r1", "named_in_report", 0), ("r2", "named_in_report", 1), ("bank", "bank_confirmed", 2))
    assert registry.certainty(entry, at(3)) == pytest.approx(1 - 0.65 * 0.65 * 0.15)
    assert registry.status(entry, at(3)) == "listed"


def test_one_report_is_watched_and_expires() -> None:
    entry = seen(("r1", "named_in_report", 0))
    assert registry.status(entry, at(1)) == "watched"
    assert registry.expires_at(entry) == at(90)
    assert registry.status(entry, at(90)) == "expired"


def test_an_open_appeal_takes_the_entry_off_the_list_and_a_refusal_puts_it_back() -> None:
    entry = seen(("bank", "bank_confirmed", 0))
    appealed = registry.appeal(entry, "бұл менің картам", at(1))
    assert registry.status(appealed, at(1)) == "watched"
    refused = registry.decide(appealed, granted=False, ground="банк қайта растады", now=at(2))
    assert registry.status(refused, at(2)) == "listed"


def test_a_granted_appeal_withdraws_until_a_new_sighting() -> None:
    appealed = registry.appeal(seen(("bank", "bank_confirmed", 0)), "қате", at(1))
    granted = registry.decide(appealed, granted=True, ground="қате расталды", now=at(2))
    assert registry.status(granted, at(2)) == "withdrawn"
    again = registry.see(granted, granted.kind, granted.value, Sighting("court", "court_decision", at(5)))
    assert registry.status(again, at(5)) == "listed"


def test_wrong_steps_of_an_appeal_are_refused() -> None:
    entry = seen(("r1", "named_in_report", 0))
    with pytest.raises(Refusal):
        registry.decide(entry, granted=True, ground="x", now=at(1))
    with pytest.raises(Refusal):
        registry.appeal(entry, " ", at(1))
    with pytest.raises(Refusal):
        registry.see(entry, "phone", "x", Sighting("r", "no_such_reason", 0))


def test_an_officers_word_extends_and_a_withdrawal_takes_everything_off() -> None:
    entry = seen(("r1", "named_in_report", 0))
    entry = registry.confirm(entry, entry.kind, entry.value, Sighting("officers", "phishing_checked", at(1)))
    assert (registry.status(entry, at(2)), registry.expires_at(entry)) == ("listed", at(181))
    later = registry.confirm(entry, entry.kind, entry.value, Sighting("officers", "phishing_checked", at(100)))
    assert registry.expires_at(later) == at(280)
    assert registry.certainty(later, at(101)) == pytest.approx(0.9)  # the first report's word has expired, the officers are one source
    gone = registry.withdraw(later, "қате", at(102))
    assert registry.status(gone, at(102)) == "withdrawn"
    with pytest.raises(Refusal):
        registry.withdraw(gone, "қате", at(103))
    with pytest.raises(Refusal):
        registry.withdraw(later, "  ", at(103))


REASONS = st.sampled_from(["named_in_report", "received_stolen_money", "phishing_checked", "court_decision"])
ACTS = st.lists(st.tuples(st.sampled_from(["seen", "listed", "withdrawn", "appealed", "granted", "refused", "undone"]), REASONS, st.integers(0, 3)), max_size=25)


@given(ACTS)
def test_the_fold_of_the_log_is_what_the_transitions_made_and_taking_back_is_exact(acts: list[tuple[str, str, int]]) -> None:
    """The log is written as the server writes it: a step only where its transition changes something and is not refused."""
    steps: list[Step] = []
    entry = registry.fold("phone", "+77011234567", ())
    former: dict[int, registry.Entry] = {}
    for number, (kind, reason, who) in enumerate(acts, 1):
        now = at(number)
        sighting = Sighting(f"r{who}", reason, now)
        try:
            match kind:
                case "seen":
                    after = registry.see(entry, entry.kind, entry.value, sighting)
                case "listed":
                    sighting = Sighting("officers", reason, now)
                    after = registry.confirm(entry, entry.kind, entry.value, sighting)
                case "withdrawn":
                    after = registry.withdraw(entry, "негізі", now)
                case "appealed":
                    after = registry.appeal(entry, "мәтін", now)
                case "undone":
                    last = registry.undoable(steps)
                    if last is None or any(s.number > last.number for s in steps if s.kind == "seen"):
                        continue
                    steps.append(Step(number, "undone", now, undoes=last.number))
                    entry = registry.fold(entry.kind, entry.value, steps)
                    assert entry == former[last.number]
                    continue
                case _:
                    after = registry.decide(entry, granted=kind == "granted", ground="негізі", now=now)
        except Refusal:
            continue
        if after == entry:
            continue
        former[number] = entry
        entry = after
        text = {"appealed": "мәтін", "granted": "негізі", "refused": "негізі"}.get(kind, "")
        steps.append(Step(number, kind, now, reason if kind in ("seen", "listed") else "", sighting.source if kind in ("seen", "listed") else "", text=text))
        assert registry.fold(entry.kind, entry.value, steps) == entry
