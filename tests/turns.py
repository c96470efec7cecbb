"""A conversation with the pure core: each message with the report and question that the last one left."""

from __future__ import annotations

from bedside.dialogue import take_up
from bedside.knowledge import Knowledge
from bedside.language import Reader
from bedside.model import Parsed, Report, Turn
from bedside.questions import question_about
from tests.builders import TODAY


class Talk:
    def __init__(self, reader: Reader, knowledge: Knowledge) -> None:
        self._reader, self._knowledge = reader, knowledge
        self.report, self.question = Report(), None
        self.turn: Turn | None = None
        self.today = TODAY

    def hears(self, text: str, intent: str = "report_symptom") -> list[str]:
        """The responses to `text`, by name."""
        return self.take(self._reader.read(text, intent=intent))

    def take(self, heard: Parsed) -> list[str]:
        """The responses to a message that was read already."""
        self.turn = take_up(self.report, heard, self.question, self._knowledge, self.today)
        self.report, self.question = self.turn.report, self.turn.question
        return [say.response for say in self.turn.says]

    def is_asked(self, fact: str, told: Report) -> None:
        """Go to the point where `told` is known and the question about `fact` was put."""
        self.report, self.question = told, question_about(fact, self._knowledge)

    @property
    def asks(self) -> str | None:
        return self.question and self.question.id

    @property
    def about(self) -> tuple[str, ...]:
        return self.question.about if self.question else ()

    @property
    def urgency(self) -> str | None:
        urgency = self.turn.assessment.urgency if self.turn else None
        return None if urgency is None else urgency.word
