"""What an action needs of its surroundings, opened once a process and not before it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bedside.knowledge import Knowledge, load
from bedside.model import Clinic
from bedside.settings import Settings, read_clinic
from bedside.store import Database, open_record


@dataclass(frozen=True, slots=True)
class Deployment:
    database: Database
    knowledge: Knowledge
    clinic: Clinic


@lru_cache(maxsize=1)
def deployment() -> Deployment:
    """This process's record and knowledge."""
    settings = Settings.from_environment()
    return Deployment(
        database=open_record(settings),
        knowledge=load(),
        clinic=read_clinic(settings.clinic_file),
    )
