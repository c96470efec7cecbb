"""What is known about the drug's warning signs, as checked data with its sources. It decides nothing."""

from bedside.knowledge.entries import (
    Atom,
    Condition,
    ContextCues,
    FaqEntry,
    Is,
    Kind,
    Knowledge,
    OtherLanguage,
    QuestionEntry,
    Region,
    Rule,
    Sign,
)
from bedside.knowledge.files import KnowledgeError
from bedside.knowledge.loader import load
from bedside.knowledge.responses import Responses, clinic_facts, in_words, load_responses

__all__ = [
    "Atom",
    "Condition",
    "ContextCues",
    "FaqEntry",
    "Is",
    "Kind",
    "Knowledge",
    "KnowledgeError",
    "OtherLanguage",
    "QuestionEntry",
    "Region",
    "Responses",
    "Rule",
    "Sign",
    "clinic_facts",
    "in_words",
    "load",
    "load_responses",
]
