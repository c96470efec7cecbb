"""What is read in messages: `python -m bench.parse < messages.jsonl` writes one answer a line.

A line in: {"id", "text"}. A line out: {"id", "intent", "mentions": [{"sign", "text", "start", "end",
"assertion", "cue", "confidence", "found_by"}], "findings", "details", "reply"}. Read by the trained heads
where `make train` has made some, else by the lexicon alone, which tells no intent. `details` holds the values
by kind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, timezone
from typing import Any

from bedside.knowledge import load
from bedside.language import Reader, trained_reader
from bedside.model import Detail, Parsed, as_json
from bedside.settings import Settings, SettingsError, read_clinic

OF_MENTION = ("sign", "text", "start", "end", "assertion", "cue", "confidence", "found_by")
OF_FINDING = ("finding", "value", "text", "assertion", "cue")


def main() -> int:
    """0 when every line could be read, 1 when one was no such object; that line is answered with an error."""
    try:
        settings = Settings.from_environment()
        clinic = read_clinic(settings.clinic_file)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    reader, failed = trained_reader(load(), settings.heads), 0
    if not reader.is_trained:
        print(
            "No trained heads: read by the lexicon alone. `make train` trains them.",
            file=sys.stderr,
        )
    today = clinic.day(datetime.now(timezone.utc))
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            answer = answered(number, line, reader, today)
            failed += "error" in answer
            print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def answered(number: int, line: str, reader: Reader, today: date) -> dict[str, Any]:
    """The answer to one line, or what is wrong with it."""
    try:
        data = json.loads(line)
    except ValueError as error:
        return {"line": number, "error": f"is no JSON: {error}"}
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        return {"line": number, "error": 'is no object with an "id" and a "text"'}
    return {"id": data.get("id"), **said(reader.read(data["text"], today=today))}


def said(parsed: Parsed) -> dict[str, Any]:
    """What was read, as plain JSON values."""
    return {
        "intent": parsed.intent,
        "mentions": [_of(as_json(each), OF_MENTION) for each in parsed.mentions],
        "findings": [_of(as_json(each), OF_FINDING) for each in parsed.findings],
        "details": dict(_by_kind(parsed.details)),
        "reply": parsed.reply,
        "language": parsed.language,
        "topic": parsed.topic,
    }


def _of(values: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: values[key] for key in keys}


def _by_kind(details: tuple[Detail, ...]) -> Iterator[tuple[str, list[float]]]:
    """Each kind with its values in the order of the text."""
    for kind in dict.fromkeys(each.kind for each in details):
        yield kind, [each.value for each in details if each.kind == kind]


if __name__ == "__main__":
    sys.exit(main())
