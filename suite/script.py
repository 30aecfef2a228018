"""The installed `sextant` command. `python -m suite` needs no such care: it starts from the folder that holds our packages."""

from __future__ import annotations

from suite.ownership import check

__all__ = ["main"]


def main() -> int:
    """Make sure that the names are ours, then hand over; returns the exit status."""
    check()
    # After the check: importing the command line imports `shared`, which may be somebody else's.
    from suite.cli import main as sextant

    return sextant()
