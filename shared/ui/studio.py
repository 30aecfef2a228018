"""Where a studio keeps what a dashboard shows of it: its page and its picture."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from shared.app import App
from shared.ui.chart import chart_svg

__all__ = ["find_page", "picture"]

_MEDIA = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}


def find_page(app: App) -> Callable[[], None] | None:
    """`page` of the module `dashboard` beside the studio's tasks; None for a studio that has no page of its own."""
    package = _package(app)
    name = f"{package}.dashboard"
    if not package or importlib.util.find_spec(name) is None:
        return None
    page: Callable[[], None] = importlib.import_module(name).page
    return page


@cache
def picture(app: App, *, dark: bool = False) -> tuple[bytes, str]:
    """(content, media type) of the card's picture; in the dark its twin `<name>-dark`, where there is one.

    A studio that declares none is given a chart drawn from its key.
    """
    folder = _folder(app)
    declared = folder / app.picture if folder is not None and app.picture else None
    if declared is not None:
        twin = declared.with_stem(f"{declared.stem}-dark")
        chosen = twin if dark and twin.is_file() else declared
        if chosen.is_file() and chosen.suffix in _MEDIA:
            return chosen.read_bytes(), _MEDIA[chosen.suffix]
    return chart_svg(app.key, dark=dark).encode(), "image/svg+xml"


def _module(app: App) -> str:
    """The module that declares the studio's first task."""
    return next((task.function.__module__ for task in app.tasks.values()), "")


def _package(app: App) -> str:
    return _module(app).rpartition(".")[0]


def _folder(app: App) -> Path | None:
    file = getattr(sys.modules.get(_module(app)), "__file__", None)
    return Path(file).parent if file else None
