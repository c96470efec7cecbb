"""A disk without room for logs: lines are lost, and nobody stops."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from supervisor.loggers import LevelsByName, Logger

from launch.supervisord import TolerantLog

FULL = "/dev/full"
pytestmark = pytest.mark.skipif(not os.path.exists(FULL), reason=f"there is no {FULL} here")


def logger_to(path: Path | str, **limits: int) -> tuple[Logger, TolerantLog]:
    handler = TolerantLog(str(path), **limits)
    handler.setFormat("%(message)s")
    return Logger(LevelsByName.INFO, [handler]), handler


def test_a_line_that_a_full_disk_does_not_take_is_dropped_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logger, _ = logger_to(FULL)
    for _ in range(1000):
        logger.info("x" * 100)
    assert capfd.readouterr().err == ""


def test_once_there_is_room_again_lines_are_written_again(tmp_path: Path) -> None:
    path = tmp_path / "chat.log"
    path.symlink_to(FULL)
    logger, handler = logger_to(path)
    logger.info("lost")
    path.unlink()
    handler.reopen()
    logger.info("written")
    assert path.read_text() == "written"


def test_a_log_that_could_not_be_turned_over_is_written_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chat.log"
    logger, _ = logger_to(path, maxBytes=10, backupCount=1)

    def no_room(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(TolerantLog, "removeAndRename", no_room)
        logger.info("longer than ten")
        logger.info("and more")
    logger.info("and the last")
    written = "".join(each.read_text() for each in tmp_path.iterdir())
    assert written == "longer than tenand moreand the last"
