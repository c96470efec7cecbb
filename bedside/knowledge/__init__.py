"""What is known about the drug's warning signs, as checked data with its sources. It decides nothing."""

from bedside.knowledge.entries import (
    Combination,
    Condition,
    ContextCues,
    Entry,
    FindingEntry,
    Knowledge,
    Region,
    Sign,
)
from bedside.knowledge.loader import KnowledgeError, load
from bedside.knowledge.responses import Responses, clinic_facts, load_responses

__all__ = [
    "Combination",
    "Condition",
    "ContextCues",
    "Entry",
    "FindingEntry",
    "Knowledge",
    "KnowledgeError",
    "Region",
    "Responses",
    "Sign",
    "clinic_facts",
    "load",
    "load_responses",
]
