"""What every studio's pages are held to: their Python runs, their options exist, their files are small."""

from __future__ import annotations

import re
from pathlib import Path

from shared.app import App
from tests.checkout import ROOT

__all__ = ["pages_of", "run_python", "unknown_options"]


def pages_of(app: str) -> tuple[Path, ...]:
    """The studio's README and its page of the site."""
    return ROOT / "apps" / app / "README.md", ROOT / "docs" / f"{app}.md"


def run_python(page: Path) -> None:
    """Run every Python block of a page, each on its own, in the present folder."""
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), {})


def unknown_options(app: App) -> set[str]:
    """Options of commands shown on the pages that their tasks do not have."""
    unknown: set[str] = set()
    shown = [found for page in pages_of(app.key) for found in re.findall(rf"sextant {app.key} (\w+)(.*)", page.read_text())]
    assert shown
    for name, line in shown:
        used = {option.removeprefix("no-").replace("-", "_") for option in re.findall(r" --([a-z-]+)", line)} - {"out", "json"}
        unknown |= used - set(app.tasks[name].request_type.model_fields)
    return unknown
