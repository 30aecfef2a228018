"""`sextant models`: what can run here, under which licence, and why something cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from shared.discovery import load_apps
from suite.output import print_json, print_table

if TYPE_CHECKING:
    from shared.app import App
    from shared.serving import Model

__all__ = ["models"]

_MIB = 2**20


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
def models(as_json: bool) -> None:
    """List every model: its source, licence, bytes, and whether it works here."""
    apps, _ = load_apps()
    rows = [describe(app, model) for app in apps for model in app.models]
    if as_json:
        print_json(rows)
        return
    columns = ("studio", "task", "model", "licence", "source", "MiB", "here")
    print_table(columns, [_line(row) for row in rows])


def describe(app: App, model: Model[Any, Any]) -> dict[str, Any]:
    """One model as `--json` shows it; `works` is whether its weights are here, `why_not` the reason."""
    from shared.serving import DType

    why_not = model.why_not()
    return {
        "app": app.key,
        "task": model.task,
        "name": model.name,
        "description": model.description,
        "licence": model.licence,
        "source": {"kind": model.source.kind, "location": model.source.location, "revision": model.source.revision},
        "size_bytes": model.nbytes(DType.FLOAT32),
        "works": why_not is None,
        "why_not": why_not,
    }


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    size = f"{row['size_bytes'] / _MIB:.1f}"
    here = "works" if row["works"] else row["why_not"]
    return row["app"], row["task"], row["name"], row["licence"], row["source"]["kind"], size, here
