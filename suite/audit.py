"""`sextant audit`: what was refused on this machine, when, and by which rule."""

from __future__ import annotations

from dataclasses import asdict

import click

from suite.output import print_json, print_table

__all__ = ["audit"]


@click.command()
@click.option("--app", default=None, help="of one studio")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
def audit(app: str | None, limit: int, as_json: bool) -> None:
    """List what was refused, the newest first; its subject by sha256 alone."""
    from shared.audit import entries

    found = entries(limit, app=app)
    if as_json:
        print_json([asdict(entry) for entry in found])
        return
    rows = [
        (f"{entry.time[:19]}Z", entry.owner, f"{entry.app}/{entry.task}", entry.decision, entry.reason, entry.subject[:12])
        for entry in found
    ]
    print_table(("time", "owner", "task", "decision", "reason", "subject"), rows)
