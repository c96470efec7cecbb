"""What is held on a patient, as a PDF that a person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import TTFFont

from bedside.knowledge import Knowledge
from bedside.model import Clinic

FONT = "DejaVu"
FONT_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
INTRODUCTION = (
    "All that Bedside holds on one patient. patient.json, in the same folder, has every detail and every "
    "character as it was written; here a character that the typeface lacks stands as its number, "
    "such as [U+1F642], and Arabic or Hebrew letters stand apart, from left to right."
)
MEANINGS = {
    "present": "present",
    "absent": "denied",
    "possible": "possible",
    "historical": "in the past",
    "hypothetical": "only supposed or asked about",
    "someone_else": "about somebody else",
}


def reading_copy(
    dossier: Mapping[str, Any], knowledge: Knowledge, clinic: Clinic, *, made_at: datetime
) -> bytes:
    """The PDF of what `bedside.store.dossier` gave. Times are the clinic's."""
    page = _Page(clinic)
    page.heading("What Bedside holds on a patient", 16)
    page.line(INTRODUCTION)
    patient = dossier["patient"]
    page.facts(
        ("Patient", patient["name"] or "(no name)"),
        ("Contact", patient["contact"] or "(none)"),
        ("Id", patient["id"]),
        ("Clinic", f"{clinic.team} ({patient['clinic_id']})"),
        ("Since", page.when(patient["created_at"])),
        ("This copy", page.when(made_at.isoformat())),
        ("Times", f"{clinic.zone.key}"),
    )
    for infusion in dossier["infusions"]:
        page.line(f"Infusion: course {infusion['course']}, last day {infusion['last_day']}")
    for conversation in dossier["conversations"]:
        _conversation(page, conversation, knowledge)
    _audit(page, dossier["audit"])
    return bytes(page.pdf.output())


class _Page:
    """A PDF that is written from top to bottom, in a typeface that has more than Latin letters."""

    def __init__(self, clinic: Clinic) -> None:
        self._zone = clinic.zone
        self.pdf = FPDF(format="A4")
        self.pdf.set_title("What Bedside holds on a patient")
        self.pdf.set_margin(18)
        for style, name in FONT_FILES.items():
            self.pdf.add_font(FONT, style, _font(name))
        self.pdf.add_page()

    def heading(self, text: str, size: int = 13) -> None:
        self.pdf.ln(4)
        self._write(text, "B", size)
        self.pdf.ln(1)

    def strong(self, text: str) -> None:
        self.pdf.ln(1.5)
        self._write(text, "B", 9)

    def line(self, text: str, indent: float = 0) -> None:
        self._write(text, "", 9, indent)

    def facts(self, *pairs: tuple[str, str]) -> None:
        self.pdf.ln(2)
        for name, value in pairs:
            self.line(f"{name}: {value}")

    def when(self, iso: str) -> str:
        return f"{datetime.fromisoformat(iso).astimezone(self._zone):%d %B %Y, %H:%M}"

    def _glyphs(self, style: str) -> Mapping[int, Any]:
        font = self.pdf.fonts[f"{FONT.lower()}{style}"]
        return font.cmap if isinstance(font, TTFFont) else {}

    def _write(self, text: str, style: str, size: int, indent: float = 0) -> None:
        self.pdf.set_font(FONT, style, size)
        self.pdf.set_x(self.pdf.l_margin + indent)
        drawn = _drawable(text, self._glyphs(style))
        self.pdf.multi_cell(0, size * 0.5, drawn, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _conversation(page: _Page, conversation: Mapping[str, Any], knowledge: Knowledge) -> None:
    page.heading(f"Conversation of {page.when(conversation['opened_at'])}")
    closed = conversation["closed_at"]
    page.facts(
        ("Id", conversation["id"]),
        ("Highest urgency", conversation["urgency"] or "nothing was reported"),
        ("Ended", page.when(closed) if closed else "no"),
        *(("Answer", f"{name}: {value}") for name, value in _answers(conversation)),
    )
    for flag in conversation["flags"]:
        page.line(
            f"Flag: {flag['urgency']}, {flag['state']}, raised {page.when(flag['raised_at'])}"
        )
        if flag["closed_reason"]:
            page.line(f"Closed because: {flag['closed_reason']}", 5)
    for message in conversation["messages"]:
        _message(page, message, knowledge)


def _answers(conversation: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    answers = conversation["report"].get("answers") or {}
    return [(name.replace("_", " "), str(value)) for name, value in answers.items()]


def _message(page: _Page, message: Mapping[str, Any], knowledge: Knowledge) -> None:
    who = "Patient" if message["sender"] == "patient" else "Bedside"
    page.strong(f"{page.when(message['at'])} · {who}{'' if message['shown'] else ' (not shown)'}")
    page.line(message["text"], 5)
    for choice in message["choices"]:
        page.line(f"· {choice['title']}", 8)
    for mention in message["mentions"]:
        sign = knowledge.signs.get(mention["sign"])
        name = mention["sign"] if sign is None else sign.name
        meaning = MEANINGS.get(mention["assertion"], mention["assertion"])
        page.line(f"Noted: {name} ({meaning}), from the words “{mention['text']}”", 8)
    for report in message["reports"]:
        page.line(f"Assessed by the {report['processed_by']}: {report['urgency'] or 'nothing'}", 8)
        for reason in report["reasons"]:
            page.line(f"{reason['urgency']}: {reason['why']}", 12)


def _audit(page: _Page, lines: Sequence[Mapping[str, Any]]) -> None:
    page.heading("Who read and did what")
    for line in lines:
        page.line(f"{page.when(line['at'])}: {line['actor']}: {line['action']}, {line['subject']}")


def _drawable(text: str, glyphs: Mapping[int, Any]) -> str:
    """The text with the number of each character that the typeface cannot draw."""
    kept = (each for each in text if each == "\n" or each.isprintable() or each.isspace())
    return "".join(
        each if each.isspace() or ord(each) in glyphs else f"[U+{ord(each):04X}]" for each in kept
    )


def _font(name: str) -> Path:
    """DejaVu comes with matplotlib, which Rasa depends on; nothing of it is imported."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise FileNotFoundError("matplotlib is not installed, which brings the typeface")
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / name
