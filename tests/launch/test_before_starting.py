"""What an operator reads when something is in the way, and what every program is given."""

from __future__ import annotations

import ast
import dataclasses
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bedside.settings import Settings
from launch import steps, supervise
from launch.environment import program_environment
from launch.failure import Failure, exit_code_of
from launch.ports import check_ports
from launch.replicas import TWO_OF_EACH, asking_all, environment_of, names_of, ports_of
from launch.run import banner
from launch.scale import check_postgresql
from launch.stamps import ROOT
from launch.supervisor import Files

PROGRAMS = ["rasa", "actions", "chat", "console", "worker"]
TWO = names_of(PROGRAMS, TWO_OF_EACH)
RUNS_BEFORE_PYTHON_3_10_IS_THERE = ("failure", "install", "leash", "stamps", "steps", "uv")


def test_a_port_in_use_is_said_in_one_sentence(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.chat_port))
        other.listen()
        with pytest.raises(Failure, match=rf"^Port {settings.chat_port} is in use; .*\.$"):
            check_ports(ports_of(PROGRAMS, settings))


def test_free_ports_are_fine(settings: Settings) -> None:
    check_ports(ports_of(PROGRAMS, settings))


def test_the_same_port_twice_is_said_before_anything_starts(settings: Settings) -> None:
    twice = dataclasses.replace(settings, console_port=settings.chat_port)
    with pytest.raises(Failure, match="BEDSIDE_CHAT_PORT and BEDSIDE_CONSOLE_PORT are both"):
        check_ports(ports_of(PROGRAMS, twice))


def test_a_port_of_a_second_program_in_use_names_the_setting_that_moves_it(
    settings: Settings,
) -> None:
    ports = ports_of(TWO, settings)
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports["rasa-2"]))
        other.listen()
        with pytest.raises(Failure, match=rf"^Port {ports['rasa-2']} .* set BEDSIDE_RASA_PORT in"):
            check_ports({"rasa-2": ports["rasa-2"]})


def test_a_second_program_on_the_port_of_another_kind_is_said(settings: Settings) -> None:
    console = dataclasses.replace(settings, console_port=settings.chat_port + 10)
    with pytest.raises(Failure, match=r"BEDSIDE_CHAT_PORT \+ 10 and BEDSIDE_CONSOLE_PORT are both"):
        check_ports(ports_of(["chat-2", "console"], console))


# Two of each


def test_two_of_each_are_nine_programs_and_one_console() -> None:
    assert names_of(PROGRAMS, TWO_OF_EACH) == [
        *("rasa-1", "rasa-2", "actions-1", "actions-2", "chat-1", "chat-2"),
        *("console", "worker-1", "worker-2"),
    ]


def test_each_rasa_has_an_action_server_of_its_own_and_both_chats_ask_both_rasa() -> None:
    settings = asking_all(Settings.from_environment({}), TWO_OF_EACH)
    shared = program_environment(settings, Path("model"))
    of = {name: environment_of(name, shared) for name in TWO}
    pairs = [(of[f"rasa-{n}"], of[f"actions-{n}"]) for n in (1, 2)]
    assert [rasa["BEDSIDE_RASA_PORT"] for rasa, _ in pairs] == ["5005", "5015"]
    assert [rasa["BEDSIDE_ACTIONS_PORT"] for rasa, _ in pairs] == ["5055", "5065"]
    assert [actions["BEDSIDE_ACTIONS_PORT"] for _, actions in pairs] == ["5055", "5065"]
    asked = "http://127.0.0.1:5005 http://127.0.0.1:5015"
    assert {of[f"chat-{n}"]["BEDSIDE_RASA_URLS"] for n in (1, 2)} == {asked}
    assert {each["BEDSIDE_CONSOLE_PORT"] for each in of.values()} == {"8001"}


def test_the_banner_of_two_chats_names_both(settings: Settings) -> None:
    text = banner(settings, ports_of(TWO, settings))
    first = f"http://127.0.0.1:{settings.chat_port}"
    assert f"{first} or http://127.0.0.1:{settings.chat_port + 10}\n" in text


@pytest.mark.parametrize("url", ["sqlite:///var/bedside.db", "mysql://x@127.0.0.1/x"])
def test_two_of_each_without_postgresql_are_refused_with_how_to_get_it(url: str) -> None:
    with pytest.raises(
        Failure, match="need PostgreSQL, and BEDSIDE_DATABASE_URL is not"
    ) as refused:
        check_postgresql(url)
    assert "sudo apt-get install postgresql" in refused.value.log_lines


def test_a_postgresql_that_does_not_answer_is_named_without_its_password() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(Failure, match=f"No PostgreSQL answers at {place}") as refused:
            check_postgresql(f"postgresql://bedside:secret@{place}/bedside")
    assert "secret" not in str(refused.value)
    assert "sudo service postgresql start" in refused.value.log_lines


def test_a_postgresql_on_a_socket_or_one_that_answers_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        check_postgresql(f"postgresql://bedside@127.0.0.1:{server.getsockname()[1]}/bedside")
    check_postgresql("postgresql:///bedside?host=/var/run/postgresql")


def test_an_address_with_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(Failure, match="BEDSIDE_DATABASE_URL is not an address"):
        check_postgresql("postgresql://bedside@127.0.0.1:none/bedside")


def test_every_program_is_told_to_keep_telemetry_off(settings: Settings) -> None:
    environment = program_environment(settings, Path("models/bedside-0.tar.gz"))
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"


def test_every_program_gets_the_model_and_may_write_byte_code(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = program_environment(settings, Path("models/bedside-0.tar.gz"))
    assert environment["BEDSIDE_MODEL"] == "models/bedside-0.tar.gz"
    assert environment["BEDSIDE_CHAT_PORT"] == str(settings.chat_port)
    assert "PYTHONDONTWRITEBYTECODE" not in environment


def test_a_failure_is_one_sentence_and_a_bad_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise Failure("The database cannot be used: it is not one.")

    assert exit_code_of(work) == 1
    assert capsys.readouterr().err == "The database cannot be used: it is not one.\n"


def test_a_failed_step_says_the_last_line_of_its_output(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"^It failed: no such table \(.*step\.log\)\.$"):
        steps.run_step(_step("print('noise', flush=True); exit('no such table')", tmp_path), {})


def test_a_step_without_network_says_so(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="check the network"):
        steps.run_step(_step("exit('npm error code ENOTFOUND')", tmp_path), {})


def test_a_second_start_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    files = Files(var=tmp_path)
    with (
        supervise.alone(files),
        pytest.raises(Failure, match="already runs from this folder"),
        supervise.alone(files),
    ):
        pass


def test_a_supervisor_of_an_earlier_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launch.supervisor.STALE_SECONDS", 0)
    waiting = [sys.executable, "-c", "print(flush=True); input()", "supervisord"]
    left = subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert left.stdout
    assert left.stdout.readline()
    (tmp_path / "supervisord.pid").write_text(f"{left.pid}\n")
    try:
        with (
            pytest.raises(Failure, match=f"stop it with `kill {left.pid}`"),
            supervise.alone(Files(var=tmp_path)),
        ):
            pass
    finally:
        left.communicate(b"\n")


@pytest.mark.parametrize("name", RUNS_BEFORE_PYTHON_3_10_IS_THERE)
def test_what_runs_before_the_installation_reads_as_python_3_8(name: str) -> None:
    source = (ROOT / "launch" / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    assert _imports(tree) <= sys.stdlib_module_names | {"launch"}


def test_the_door_reads_as_python_3_6() -> None:
    source = (ROOT / "launch" / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert "annotations" not in source


def _step(code: str, folder: Path) -> steps.Step:
    command = [sys.executable, "-c", code]
    return steps.Step(title="Try", problem="It failed", command=command, log=folder / "step.log")


def _imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
