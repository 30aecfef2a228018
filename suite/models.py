"""`sextant models`: what can run here, under which licence, and why something cannot; `sextant models pull`: fetch one from the hub."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, Any

import click

from shared.discovery import load_apps
from shared.errors import NotFound
from suite.output import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from shared.serving import Model
    from shared.serving.mirror import PinnedFile

__all__ = ["models"]

_MIB = 2**20
_GIB = 2**30
_NEAR = 3


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
@click.pass_context
def models(ctx: click.Context, as_json: bool) -> None:
    """List every model: its source, licence, bytes, and whether it works here."""
    if ctx.invoked_subcommand is not None:
        return
    apps, _ = load_apps()
    rows = [row for app in apps for row in app.describe_models()]
    if as_json:
        print_json(rows)
        return
    columns = ("studio", "task", "model", "licence", "source", "MiB", "here")
    print_table(columns, [_line(row) for row in rows])


@models.command()
@click.argument("name")
@click.option("--accept-licence", is_flag=True, help="accept a licence that asks for it; recorded in SEXTANT_HOME")
@click.option("--update", is_flag=True, help="fetch the newest revision of a model that is here already")
def pull(name: str, accept_licence: bool, update: bool) -> None:
    """Fetch a model: the only thing that ever does. From the Hugging Face hub into HF_HOME; a single pinned file, which mirrors
    may bring too, into SEXTANT_HOME.

    NAME is a model of `sextant models`, or its `owner/name`. An interrupted pull goes on where it stopped.
    """
    model = _find(name)
    if model.source.kind != "hub":
        _tell_about(model)
        return
    from shared.serving.mirror import PinnedFile

    if isinstance(model.source, PinnedFile):
        _pull_file(model.source, model.licence)
        return
    from shared.serving import hub

    source, patterns = model.source, model.source.files or hub.PATTERNS
    _say("model", model.name)
    _say("source", f"https://huggingface.co/{source.location}")
    _say("licence", f"{model.licence}: {model.terms.consequence}" if model.terms else model.licence)
    if model.terms and model.terms.url:
        _say("text", model.terms.url)
    if model.terms and accept_licence:
        hub.accept(model.name, model.licence)
    hub.refuse_unaccepted(model.name, model.licence, source, model.terms)
    if not update and model.why_not() is None:
        _say("revision", model.revision)
        _say("here", f"{hub.cached(source, patterns)} (--update asks the hub for a newer revision)")
        return
    found = hub.survey(source, patterns)
    _say("revision", f"{found.commit} ({found.revision})")
    _say("size", f"{sum(found.files.values()) / _GIB:.2f} GiB in {len(found.files)} files")
    with progress_bar(source.location, None, quiet=False) as bar:
        folder = hub.pull(source, patterns, lambda done, total: bar(round(done / _MIB), round(total / _MIB), "MiB"), found=found)
    _say("here", folder)


def _pull_file(source: PinnedFile, licence: str) -> None:
    """One file of known bytes: it has no other revision, so `--update` changes nothing."""
    from shared.serving import mirror

    _say("model", source.name)
    _say("source", f"https://huggingface.co/{source.location}")
    _say("licence", licence)
    _say("size", f"{source.size_bytes / _GIB:.2f} GiB in one file, sha256 {source.sha256}")
    with progress_bar(source.name, None, quiet=False) as bar:
        path = mirror.pull(source, lambda done, total: bar(round(done / _MIB), round(total / _MIB), "MiB"), lambda it: _say("pull", it))
    _say("here", path)


def _find(name: str) -> Model[Any, Any]:
    """By its name or, of a hub model, its `owner/name`. Raises NotFound, naming the near ones."""
    apps, _ = load_apps()
    known = {alias: model for app in apps for model in app.models for alias in _aliases(model)}
    if name not in known:
        by_lower = {alias.lower(): alias for alias in known}
        near = list(dict.fromkeys(known[by_lower[alias]].name for alias in difflib.get_close_matches(name.lower(), by_lower, _NEAR, 0.5)))
        remedy = f"Near it: {', '.join(near)}." if near else "`sextant models` lists them."
        raise NotFound(f"No model is named {name!r}.", remedy=remedy)
    return known[name]


def _aliases(model: Model[Any, Any]) -> tuple[str, ...]:
    return (model.name, model.source.location) if model.source.kind == "hub" else (model.name,)


def _tell_about(model: Model[Any, Any]) -> None:
    """Nothing can be pulled: say where it is instead."""
    if model.source.kind == "endpoint":
        _say(model.name, f"runs on the server {model.source.location}: there is nothing to pull")
        return
    why_not = model.why_not()
    _say(model.name, "comes with the installation: there is nothing to pull" + (f"; it does not work: {why_not}" if why_not else ""))


def _say(label: str, value: object) -> None:
    sys.stdout.write(f"{label}: {value}\n")
    sys.stdout.flush()  # before a download that takes minutes


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    size = f"{row['size_bytes'] / _MIB:.1f}"
    here = "works" if row["works"] else row["why_not"]
    return row["app"], row["task"], row["name"], row["licence"], row["source"]["kind"], size, here
