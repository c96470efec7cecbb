"""bench/results.md: one section for each bench, written anew by that bench alone."""

from __future__ import annotations

import re

from bedside.settings import ROOT

RESULTS = ROOT / "bench" / "results.md"
TITLE = "# Results\n"


def write_section(name: str, text: str, *, target: str = "") -> None:
    """Put `text` where the section `name` stands, or at the end; `target` is the make target that wrote it,
    `bench-{name}` where none is given."""
    by = target or f"bench-{name}"
    section = f"<!-- {name}: written by `make {by}` -->\n\n{text.strip()}\n\n<!-- end of {name} -->"
    page = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else TITLE
    old = re.compile(rf"<!-- {name}: .*?<!-- end of {name} -->", re.DOTALL)
    kept = old.sub(lambda _: section, page)
    page = kept if old.search(page) else f"{page.rstrip()}\n\n{section}\n"
    RESULTS.write_text(page, encoding="utf-8")
