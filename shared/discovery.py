"""Which studios are installed: entry points of the group `sextant.apps`, or the list in `SEXTANT_APPS`.

An entry's name is the studio's key, so that a clash is seen by name and only the studio that is asked for is imported.
`SEXTANT_APPS=molecules,audio` replaces the entry points: it names studios of this tree (`apps.<key>.tasks:app`) or any
other as `key=module:attribute`, so that everything also runs from a bare checkout.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from shared.errors import DeclarationError, NotFound

if TYPE_CHECKING:
    from shared.app import App

__all__ = ["BrokenApp", "app_keys", "find_app", "load_apps", "only"]

GROUP = "sextant.apps"


@dataclass(frozen=True)
class BrokenApp:
    """A studio that is installed and cannot be used, with the reason."""

    key: str
    reason: str


def app_keys() -> list[str]:
    """Keys of the installed studios, sorted; imports none of them. Raises `DeclarationError` on a clash."""
    return sorted(_targets())


def find_app(key: str) -> App:
    """The studio named `key`; raises `NotFound` for an unknown one and `DeclarationError` for one that does not load."""
    targets = _targets()
    if key not in targets:
        raise NotFound(f"No studio is named {key!r}.", remedy=f"Installed: {', '.join(sorted(targets)) or 'none'}.")
    return _load(key, targets[key])


def load_apps() -> tuple[list[App], list[BrokenApp]]:
    """Every studio that loads, and every one that does not: one broken studio hides no other."""
    apps, broken = [], []
    for key in app_keys():
        try:
            apps.append(find_app(key))
        except DeclarationError as error:
            broken.append(BrokenApp(key, str(error)))
    return apps, broken


def only(keys: Sequence[str]) -> str:
    """The value of `SEXTANT_APPS` that leaves only these of the installed studios. Raises `NotFound` for one that is not."""
    targets = _targets()
    for key in keys:
        if key not in targets:
            raise NotFound(f"No studio is named {key!r}.", remedy=f"Installed: {', '.join(sorted(targets)) or 'none'}.")
    return ",".join(f"{key}={targets[key]}" for key in dict.fromkeys(keys))


def _targets() -> dict[str, str]:
    """key -> `module:attribute`."""
    chosen = os.environ.get("SEXTANT_APPS")
    return _chosen(chosen) if chosen is not None else _installed()


def _chosen(listing: str) -> dict[str, str]:
    targets: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in listing.split(","))):
        key, _, target = entry.partition("=")
        _add(targets, key, target or f"apps.{key}.tasks:app", "SEXTANT_APPS")
    return targets


@cache
def _installed() -> dict[str, str]:
    targets: dict[str, str] = {}
    for entry in entry_points(group=GROUP):
        _add(targets, entry.name, entry.value, entry.dist.name if entry.dist else "an unnamed distribution")
    return targets


def _add(targets: dict[str, str], key: str, target: str, owner: str) -> None:
    if targets.setdefault(key, target) != target:
        raise DeclarationError(
            f"Two studios are named {key!r}: {targets[key]} and {target} (from {owner}).",
            remedy="Uninstall one, or choose with SEXTANT_APPS=key=module:attribute.",
        )


@cache
def _load(key: str, target: str) -> App:
    from shared.app import App

    module, _, attribute = target.partition(":")
    try:
        app = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise DeclarationError(f"The studio {key!r} ({target}) does not load: {type(error).__name__}: {error}.") from error
    if not isinstance(app, App) or app.key != key:
        found = f"the app {app.key!r}" if isinstance(app, App) else f"a {type(app).__name__}"
        raise DeclarationError(f"{target} is installed as the studio {key!r} but is {found}.")
    return app
