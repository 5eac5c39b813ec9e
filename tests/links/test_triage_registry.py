"""At-risk triage and the registry: rules, unknown facts, expiry and appeal."""

from __future__ import annotations

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


def test_silence_in_a_text_is_no_no() -> None:
    assert triage.facts_in("код сұрады") == {}


def test_a_broken_rule_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('levels = ["x"]\n[[rule]]\nid = "r1"\nlevel = "y"\nall = [{ fact = "age", at_least = 1 }]\n', encoding="utf-8")
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
