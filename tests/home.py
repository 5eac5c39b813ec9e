"""One throw-away home for every test process, with the demo's clock: a plugin (-p tests.home), because Django reads its settings before any conftest."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import datetime, timedelta, timezone

WORLD_END = datetime(2026, 1, 16, 12, 0, tzinfo=timezone(timedelta(hours=5)))

os.environ["IZKER_HOME"] = tempfile.mkdtemp(prefix="izker-test-")
os.environ["IZKER_DEMO"] = "1"
os.environ["IZKER_CLOCK_OFFSET_US"] = str(int(WORLD_END.timestamp() * 1_000_000) - time.time_ns() // 1000)
os.environ["IZKER_LANG"] = "en"
os.environ.pop("IZKER_DATABASE", None)
