"""The demo's page: one HTML file with its pictures inside, light and dark, without a script or an outside request."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from shared.files import Artifact
from shared.runs.atomic import write_atomically

if TYPE_CHECKING:
    from shared.runs import ModelUse
    from suite.demo import Shown

__all__ = ["write_page"]

_EMBEDDED = ("image/png", "image/jpeg", "image/webp", "image/svg+xml")
_PLAYED = ("audio/wav", "audio/flac", "audio/mpeg", "audio/ogg")
_EMBEDDED_BYTES = 3 * 2**20


def write_page(path: Path, shown: Sequence[Shown], broken: Sequence[str]) -> Path:
    """Write the page beside the artifacts; returns its path."""
    style = Path(__file__).with_name("demo.css").read_text(encoding="utf-8")
    sections = [_studio(list(entries), path.parent) for _, entries in groupby(shown, key=lambda entry: entry.app.key)]
    errors = "".join(f'<p class="error">{escape(line)}</p>' for line in broken)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Sextant demo</title>'
        f"<style>{style}</style></head><body><main><header><h1>Sextant</h1>"
        f"<p>{_summary(shown)}</p></header>{errors}{''.join(sections)}</main></body></html>\n"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page.encode())
    return path


def _summary(shown: Sequence[Shown]) -> str:
    done = [entry for entry in shown if entry.error is None]
    seconds = sum(entry.seconds for entry in shown)
    return f"{len(done)} of {len(shown)} examples done in {seconds:.1f} s on this machine, with the models that come with the studios."


def _studio(entries: Sequence[Shown], root: Path) -> str:
    app = entries[0].app
    notice = f'<p class="notice">{escape(app.notice)}</p>' if app.notice else ""
    cards = "".join(_card(entry, root) for entry in entries)
    return f"<section><h2>{escape(app.title)}</h2><p>{escape(app.summary)}</p>{notice}{cards}</section>"


def _card(entry: Shown, root: Path) -> str:
    body = f'<p class="error"><b>Failed.</b> {escape(str(entry.error))}</p>' if entry.error else _result(entry, root)
    title = f"<h3>{escape(entry.example.title)} <code>{escape(entry.task.key)}</code></h3>"
    return f"<article>{title}{body}{_provenance(entry)}</article>"


def _result(entry: Shown, root: Path) -> str:
    pictures = "".join(_picture(artifact, entry.example.title) for artifact in _pictures(entry))
    links = "".join(
        f'<a href="{escape(path.relative_to(root).as_posix())}" download>{escape(artifact.name)}</a> ' for artifact, path in entry.files
    )
    sounds = "".join(
        _player(artifact, path.relative_to(root)) for artifact, path in entry.files if artifact.media_type.startswith("audio/")
    )
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in (entry.result.warnings if entry.result else []))
    return f'{pictures}{sounds}{_figures(entry)}{warnings}<p class="files">{links}</p>'


def _pictures(entry: Shown) -> list[Artifact]:
    """The result's field `preview` where it has one, else every picture among its files."""
    preview = getattr(entry.result, "preview", None)
    return [artifact for artifact in ([preview] if preview else [a for a, _ in entry.files]) if _fits(artifact)]


def _fits(artifact: Artifact) -> bool:
    return artifact.media_type in _EMBEDDED and artifact.size_bytes <= _EMBEDDED_BYTES


def _picture(artifact: Artifact, title: str) -> str:
    data = base64.b64encode(artifact.read()).decode()
    return f'<img src="data:{artifact.media_type};base64,{data}" alt="{escape(f"{title}: {artifact.name}")}">'


def _player(artifact: Artifact, path: Path) -> str:
    """The file beside the page, played where it is; MIDI and the like have no player in a browser."""
    if artifact.media_type not in _PLAYED:
        return ""
    name, source = escape(artifact.name), escape(path.as_posix())
    return f'<figure><figcaption>{name}</figcaption><audio controls preload="none" aria-label="{name}" src="{source}"></audio></figure>'


def _figures(entry: Shown) -> str:
    if entry.result is None or not entry.result.figures:
        return ""
    cells = (
        f"<div><dt>{escape(f.label)}</dt><dd>{f.value:.4g} <small>{escape(f.unit)}</small></dd><p>{escape(f.reference)}</p></div>"
        for f in entry.result.figures
    )
    return f"<dl>{''.join(cells)}</dl>"


def _provenance(entry: Shown) -> str:
    facts: list[tuple[str, str]] = [("Input", ", ".join(filter(None, (entry.example.source, entry.example.licence))))]
    if entry.run is not None:
        facts += [("Made by", ", ".join(_model(used) for used in entry.run.models)), ("Model licence", _licences(entry))]
        facts += [("Seed", str(entry.run.seed)), ("Took", f"{entry.seconds:.1f} s"), ("Run", entry.run.id)]
    return f'<p class="provenance">{_spans(facts)}</p>'


def _model(used: ModelUse) -> str:
    return f"{used['name']} ({used['revision'][:24] or 'no weights'}), {used['dtype']} on {used['device']}"


def _licences(entry: Shown) -> str:
    used = {str(model["name"]) for model in entry.run.models} if entry.run else set()
    return ", ".join(sorted({model.licence for model in entry.app.models if model.name in used}))


def _spans(facts: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"<span><b>{escape(name)}</b> {escape(value)}</span>" for name, value in facts if value)
