"""The environment and clinic.yml: what they mean, and one sentence when they cannot be used."""

from __future__ import annotations

import stat
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bedside.knowledge import Knowledge
from bedside.settings import ROOT, Settings, SettingsError, read_clinic

GIVEN = yaml.safe_load((ROOT / "tests" / "clinic.yml").read_text(encoding="utf-8"))


def clinic_file(folder: Path, **changed: Any) -> Path:
    """A clinic.yml with some values changed; None takes the key away."""
    data = {key: value for key, value in {**GIVEN, **changed}.items() if value is not None}
    path = folder / "clinic.yml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        read_clinic(path)
    return str(refused.value)


# The environment


def test_without_an_environment_everything_has_its_place() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'bedside.db'}"
    assert settings.key_file == ROOT / "var" / "key"
    assert settings.spool == ROOT / "var" / "spool"
    assert settings.clinic_file == ROOT / "clinic.yml"
    assert settings.models == ROOT / "models"
    ports = (settings.chat_port, settings.console_port, settings.rasa_port, settings.actions_port)
    assert ports == (8000, 8001, 5005, 5055)
    assert settings.notify_urls == ()


def test_what_the_environment_says_holds(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "BEDSIDE_VAR": str(tmp_path),
            "BEDSIDE_CLINIC_FILE": "deploy/clinic.yml",
            "BEDSIDE_CHAT_PORT": "9000",
            "BEDSIDE_NOTIFY_URLS": "mailto://a@b  ntfy://c",
        }
    )
    assert settings.database_url == f"sqlite:///{tmp_path / 'bedside.db'}"
    assert settings.key_file == tmp_path / "key"
    assert settings.spool == tmp_path / "spool"
    assert settings.clinic_file == ROOT / "deploy" / "clinic.yml"
    assert settings.chat_port == 9000
    assert settings.notify_urls == ("mailto://a@b", "ntfy://c")


def test_rasa_is_spoken_to_on_this_machine_unless_told_otherwise() -> None:
    settings = Settings.from_environment({"BEDSIDE_RASA_PORT": "6005"})
    assert settings.rasa_urls == ("http://127.0.0.1:6005",)


def test_several_rasa_are_named_by_their_addresses_each_counted_once() -> None:
    settings = Settings.from_environment(
        {"BEDSIDE_RASA_URLS": "http://10.0.0.1:5005/  http://rasa-b:5005 http://10.0.0.1:5005"}
    )
    assert settings.rasa_urls == ("http://10.0.0.1:5005", "http://rasa-b:5005")


@pytest.mark.parametrize(
    "url", ["rasa-b:5005", "http://", "ftp://rasa-b", "http://a:5005/webhooks"]
)
def test_what_is_no_address_of_a_rasa_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"BEDSIDE_RASA_URLS must hold addresses like http://"):
        Settings.from_environment({"BEDSIDE_RASA_URLS": f"http://127.0.0.1:5005 {url}"})


def test_an_empty_value_is_no_value() -> None:
    settings = Settings.from_environment({"BEDSIDE_DATABASE_URL": "", "BEDSIDE_CHAT_PORT": ""})
    assert settings == Settings.from_environment({})


@pytest.mark.parametrize("name", ["CHAT", "CONSOLE", "RASA", "ACTIONS"])
def test_every_port_is_checked(name: str) -> None:
    with pytest.raises(SettingsError, match=f"BEDSIDE_{name}_PORT must be a port number"):
        Settings.from_environment({f"BEDSIDE_{name}_PORT": "none"})


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80.5", "http", "8000 ", "²"])
def test_a_port_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="BEDSIDE_CHAT_PORT must be a port number"):
        Settings.from_environment({"BEDSIDE_CHAT_PORT": value})


def test_the_database_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings.from_environment({"BEDSIDE_VAR": str(tmp_path)})
    database = tmp_path / "bedside.db"
    database.touch(mode=0o644)
    settings.make_database_private()
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_a_database_on_another_machine_has_no_file_to_protect() -> None:
    Settings.from_environment(
        {"BEDSIDE_DATABASE_URL": "postgresql://u:p@host/name"}
    ).make_database_private()


# The clinic


def test_a_clinic_is_read_as_it_is_written(tmp_path: Path) -> None:
    clinic = read_clinic(clinic_file(tmp_path))
    assert (clinic.id, clinic.team, clinic.phone) == ("main", "the MS team", "01632 960123")
    assert (clinic.zone.key, clinic.region, clinic.on_call) == ("Europe/London", "UK", False)
    assert clinic.holidays == {date(2026, 12, 25)}
    friday = clinic.hours[-1]
    assert (friday.weekday, friday.opens, friday.closes) == (4, time(9), time(16))


def test_the_clinic_we_ship_is_marked_as_an_example(clinic: Any) -> None:
    assert read_clinic(ROOT / "clinic.yml").is_placeholder
    assert not clinic.is_placeholder


@pytest.mark.parametrize("key", ["team", "phone", "out_of_hours"])
def test_one_value_that_is_still_an_example_marks_the_clinic(tmp_path: Path, key: str) -> None:
    path = clinic_file(tmp_path, **{key: f"{GIVEN[key]} (example)"})
    assert read_clinic(path).is_placeholder


def test_a_clinic_may_have_no_holidays_and_no_hours(tmp_path: Path) -> None:
    clinic = read_clinic(clinic_file(tmp_path, hours={}, holidays=[]))
    assert (clinic.hours, clinic.holidays) == ((), frozenset())


@pytest.mark.parametrize("key", GIVEN)
def test_a_key_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    assert refusal(clinic_file(tmp_path, **{key: None})) == f"clinic.yml lacks the key {key}."


def test_a_key_that_nobody_knows_is_named(tmp_path: Path) -> None:
    said = refusal(clinic_file(tmp_path, telephone="1"))
    assert said == "clinic.yml has a key nobody knows: telephone."


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"hours": {"monday": "9-17"}}, "monday: 9-17"),
        ({"hours": {"mondays": "09:00-17:00"}}, "mondays"),
        ({"hours": {"monday": "17:00-09:00"}}, "monday"),
        ({"hours": {"monday": "09:00-09:00"}}, "monday"),
        ({"hours": {"monday": "09:00-25:00"}}, "hour"),
        ({"hours": ["monday"]}, "clinic.yml"),
        ({"holidays": ["25 December"]}, "25 December"),
        ({"holidays": [20261225]}, "20261225"),
        ({"time_zone": "Europe/Londom"}, "Europe/Londom"),
        ({"on_call": "sometimes"}, "on_call"),
        ({"on_call": 1}, "on_call"),
        ({"phone": "  "}, "phone"),
        ({"team": ""}, "team"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    tmp_path: Path, changed: dict[str, Any], named: str
) -> None:
    said = refusal(clinic_file(tmp_path, **changed))
    assert named in said and said.startswith("clinic.yml ") and "\n" not in said


# YAML reads 01632 as a number in base eight: a patient would be given a wrong one.
@pytest.mark.parametrize("phone", ["0163212345", "+441632960123"])
def test_a_phone_number_that_yaml_takes_for_a_number_is_not_changed(
    tmp_path: Path, phone: str
) -> None:
    path = clinic_file(tmp_path)
    path.write_text(path.read_text().replace("phone: 01632 960123", f"phone: {phone}"))
    assert phone_told(path) in (phone, "refused")


def phone_told(path: Path) -> str:
    try:
        return read_clinic(path).phone
    except SettingsError:
        return "refused"


@pytest.mark.parametrize("text", ["", "- a list", "only words", "a: [1", "\tx: 1"])
def test_a_file_that_is_no_clinic_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(text, encoding="utf-8")
    said = refusal(path)
    assert said.startswith("clinic.yml ") and said.endswith(".") and "\n" not in said


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    assert refusal(tmp_path / "clinic.yml").startswith("clinic.yml cannot be read")


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_bytes("team: Équipe".encode("latin-1"))
    assert refusal(path).startswith("clinic.yml cannot be read")


@pytest.mark.parametrize("name", ["clinic.yml", "tests/clinic.yml"])
def test_the_region_of_a_clinic_of_ours_has_its_numbers(knowledge: Knowledge, name: str) -> None:
    assert read_clinic(ROOT / name).region in knowledge.regions
