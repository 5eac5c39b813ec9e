"""`izker ledger`: build, append, compact, show a statement."""

from __future__ import annotations

from pathlib import Path

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import N_, Problem, Refusal, _


@click.group("ledger")
def command() -> None:
    """Build a ledger of transfers, append to it, fold it, read an account's statement."""


@command.command("build")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the ledger (replaced atomically if it holds one).",
)
@click.option("--openings", type=click.Path(path_type=Path), help="Table of opening balances: account, balance.")
@json_option
def build(files: tuple[Path, ...], out: Path, openings: Path | None, as_json: bool) -> None:
    """Build a ledger from transfers (CSV, Parquet, XLSX, JSON Lines): id, ts, src, dst, amount [kind, bank_src,
    bank_dst, currency]."""
    from izker.ledger import Ledger

    with progress() as bar:
        task = bar.add_task(_("Building the ledger"), total=None)

        def told(step: str, done: int, of: int) -> None:
            bar.update(task, description=_(STEPS[step]), completed=done, total=of or None)

        result = Ledger.build(files, out, openings=openings, on_progress=told)
    if as_json:
        print_json(
            {
                "read": result.read,
                "landed": result.landed,
                "already": result.already,
                "quarantined": result.quarantined,
                "accounts": result.accounts,
                "problems": [p.as_json() for p in result.problems],
            }
        )
    else:
        text = _(
            "{landed} transfers of {accounts} accounts stand in {out}; "
            "{already} came twice, {quarantined} were set aside"
        )
        click.echo(
            text.format(
                landed=result.landed,
                accounts=result.accounts,
                out=out,
                already=result.already,
                quarantined=result.quarantined,
            )
        )
    _leave(result.problems)


STEPS = {
    "read": N_("Reading transfers"),
    "sweep": N_("Placing transfers on the money line"),
    "lay out": N_("Laying accounts out"),
    "link": N_("Linking transfers"),
    "seal": N_("Taking fingerprints"),
}


@command.command("append")
@click.argument("ledger", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--moved",
    type=click.Path(path_type=Path),
    help="Write the transfers whose place moved to this file (CSV or Parquet).",
)
@json_option
def append(ledger: Path, files: tuple[Path, ...], moved: Path | None, as_json: bool) -> None:
    """Append transfers to LEDGER; late rows and reversals are placed where they belong, and what moved is told."""
    import polars as pl

    from izker.cli.trace import write_table
    from izker.ledger import Ledger

    problems: list[Problem] = []
    answers, parts = [], []
    for file in files:
        with progress() as bar:
            bar.add_task(_("Reading transfers"), total=None)
            result = Ledger.append(ledger, file)
        problems += result.problems
        parts.append(result.moved)
        answers.append(
            {
                "file": str(file),
                "read": result.read,
                "landed": result.landed,
                "already": result.already,
                "late": result.late,
                "taken_back": result.taken_back,
                "quarantined": result.quarantined,
                "changed": result.changed,
                "moved": result.moved.height,
                "problems": [p.as_json() for p in result.problems],
            }
        )
        if not as_json:
            text = _(
                "{file}: {landed} transfers landed, {already} were there already, "
                "{late} came late, {back} were taken back"
            )
            click.echo(
                text.format(
                    file=file, landed=result.landed, already=result.already, late=result.late, back=result.taken_back
                )
            )
            if result.changed:
                text = _("places of {rows} transfers moved on {accounts} accounts: trace their reports again")
                click.echo(text.format(rows=result.moved.height, accounts=len(result.changed)))
    if moved is not None:
        write_table(pl.concat(parts), moved)
    if as_json:
        print_json(answers[0] if len(answers) == 1 else answers)
    _leave(problems)


@command.command("compact")
@click.argument("ledger", type=click.Path(path_type=Path))
def compact(ledger: Path) -> None:
    """Fold the deltas of LEDGER into a new base; every answer stays the same."""
    from izker.ledger import Ledger

    with progress() as bar:
        task = bar.add_task(_("Folding the ledger"), total=None)
        Ledger.compact(
            ledger,
            lambda step, done, of: bar.update(task, description=_(STEPS[step]), completed=done, total=of or None),
        )
    click.echo(_("{transfers} transfers stand in one piece").format(transfers=Ledger.open(ledger).transfers))


@command.command("show")
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option("--account", help="Account whose statement to print (default: counts of the whole ledger).")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="Newest rows to print.")
@json_option
def show(ledger: Path, account: str | None, last: int, as_json: bool) -> None:
    """What LEDGER holds: its counts, or the statement of one account."""
    from izker import money
    from izker.ledger import Ledger
    from izker.times import local

    book = Ledger.open(ledger)
    if account is None:
        counts = {
            "transfers": book.transfers,
            "accounts": book.accounts,
            "deltas": len(book.manifest.deltas),
            "generation": book.manifest.generation,
        }
        if as_json:
            print_json(counts)
        else:
            click.echo(_("{transfers} transfers, {accounts} accounts, {deltas} deltas").format(**counts))
        return
    number = book.account(account)
    if number is None:
        raise Refusal(N_("account {name} is not in the ledger"), name=account)
    rows = book.statement(number).tail(last)
    if as_json:
        print_json(rows.to_dicts())
        return
    for row in rows.iter_rows(named=True):
        sign = "+" if row["direction"] == "in" else "−"
        amount, balance = money.tenge(row["amount"], exact=True), money.tenge(row["balance"], exact=True)
        click.echo(
            f"{local(row['ts']):%Y-%m-%d %H:%M:%S}  {sign}{amount:>22}  {balance:>22}  {_(row['kind']):<9} "
            f"{row['other']}  #{row['id']}"
        )


def _leave(problems: list[Problem]) -> None:
    """Problems on stderr; exit 1 where there are any."""
    if report(problems):
        raise SystemExit(1)
