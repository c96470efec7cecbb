"""The bench of two of each beside one of each: what it counts, and what its page says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import scale
from bench.launched import Launched
from bench.scale import Measured, page
from launch.supervisor import Files

# Works for a third of a second and then waits, under the name of a program.
BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); input()"


def measured(rasa: float, chat: float) -> Measured:
    """Two blocks of three turns, each turn at this cost in CPU seconds."""
    block = {"rasa": 3 * rasa, "chat": 3 * chat}
    return Measured(blocks=[block, dict(block)], waits=[0.1] * 6)


def test_the_page_compares_what_a_turn_costs_by_program_and_in_all() -> None:
    text = page(measured(rasa=0.02, chat=0.02), measured(rasa=0.02, chat=0.01))
    assert "two of each over one of each: **0.75** (blocks: median 0.75, 0.75 to 0.75)" in text
    assert "| CPU, chat | 20.0 ms | 10.0 ms | 0.50 |" in text
    assert "| **CPU, all programs** | 40.0 ms | 30.0 ms | 0.75 |" in text
    assert "6 turns with one of each program and 6 with two of each" in text


def test_the_cpu_of_the_programs_and_not_of_who_started_them_is_counted(tmp_path: Path) -> None:
    """This process stands for Supervisor."""
    files = Files(var=tmp_path)
    files.pid.write_text(str(os.getpid()))
    command = [sys.executable, "-c", BUSY, "-m", "worker"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout
    worker.stdout.readline()
    try:
        used = Launched(files, chats=()).cpu_seconds()
    finally:
        worker.communicate(b"\n")
    assert 0.2 <= used["worker"] < 0.5


def test_without_a_server_the_bench_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BEDSIDE_TEST_POSTGRES_URL", raising=False)
    assert scale.main([]) == 1
    assert "BEDSIDE_TEST_POSTGRES_URL is not set" in capsys.readouterr().err
