"""`sextant models`: what can run here, under which licence, and why something cannot."""

from __future__ import annotations

from typing import Any

import click

from shared.discovery import load_apps
from suite.output import print_json, print_table

__all__ = ["models"]

_MIB = 2**20


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
def models(as_json: bool) -> None:
    """List every model: its source, licence, bytes, and whether it works here."""
    apps, _ = load_apps()
    rows = [row for app in apps for row in app.describe_models()]
    if as_json:
        print_json(rows)
        return
    columns = ("studio", "task", "model", "licence", "source", "MiB", "here")
    print_table(columns, [_line(row) for row in rows])


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    size = f"{row['size_bytes'] / _MIB:.1f}"
    here = "works" if row["works"] else row["why_not"]
    return row["app"], row["task"], row["name"], row["licence"], row["source"]["kind"], size, here
