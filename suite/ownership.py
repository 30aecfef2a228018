"""`suite`, `apps` and `shared` are common names: make sure that they are ours before anything is imported from them.

An editable installation comes after site-packages on the path, so another distribution's `shared` would be taken silently.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

__all__ = ["NAMES", "ForeignPackage", "check"]

NAMES = ("suite", "apps", "shared")
DISTRIBUTION = "sextant-suite"


class ForeignPackage(SystemExit):
    """One of our names resolves to somebody else's package: printed as one line, exit status 1."""


def check(home: Path | None = None) -> None:
    """Raise ForeignPackage when a name resolves outside the folder that holds this package. About 0.1 ms when all is well."""
    home = home or Path(__file__).resolve().parent.parent
    for name in NAMES:
        found = _folder(name)
        if found is None or found.parent != home:
            raise ForeignPackage(_explain(name, found, home))


def _folder(name: str) -> Path | None:
    """Where `import name` looks; a loaded module is asked by its file. None when there is no such package."""
    loaded = sys.modules.get(name)
    try:
        spec = loaded.__spec__ if loaded is not None else importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.origin is not None:
        return Path(spec.origin).resolve().parent
    # a folder without __init__.py, or one name spread over several folders
    return next((Path(folder).resolve() for folder in spec.submodule_search_locations or ()), None)


def _explain(name: str, found: Path | None, home: Path) -> str:
    if found is None:
        return f"sextant: the package {name!r} is missing from {home}: install Sextant again"
    # Reading the metadata of every distribution takes a second: only when something is wrong.
    from importlib.metadata import packages_distributions

    owners = sorted(set(packages_distributions().get(name, [])) - {DISTRIBUTION})
    remedy = f"`pip uninstall {' '.join(owners)}`, or" if owners else "remove it from PYTHONPATH or the current folder, or"
    owner = f", installed by {', '.join(owners)}" if owners else ""
    return f"sextant: {name!r} is {found}{owner}, not Sextant's own in {home}: {remedy} use an environment of Sextant's own"
