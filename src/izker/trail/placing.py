"""The money line in SQL: places for every transfer, from raw rows alone.

`ledger.sweep` walks the transfers once with two counters an account. The same places by window functions, for engines
that have no ledger: money of account a after its t-th row is in(t) + unknown(t), where in and out are running sums and

    unknown(t) = max(0, max over s <= t of out(s) - in(s))

is the untainted money that had to enter for what was sent (CI = max(CI, CO), unrolled). A transfer to oneself goes out
before it comes in.
"""

from __future__ import annotations

EVENTS = """
SELECT id, ts, src AS account, 0 AS side, CAST(0 AS BIGINT) AS came, amount AS went FROM transfers
UNION ALL
SELECT id, ts, dst AS account, 1 AS side, amount AS came, CAST(0 AS BIGINT) AS went FROM transfers
"""
# an opening balance stands before everything else of its account
OPENINGS = """
UNION ALL
SELECT CAST(-9223372036854775807 AS BIGINT) AS id, CAST(-9223372036854775807 AS BIGINT) AS ts, account, 1 AS side,
       balance AS came, CAST(0 AS BIGINT) AS went FROM openings
"""
PLACES = """
WITH event AS ({events}),
counted AS (
  SELECT id, ts, account, side, CAST(SUM(came) OVER line AS BIGINT) AS came, CAST(SUM(went) OVER line AS BIGINT) AS went
  FROM event WINDOW line AS (PARTITION BY account ORDER BY ts, id, side ROWS UNBOUNDED PRECEDING)
),
filled AS (
  SELECT id, side, came, went,
         GREATEST(MAX(went - came) OVER (PARTITION BY account ORDER BY ts, id, side ROWS UNBOUNDED PRECEDING), 0)
         AS unknown
  FROM counted
)
SELECT t.id, t.ts, t.src, t.dst, t.amount, t.kind, o.went - t.amount AS out_cum, i.came + i.unknown - t.amount AS in_pos
FROM transfers t JOIN filled o ON o.id = t.id AND o.side = 0 JOIN filled i ON i.id = t.id AND i.side = 1
"""


def places(*, openings: bool = False) -> str:
    """A query for the table `placed` of `sql.SqlEngine`, over a table `transfers` (id, ts in µs, src, dst, amount, kind
    as a number) and, with `openings`, a table `openings` (account, balance). Ids are unique; account names may be text
    or numbers."""
    return PLACES.format(events=EVENTS + (OPENINGS if openings else ""))
