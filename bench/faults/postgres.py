"""A PostgreSQL of our own in a folder: started, stopped, killed, hung. Its superuser is `postgres`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.running import free_ports

AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups")


class Postgres:
    """Made by initdb; nothing listens outside loopback. RuntimeError where PostgreSQL is not installed."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.data = _programs(), folder / "postgres" / "data"
        [self.port] = free_ports(1)
        self.data.parent.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            folder.chmod(0o755)
            shutil.chown(self.data.parent, "postgres")
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8")
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
        self._run(
            "pg_ctl", "--wait", f"--log={self.data.parent}/log", f"--options={options}", "start"
        )

    def stop_at_once(self) -> None:
        """As in a crash: what was committed is there again after the start, nothing else."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def kill_backends(self) -> None:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where backend_type = 'client backend' and pid <> pg_backend_pid()"
                )
            )
        engine.dispose()

    @contextmanager
    def hangs(self) -> Iterator[None]:
        """All its processes are there and do nothing until the end."""
        processes = self._processes()
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def _processes(self) -> list[int]:
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]

    def _run(self, program: str, *options: str) -> None:
        subprocess.run(
            [
                *(AS_POSTGRES if os.geteuid() == 0 else ()),
                str(self.bin / program),
                f"--pgdata={self.data}",
                *options,
            ],
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _programs() -> Path:
    found = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and not known:
        raise RuntimeError("PostgreSQL is not installed here: apt-get install postgresql.")
    return Path(found).resolve().parent if found else known[-1].parent


def _signal(processes: list[int], number: int) -> None:
    for each in processes:
        try:
            os.kill(each, number)
        except ProcessLookupError:
            continue
