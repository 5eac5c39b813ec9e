"""`python -m izker.world.bank FOLDER --port N`: one simulated bank on loopback. POST /holds answers a signed hold request."""

from __future__ import annotations

import argparse
import json
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from izker.exchange.signature import HEADER, TIME_HEADER, sign, valid
from izker.holds.requests import HoldRequest
from izker.words import Refusal
from izker.world.bank.vault import Vault

LARGEST_BODY = 4 * 1024 * 1024


class Bank(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        settings = json.loads((folder / "bank.json").read_text(encoding="utf-8"))
        self.secret: str = settings["secret"]
        self.offset_us: int = settings["clock_offset_us"]
        self.vault = Vault(folder, settings["bank"])
        super().__init__(("127.0.0.1", port), Handler)

    def now_us(self) -> int:
        return time.time_ns() // 1000 + self.offset_us


class Handler(BaseHTTPRequestHandler):
    server: Bank

    def do_GET(self) -> None:
        if self.path != "/health":
            self._send(HTTPStatus.NOT_FOUND, {"error": "no such path"})
            return
        self._send(HTTPStatus.OK, {"bank": self.server.vault.bank, "synthetic": True, **self.server.vault.totals()})

    def do_POST(self) -> None:
        if self.path != "/holds":
            self._send(HTTPStatus.NOT_FOUND, {"error": "no such path"})
            return
        size = int(self.headers.get("Content-Length") or 0)
        if not 0 < size <= LARGEST_BODY:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "the body is empty or too large"})
            return
        body = self.rfile.read(size)
        key = self.headers.get("Idempotency-Key", "")
        signed = valid(self.server.secret, self.headers.get(TIME_HEADER, ""), body, self.headers.get(HEADER, ""), now_s=time.time())
        if not signed or not key:
            self._send(HTTPStatus.UNAUTHORIZED, {"error": "signature or key is missing or wrong"})
            return
        try:
            request = HoldRequest.from_json(body)
            if request.bank != self.server.vault.bank:
                self._send(HTTPStatus.BAD_REQUEST, {"error": f"this is bank {self.server.vault.bank}, not {request.bank}"})
                return
            answer = self.server.vault.answer(request, key, self.server.now_us())
        except Refusal as refusal:
            self._send(HTTPStatus.BAD_REQUEST, {"error": str(refusal)})
            return
        self._send_text(HTTPStatus.OK, answer.to_json())

    def _send(self, status: HTTPStatus, value: dict[str, object]) -> None:
        self._send_text(status, json.dumps(value))

    def _send_text(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        at = f"{time.time():.3f}"
        self.send_header(TIME_HEADER, at)
        self.send_header(HEADER, sign(self.server.secret, at, body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: a bank's log would hold account numbers."""


def main() -> None:
    parser = argparse.ArgumentParser(description="A simulated bank. SYNTHETIC.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    with Bank(given.folder, given.port) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
