"""A person confirms: the chosen holds are asked of their banks, one request a bank, all in one transaction with their outbox rows."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

from izker.holds.clocks import deadline
from izker.holds.requests import Ground, HoldLine, HoldRequest
from izker.server.actions import Action, Changed
from izker.server.clock import now
from izker.server.money.models import Hold, HoldState
from izker.server.money.state import move
from izker.server.register.models import Case
from izker.server.register.record import record
from izker.server.relay.models import Bank, OutboxMessage
from izker.server.relay.outbox import enqueue
from izker.times import from_us, to_us
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

CLOCK = "suspension"


class RequestHolds(Action[list[OutboxMessage]]):
    act = "hold.request"

    def __init__(self, actor: User, case: Case, numbers: list[str]) -> None:
        super().__init__(actor)
        self.case = case
        self.numbers = numbers

    def execute(self) -> list[OutboxMessage]:
        holds = list(Hold.objects.filter(case=self.case, number__in=self.numbers, state=HoldState.SUGGESTED))
        if not self.numbers:
            raise Refusal(N_("choose at least one hold to ask for"))
        if len(holds) != len(set(self.numbers)):
            raise Changed(self.case.number)
        at = now()
        clock = deadline(CLOCK, to_us(at), known_at=to_us(at))
        answer_due = deadline("bank_answer", to_us(at), known_at=to_us(at))
        by_bank: dict[str, list[Hold]] = defaultdict(list)
        for hold in holds:
            by_bank[hold.bank].append(hold)
        banks = Bank.objects.in_bulk(list(by_bank))
        messages = []
        for bank, wanted in sorted(by_bank.items()):
            if bank not in banks:
                raise Refusal(N_("bank {bank} is not on the relay: call it and ask by letter"), bank=bank)
            key = uuid.uuid4()
            request = HoldRequest(
                request_id=key.hex,
                bank=bank,
                asked_us=to_us(at),
                lines=tuple(
                    HoldLine(
                        line=number,
                        account=hold.account,
                        amount=hold.amount,
                        report_id=self.case.number,
                        ground=Ground.FRAUD,
                        clock=CLOCK,
                        until_us=clock.until_us,
                        reasons=tuple(reason["code"] for reason in hold.reasons),
                    )
                    for number, hold in enumerate(wanted, 1)
                ),
            )
            for hold in wanted:
                move(
                    hold,
                    HoldState.ASKED,
                    actor=self.actor.username if self.actor else "system",
                    asked_at=at,
                    asked_by=self.actor.username if self.actor else "system",
                    answer_due=from_us(answer_due.until_us),
                    until=from_us(clock.until_us),
                    ground=clock.law,
                )
            messages.append(enqueue(key=key, bank=banks[bank], kind="holds", target=self.case.number, body=request.to_json()))
        asked = sum(h.amount for h in holds)
        record(self.case, "holds_asked", actor=self.actor.username if self.actor else "system", facts={"holds": self.numbers, "asked": asked})
        self.target = self.case.number
        self.detail = {"holds": self.numbers, "asked": asked, "banks": sorted(by_bank)}
        return messages
