"""The Procfile, Supervisor's configuration, the one log; real processes started and stopped."""

from __future__ import annotations

import configparser
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bedside.settings import Settings
from launch.failure import Failure
from launch.logs import Lives, Tail, Voice
from launch.procfile import parse_procfile, read_procfile, words_of
from launch.readiness import still_starting
from launch.replicas import ports_of
from launch.stamps import ROOT
from launch.supervisor import Files, configuration

PATIENCE_SECONDS = 30
STAND_IN = Path(__file__).with_name("stand_in.py")
# What `make run` does after the training and the migration, with other programs.
LAUNCHER = """
import signal
import sys
from pathlib import Path
from bedside.settings import Settings
from launch.environment import program_environment
from launch.failure import exit_code_of
from launch.supervise import Plan, alone, supervise

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which a test that runs under nohup has not

def work():
    settings = Settings.from_environment()
    environment = program_environment(settings, Path("model"))
    plan = Plan(
        settings=settings,
        procfile=Path(sys.argv[1]),
        replicas={kind: 2 for kind in sys.argv[2:]},
        environment=environment,
        when_ready=lambda: print("all ready", flush=True),
    )
    with alone(plan.files):
        return supervise(plan)

sys.exit(exit_code_of(work))
"""


def test_the_procfile_names_the_five_programs() -> None:
    programs = read_procfile(ROOT / "Procfile")
    assert list(programs) == ["rasa", "actions", "chat", "console", "worker"]


def test_every_program_listens_on_loopback_alone() -> None:
    programs = read_procfile(ROOT / "Procfile")
    assert "--interface 127.0.0.1" in programs["rasa"]
    assert "--host 127.0.0.1" in programs["chat"]
    assert "--host 127.0.0.1" in programs["console"]


def test_a_line_of_the_procfile_that_is_no_command_is_said() -> None:
    with pytest.raises(Failure, match="rasa = python"):
        parse_procfile("# programs\nrasa = python -m rasa\n")


def test_a_name_is_filled_in_after_splitting() -> None:
    words = words_of("rasa --model $BEDSIDE_MODEL '100 %'", {"BEDSIDE_MODEL": "my models/a.tar.gz"})
    assert words == ["rasa", "--model", "my models/a.tar.gz", "100 %"]


def test_a_name_that_is_not_set_is_said() -> None:
    with pytest.raises(Failure, match="asks for BEDSIDE_MODEL, which is not set"):
        words_of("rasa --model $BEDSIDE_MODEL", {})


def test_supervisor_restarts_each_program_and_ends_it_with_its_children(tmp_path: Path) -> None:
    conf = _read(configuration(["rasa", "chat"], Path("Procfile"), Files(var=tmp_path)))
    assert conf["group:bedside"]["programs"] == "rasa,chat"
    assert conf["program:chat"]["autorestart"] == "true"
    assert conf["program:chat"]["stopasgroup"] == conf["program:chat"]["killasgroup"] == "true"
    assert conf["program:chat"]["stdout_logfile"] == f"{tmp_path}/log/chat.log"


def test_a_percent_sign_in_a_path_survives_supervisor() -> None:
    conf = _read(configuration(["chat"], Path("Procfile"), Files(var=Path("/srv/100%s"))))
    assert conf["program:chat"]["stdout_logfile"] % {} == "/srv/100%s/log/chat.log"


def test_log_lines_carry_the_name_of_their_program(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Voice(["rasa", "actions"])
    voice.print("rasa", "ready")
    voice.print("actions", "ready")
    assert capsys.readouterr().out == "rasa    | ready\nactions | ready\n"


def test_the_log_is_followed_when_it_is_rotated(tmp_path: Path) -> None:
    path = tmp_path / "chat.log"
    path.write_text("from an earlier start\n")
    tail = Tail(path)
    with path.open("a") as file:
        file.write("one\nhalf a ")
    assert list(tail.new_lines()) == ["one"]
    with path.open("a") as file:
        file.write("line\n")
    path.rename(tmp_path / "chat.log.1")
    path.write_text("two\n")
    assert list(tail.new_lines()) == ["half a line", "two"]
    tail.close()


def test_a_death_is_told_in_one_line() -> None:
    lives = Lives()
    assert lives.tell("INFO spawned: 'chat' with pid 7") is None
    assert lives.tell("WARN exited: chat (terminated by SIGKILL; not expected)") is None
    told = lives.tell("INFO spawned: 'chat' with pid 8")
    assert told == "chat died (terminated by SIGKILL) and was started again"
    assert lives.deaths == {"chat": 1}


@pytest.fixture
def launch(settings: Settings, tmp_path: Path) -> Iterator[Callable[..., Launched]]:
    """Starts the launcher on stand-ins; `worker` is the command of one of them, `two_of` the kinds of
    which there are two."""
    started: list[Launched] = []

    def start(worker: str = f"python {STAND_IN} worker", two_of: Sequence[str] = ()) -> Launched:
        (tmp_path / "Procfile").write_text(
            f"actions: python {STAND_IN} actions $BEDSIDE_ACTIONS_PORT\n"
            f"chat: python {STAND_IN} chat $BEDSIDE_CHAT_PORT\n"
            f"console: python {STAND_IN} console $BEDSIDE_CONSOLE_PORT\n"
            f"worker: {worker}\n"
        )
        started.append(Launched(settings, tmp_path, two_of))
        return started[-1]

    yield start
    for launched in started:
        launched.end()


def test_a_killed_program_is_started_again_and_ctrl_c_stops_all(
    launch: Callable[..., Launched],
) -> None:
    launched = launch()
    launched.wait_for("all ready")
    chat = launched.pid_of("chat")
    os.kill(chat, signal.SIGKILL)
    launched.wait_for("chat died (terminated by SIGKILL) and was started again")
    launched.wait_until(lambda: launched.pid_of("chat") != chat)
    pids = [launched.pid_of(name) for name in ("actions", "chat", "console", "worker")]
    launched.process.send_signal(signal.SIGINT)
    assert launched.process.wait(PATIENCE_SECONDS) == 0
    assert not any(map(_is_alive, pids))
    assert "chat    | chat starts" in launched.output()


def test_the_second_of_a_kind_has_a_port_a_log_and_a_life_of_its_own(
    launch: Callable[..., Launched], settings: Settings
) -> None:
    launched = launch(two_of=["actions", "chat", "worker"])
    launched.wait_for("all ready")
    for name, port in ports_of(["chat-1", "chat-2", "actions-2"], settings).items():
        socket.create_connection(("127.0.0.1", port)).close()
        assert launched.pid_of(name)
    first, second = launched.pid_of("chat-1"), launched.pid_of("chat-2")
    os.kill(second, signal.SIGKILL)
    launched.wait_for("chat-2 died (terminated by SIGKILL) and was started again")
    launched.wait_until(lambda: launched.pid_of("chat-2") != second)
    assert launched.pid_of("chat-1") == first
    assert "chat-2    | chat starts" in launched.output()


@pytest.mark.parametrize(
    ("chat_says", "late"),
    [
        ({"database": "ok", "assistant": "ok"}, []),
        ({"database": "ok", "assistant": "away"}, ["rasa"]),
        ({"database": "away", "assistant": "ok"}, ["the database"]),
        ({"assistant": "ok", "rasa-1": "ok", "rasa-2": "away"}, ["rasa-2"]),
        ({"assistant": "away", "rasa-1": "away", "rasa-2": "away"}, ["rasa-1", "rasa-2"]),
    ],
)
def test_the_chat_tells_which_rasa_is_still_starting(
    chat_says: dict[str, str], late: list[str]
) -> None:
    status = 200 if "away" not in (chat_says["assistant"], chat_says.get("database")) else 503
    with answering(status, chat_says) as port:
        assert list(still_starting({"chat-1": port, "worker-1": 1})) == late


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_stops_all(launch: Callable[..., Launched], signum: int) -> None:
    launched = launch()
    launched.wait_for("all ready")
    worker = launched.pid_of("worker")
    launched.process.send_signal(signum)
    assert launched.process.wait(PATIENCE_SECONDS) == 0
    assert not _is_alive(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
@pytest.mark.parametrize("victim", ["launcher", "supervisor"])
def test_nothing_stays_behind_when_the_launcher_or_supervisor_is_killed(
    launch: Callable[..., Launched], victim: str
) -> None:
    launched = launch()
    launched.wait_for("all ready")
    worker, supervisor = launched.pid_of("worker"), launched.supervisor_pid()
    os.kill(launched.process.pid if victim == "launcher" else supervisor, signal.SIGKILL)
    launched.wait_until(lambda: not _is_alive(worker) and not _is_alive(supervisor))
    assert launched.process.wait(PATIENCE_SECONDS) != 0


def test_a_program_that_keeps_dying_is_named_with_its_last_lines(
    launch: Callable[..., Launched],
) -> None:
    launched = launch(worker="python -c \"exit('the key file is not a key')\"")
    assert launched.process.wait(PATIENCE_SECONDS) == 1
    *log_lines, sentence = launched.errors().splitlines()
    assert sentence == "worker died 3 times while starting; its last lines are above."
    assert "    the key file is not a key" in log_lines


class Launched:
    """A running launcher, seen from outside."""

    def __init__(self, settings: Settings, folder: Path, two_of: Sequence[str] = ()) -> None:
        self.folder = folder
        self.files = Files(var=settings.var)
        ports = ("chat_port", "console_port", "rasa_port", "actions_port")
        environment = {f"BEDSIDE_{port.upper()}": str(getattr(settings, port)) for port in ports}
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, str(folder / "Procfile"), *two_of],
                cwd=ROOT,
                env={**os.environ, **environment, "BEDSIDE_VAR": str(settings.var)},
                stdout=out,
                stderr=err,
            )

    def output(self) -> str:
        return (self.folder / "out").read_text()

    def errors(self) -> str:
        return (self.folder / "err").read_text()

    def wait_for(self, text: str) -> None:
        self.wait_until(lambda: text in self.output())

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.output() + self.errors()
            time.sleep(0.1)

    def pid_of(self, program: str) -> int:
        """Each stand-in says its process number when it starts."""
        lines = self.files.log_of(program).read_text().splitlines()
        return int(lines[-1].rsplit(" ", 1)[-1])

    def supervisor_pid(self) -> int:
        return int(self.files.pid.read_text())

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)


@contextmanager
def answering(status: int, says: dict[str, str]) -> Iterator[int]:
    """The port of a program that answers this to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(says).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def _read(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def _is_alive(pid: int) -> bool:
    """A zombie that nobody has collected yet counts as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
