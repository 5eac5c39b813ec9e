"""`izker run`: the whole thing on an embedded default."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import click

from izker.cli.output import console
from izker.words import N_, Refusal, _

STEPS = {
    "world": N_("building the simulated country (once)"),
    "ledger": N_("building its ledger (once)"),
    "register": N_("loading the register of two years (once)"),
    "reports": N_("filing the fresh reports (once)"),
    "holds": N_("asking the banks"),
    "documents": N_("writing figures and documents"),
}


@click.command("run")
@click.option("--port", default=8700, show_default=True, help="Port of the server.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--bank-port", default=8701, show_default=True, help="First port of the six simulated banks.")
def command(port: int, host: str, bank_port: int) -> None:
    """Demo world, server, worker and six simulated banks. Ctrl-C ends all of it; a second run goes on with the same data."""
    from izker.server.demo import clock, prepare, processes

    home = Path(os.environ.get("IZKER_HOME", "var")).absolute()
    home.mkdir(parents=True, exist_ok=True)
    _ports_are_free(host, port, bank_port)

    def say(step: str) -> None:
        console.print(_(STEPS[step]) + " …")

    world = prepare.files(home, say)
    offset = clock.resume(home, world)
    environment = {
        "IZKER_HOME": str(home),
        "IZKER_DEMO": "1",
        "IZKER_CLOCK_OFFSET_US": str(offset),
        "IZKER_HOSTS": os.environ.get("IZKER_HOSTS", f"localhost,127.0.0.1,[::1],{host}"),
    }
    os.environ.update(environment)
    from izker.server.boot import start

    start()
    accounts = prepare.state(say, first_port=bank_port)
    from izker.server.relay.models import Bank

    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, _interrupt)  # also where a parent left SIGINT ignored, as shells do in the background
    house = processes.House(environment)
    try:
        for number, bank in enumerate(Bank.objects.order_by("code")):
            processes.bank(house, home / "banks" / bank.pk, bank_port + number)
        processes.worker(house)
        processes.server(house, host, port)
        house.wait_for(f"http://{host}:{port}/health")
        _welcome(host, port, accounts)
        house.watch()
    except KeyboardInterrupt:
        console.print(_("stopping …"))
    finally:
        house.stop()
        clock.stop(home, offset)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _ports_are_free(host: str, port: int, bank_port: int) -> None:
    import socket

    for wanted_host, wanted in ((host, port), *(("127.0.0.1", bank_port + n) for n in range(6))):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((wanted_host, wanted))
            except OSError as error:
                raise Refusal(N_("port {port} is taken: end the other program or choose another with --port"), port=wanted) from error


def _welcome(host: str, port: int, accounts: dict[str, object]) -> None:
    address = f"http://{host}:{port}/"
    click.echo(_("Izker runs at {address} (SYNTHETIC DATA)").format(address=address))
    click.echo(_("Report form: {address}").format(address=f"{address}report/"))
    click.echo(_("Staff sign-in: {address}").format(address=f"{address}staff/login/"))
    people = accounts["people"]
    assert isinstance(people, list)
    for person in people:
        click.echo(f"  {person['user']:<8} {accounts['password']}   {person['role']}")
    click.echo(_("Ctrl-C ends everything."))
