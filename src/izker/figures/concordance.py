"""Two official lists of methods for one year, side by side: what each counts, where they can be joined, and where
they disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from izker.jurisdictions import data, rows


@dataclass(frozen=True, slots=True)
class Joined:
    """One method of the second list and the method of the first it can be joined to.

    relation: 'part' (all of it lies inside the first) or 'overlap' (only some of it; how much is not published).
    """

    name: dict[str, str]
    second: int
    first_name: str
    first: int
    relation: str


@dataclass(frozen=True, slots=True)
class Concordance:
    """Totals of both lists for one period and their methods; `difference` = second total - first total."""

    period: int
    first_total: int
    second_total: int
    first_name: dict[str, str]
    second_name: dict[str, str]
    methods: tuple[Joined, ...]
    source: str

    @property
    def difference(self) -> int:
        return self.second_total - self.first_total


def concordance(jurisdiction: str = "kz") -> Concordance:
    """The jurisdiction's concordance. Raises ValueError where a list does not add up to its total or a method is not
    in its list.
    """
    defined = data(jurisdiction, "figures")["concordance"]
    first, second = defined["first"], defined["second"]
    lists: dict[str, dict[str, int]] = {first["agency"]: {}, second["agency"]: {}}
    for row in rows(jurisdiction, f"methods_{defined['period']}"):
        if row["scheme_list"] in lists:
            lists[row["scheme_list"]][row["method_en"]] = int(row["n"])
    for agency in (first, second):
        if sum(lists[agency["agency"]].values()) != agency["total"]:
            raise ValueError(f"the methods of {agency['agency']} do not add up to {agency['total']}")
    methods = []
    for method in defined["method"]:
        if method["second"] not in lists[second["agency"]] or method["first"] not in lists[first["agency"]]:
            raise ValueError(f"the concordance names a method that is in no list: {method['second']}")
        counted = lists[second["agency"]][method["second"]], lists[first["agency"]][method["first"]]
        methods.append(Joined(method["name"], counted[0], method["first"], counted[1], method["relation"]))
    return Concordance(
        defined["period"],
        first["total"],
        second["total"],
        first["name"],
        second["name"],
        tuple(methods),
        defined["source"],
    )
