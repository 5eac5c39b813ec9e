"""Where stolen money goes: from the first mule account through fan-out, fan-in, peel chains and cycles to cash,
crypto or abroad.

The engine works on parcels: money of one fraud standing on one account. Each hop turns all parcels of that hop into
legs at once. A leg is the part of a transfer that belongs to one fraud; a collector's transfer carries legs of several.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from izker.money import TIYN
from izker.world.accounts import Exits
from izker.world.fraud.cash import withdraw
from izker.world.fraud.incidents import Frauds
from izker.world.fraud.mules import COLLECTOR, FIRST, SECOND, Mules
from izker.world.fraud.payments import ABROAD, COURIER, CRYPTO, MULE, THOUSAND, Payments
from izker.world.parameters import values
from izker.world.register.clock import DAY, HOUR, MINUTE
from izker.world.streams import BoolArray, FloatArray, IntArray, choose, lognormal, stream

KINDS = ("transfer", "cash", "abroad", "crypto", "merchant")
TRANSFER, CASH, AWAY, COIN, SHOP = range(5)
ROLES = (
    "victim_payment",
    "courier_cash",
    "forward",
    "fan_out",
    "fan_in",
    "peel",
    "cycle",
    "cash_out",
    "crypto_desk",
    "abroad",
    "mule_spend",
)
ROLE = {name: code for code, name in enumerate(ROLES)}
MOVES = ("fan_out", "forward", "collect", "peel", "cycle", "cash", "crypto", "abroad", "merchant")
MOVE = {name: code for code, name in enumerate(MOVES)}
NO_LEG = -1


@dataclass
class Legs:
    """One element a leg. `move`: transfers are groups of legs with one move; `parent`: the leg that brought the
    money (NO_LEG at the victim).
    """

    fraud: IntArray
    move: IntArray
    src: IntArray
    dst: IntArray
    amount: IntArray
    at: IntArray
    hop: IntArray
    role: IntArray
    kind: IntArray
    parent: IntArray

    def __len__(self) -> int:
        return len(self.fraud)

    def take(self, rows: IntArray | BoolArray) -> Legs:
        return Legs(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def join(parts: list[Legs]) -> Legs:
    return Legs(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Legs)})


class Chains:
    """Builds the legs of all frauds hop by hop."""

    def __init__(self, seed: int, frauds: Frauds, mules: Mules, exits: Exits) -> None:
        self.rng = stream(seed, "fraud", "chains")
        self.frauds, self.mules, self.exits = frauds, mules, exits
        self.rule = values("fraud")
        self.parts: list[Legs] = []
        self.cash: list[Legs] = []  # wanted withdrawals, not yet cut to the daily limit
        self.size = 0
        self.next_move = 0

    def run(self, payments: Payments, end: int) -> Legs:
        """All legs up to `end`, sorted by time; later ones have not happened."""
        parcels = self._first(payments)
        for hop in range(1, self.rule["max_hops"] + 1):
            parcels = parcels.take(parcels.at < end)
            if not len(parcels):
                break
            parcels = self._hop(parcels, hop)
        legs = join([*self.parts, self._withdrawals()])
        order = np.argsort(legs.at, kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        legs = legs.take(order)
        legs.parent = np.where(legs.parent == NO_LEG, NO_LEG, place[legs.parent])
        return legs.take(legs.at < end)

    def _first(self, payments: Payments) -> Legs:
        victim, org = self.frauds.victim[payments.fraud], self.frauds.organisation[payments.fraud]
        size = len(payments)
        mule = self.mules.pick(self.rng, org, np.full(size, FIRST), payments.at, victim)
        number = self.rng.integers(0, 1 << 30, size)
        desk = self.exits.pick("crypto", org)
        dst = np.select(
            [payments.route == MULE, payments.route == COURIER, payments.route == CRYPTO],
            [mule, self.exits.pick("cash", number), desk],
            self.exits.pick("abroad", number),
        )
        kind = np.select(
            [payments.route == MULE, payments.route == COURIER, payments.route == CRYPTO, payments.route == ABROAD],
            [TRANSFER, CASH, COIN, AWAY],
        )
        same = dst == victim  # a mule robbed by its own organisation: the money goes to a crypto desk instead
        dst, kind = np.where(same, desk, dst), np.where(same, COIN, kind)
        role = np.where(payments.route == COURIER, ROLE["courier_cash"], ROLE["victim_payment"])
        legs = self._emit(
            payments.fraud, victim, dst, payments.amount, payments.at, 0, role, kind, np.full(size, NO_LEG)
        )
        return legs.take(legs.kind == TRANSFER)

    def _emit(
        self,
        fraud: IntArray,
        src: IntArray,
        dst: IntArray,
        amount: IntArray,
        at: IntArray,
        hop: int,
        role: IntArray,
        kind: IntArray,
        parent: IntArray,
        move: IntArray | None = None,
    ) -> Legs:
        """Record legs; returns them with `parent` set to their own number, ready to be parcels of the next hop."""
        size = len(fraud)
        move = np.arange(size) if move is None else move
        part = Legs(fraud, self.next_move + move, src, dst, amount, at, np.full(size, hop), role, kind, parent)
        self.next_move += int(move.max(initial=-1)) + 1
        self.parts.append(part)
        own = np.arange(self.size, self.size + size)
        self.size += size
        return Legs(
            part.fraud, part.move, part.src, part.dst, part.amount, part.at, part.hop, part.role, part.kind, own
        )

    def _hop(self, parcels: Legs, hop: int) -> Legs:
        rng, rule = self.rng, self.rule
        fan_in = parcels.role == ROLE["fan_in"]
        arrived = [self._collected(parcels.take(fan_in), hop)]
        p = parcels.take(~fan_in)
        size = len(p)
        weights = [rule["moves"][name][min(hop, 3) - 1] for name in MOVES]
        if hop == rule["max_hops"]:
            weights = [
                w if name in {"cash", "crypto", "abroad"} else 0.0 for name, w in zip(MOVES, weights, strict=True)
            ]
        move = choose(rng, weights, size)
        chained = (p.role == ROLE["peel"]) & (rng.random(size) < 0.6) & (hop < rule["max_hops"])
        move = np.where(chained, MOVE["peel"], move)
        spread = (p.amount > rule["cash_most"] * TIYN) & (move == MOVE["cash"]) & (hop < rule["max_hops"])
        move = np.where(spread, MOVE["fan_out"], move)
        move = np.where((p.amount < 60_000 * TIYN) & (move == MOVE["fan_out"]), MOVE["forward"], move)
        quick = rng.random(size) < rule["quick_share"]
        low, high = rule["quick_minutes"]
        soon = (low + (high - low) * rng.random(size)) * MINUTE
        waits: FloatArray = lognormal(rng, rule["slow_days"]["median"], rule["slow_days"]["sigma"], size) * DAY
        at = p.at + np.where(quick, soon, waits).astype(np.int64)
        low, high = rule["quick_part"]
        main = np.floor(p.amount * (low + (high - low) * rng.random(size)) / THOUSAND).astype(np.int64) * THOUSAND
        small = (p.amount < rule["whole_below"]["amount"] * TIYN) & (rng.random(size) < rule["whole_below"]["share"])
        whole = (main <= 0) | ~quick | small
        main = np.where(whole, p.amount, main)
        rest = p.amount - main
        arrived += self._moves(p, move, main, at, hop)
        arrived.append(self._rests(p, rest, at, hop))
        return join(arrived)

    def _moves(self, p: Legs, move: IntArray, main: IntArray, at: IntArray, hop: int) -> list[Legs]:
        rng, org = self.rng, self.frauds.organisation[p.fraud]
        out = []
        fan = np.flatnonzero(move == MOVE["fan_out"])
        parts = rng.integers(2, 5, len(fan))
        rows = np.repeat(fan, parts)
        step = np.arange(len(rows)) - np.repeat(np.cumsum(parts) - parts, parts)
        amount = _parts(main[fan], parts)
        out.append(
            self._onward(
                p.take(rows),
                amount,
                at[rows] + step * (20 + rng.integers(0, 60, len(rows))) * 1_000_000,
                hop,
                "fan_out",
                SECOND,
            )
        )
        for name, role, layer in (("forward", "forward", SECOND), ("collect", "fan_in", COLLECTOR)):
            rows = np.flatnonzero(move == MOVE[name])
            out.append(self._onward(p.take(rows), main[rows], at[rows], hop, role, layer))
        rows = np.flatnonzero(move == MOVE["peel"])
        peeled = np.floor(main[rows] * (0.05 + 0.1 * rng.random(len(rows))) / THOUSAND).astype(np.int64) * THOUSAND
        out.append(self._onward(p.take(rows), main[rows] - peeled, at[rows], hop, "peel", SECOND))
        some = peeled > 0
        self._want_cash(p.take(rows[some]), peeled[some], at[rows[some]] + 25 * MINUTE, hop)
        rows = np.flatnonzero(move == MOVE["cycle"])  # back to where it came from; the next hop takes it out again
        sent = p.take(rows)
        back = np.where(sent.role == ROLE["victim_payment"], sent.dst, sent.src)
        turned = back != sent.dst
        out.append(
            self._leave(sent.take(turned), back[turned], main[rows][turned], at[rows][turned], hop, "cycle", TRANSFER)
        )
        lost = sent.take(~turned)
        self._leave(
            lost,
            self.exits.pick("crypto", self.frauds.organisation[lost.fraud]),
            main[rows][~turned],
            at[rows][~turned],
            hop,
            "crypto_desk",
            COIN,
        )
        rows = np.flatnonzero(move == MOVE["cash"])
        self._want_cash(
            p.take(rows), main[rows], at[rows] + (rng.exponential(12.0, len(rows)) * MINUTE).astype(np.int64), hop
        )
        for name, role, kind in (
            ("crypto", "crypto_desk", COIN),
            ("abroad", "abroad", AWAY),
            ("merchant", "mule_spend", SHOP),
        ):
            rows = np.flatnonzero(move == MOVE[name])
            number = org[rows] if name == "crypto" else rng.integers(0, 1 << 30, len(rows))
            self._leave(p.take(rows), self.exits.pick(name, number), main[rows], at[rows], hop, role, kind)
        return out

    def _rests(self, p: Legs, rest: IntArray, at: IntArray, hop: int) -> Legs:
        """The tenth or fifth left behind: spent or cashed by the mule, or sent after the main part; what is below 3
        000 tenge stays.
        """
        rng, rule = self.rng, self.rule
        rows = np.flatnonzero(rest >= 3_000 * TIYN)
        p, rest, at = p.take(rows), rest[rows], at[rows]
        wait = rule["rest_hours"]
        later = at + (lognormal(rng, wait["median"], wait["sigma"], len(rows)) * HOUR).astype(np.int64) + MINUTE
        goes = rule["rest_goes"]
        how = choose(rng, [goes["merchant"], goes["cash"], goes["forward"]], len(rows))
        shop = self.exits.pick("merchant", rng.integers(0, 1 << 30, len(rows)))
        spends, cashed, sent = how == 0, how == 1, how == 2
        self._leave(p.take(spends), shop[spends], rest[spends], later[spends], hop, "mule_spend", SHOP)
        self._want_cash(p.take(cashed), rest[cashed], later[cashed], hop)
        if hop < 2:
            return self._onward(p.take(sent), rest[sent], later[sent], hop, "forward", SECOND)
        desk = self.exits.pick("crypto", self.frauds.organisation[p.fraud[sent]])
        return self._leave(p.take(sent), desk, rest[sent], later[sent], hop, "crypto_desk", COIN).take(
            np.zeros(0, dtype=np.int64)
        )

    def _onward(self, p: Legs, amount: IntArray, at: IntArray, hop: int, role: str, layer: int) -> Legs:
        """To another account of the same organisation; where none is free the money goes to its crypto desk."""
        org = self.frauds.organisation[p.fraud]
        dst = self.mules.pick(self.rng, org, np.full(len(p), layer), at, p.dst)
        stuck = dst == p.dst
        self._leave(
            p.take(stuck), self.exits.pick("crypto", org[stuck]), amount[stuck], at[stuck], hop, "crypto_desk", COIN
        )
        return self._leave(p.take(~stuck), dst[~stuck], amount[~stuck], at[~stuck], hop, role, TRANSFER)

    def _leave(self, p: Legs, dst: IntArray, amount: IntArray, at: IntArray, hop: int, role: str, kind: int) -> Legs:
        size = len(p)
        return self._emit(
            p.fraud, p.dst, dst, amount, at, hop, np.full(size, ROLE[role]), np.full(size, kind), p.parent
        )

    def _want_cash(self, p: Legs, amount: IntArray, at: IntArray, hop: int) -> None:
        size = len(p)
        zero = np.zeros(size, dtype=np.int64)
        self.cash.append(Legs(p.fraud, zero, p.dst, zero, amount, at, np.full(size, hop), zero, zero, p.parent))

    def _collected(self, p: Legs, hop: int) -> Legs:
        """A collector gathers what came in within some hours and sends it on as one transfer."""
        if not len(p):
            return p
        rng = self.rng
        window = p.at // (2 * HOUR + (p.dst % 5) * HOUR)
        groups, group = np.unique(np.stack([p.dst, window]), axis=1, return_inverse=True)
        group = group.ravel()
        count = int(groups.shape[1])
        last = np.zeros(count, dtype=np.int64)
        np.maximum.at(last, group, p.at)
        flush = last + rng.integers(4, 54, count) * MINUTE
        where = choose(rng, [0.46, 0.26, 0.28] if hop < self.rule["max_hops"] else [0.6, 0.4, 0.0], count)
        org = np.zeros(count, dtype=np.int64)
        org[group] = self.frauds.organisation[p.fraud]
        onward = self.mules.pick(rng, org, np.full(count, SECOND), flush, groups[0])
        where = np.where(onward == groups[0], 0, where)
        number = rng.integers(0, 1 << 30, size=count)
        dst = np.select(
            [where == 0, where == 1], [self.exits.pick("crypto", org), self.exits.pick("abroad", number)], onward
        )
        kind = np.select([where == 0, where == 1], [COIN, AWAY], TRANSFER)
        role = np.select([where == 0, where == 1], [ROLE["crypto_desk"], ROLE["abroad"]], ROLE["forward"])
        sent = self._emit(
            p.fraud, p.dst, dst[group], p.amount, flush[group], hop, role[group], kind[group], p.parent, group
        )
        return sent.take(sent.kind == TRANSFER)

    def _withdrawals(self) -> Legs:
        """Cash within the daily limit of each account: what exceeds it waits for the next day."""
        wanted = join(self.cash)
        order = np.argsort(wanted.at, kind="stable")
        wanted = wanted.take(order)
        limit = self.rule_limit()
        row, amount, at = withdraw(wanted.src, wanted.amount, wanted.at, limit)
        p = wanted.take(row)
        dst = self.exits.pick("cash", p.src * 31 + at // DAY % 7)
        size = len(row)
        return Legs(
            p.fraud,
            self.next_move + np.arange(size),
            p.src,
            dst,
            amount,
            at,
            p.hop,
            np.full(size, ROLE["cash_out"]),
            np.full(size, CASH),
            p.parent,
        )

    @staticmethod
    def rule_limit() -> int:
        return int(values("economy")["cash_daily_limit"]) * TIYN


def _parts(total: IntArray, count: IntArray) -> IntArray:
    """Nearly even parts on round thousands, the first taking the remainder; exact."""
    owner = np.repeat(np.arange(len(total)), count)
    even = total // count // THOUSAND * THOUSAND
    part = even[owner]
    first = np.cumsum(count) - count
    part[first] = total - even * (count - 1)
    return part
