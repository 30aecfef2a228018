"""What a run that is done shows: figures, warnings, files, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from shared.app import Artifact, Figure, Result
from shared.errors import SextantError
from shared.ui.page import note
from shared.ui.pictures import Picture, show_pictures
from shared.ui.text import bytes_text, escape, figure, plain

if TYPE_CHECKING:
    from shared.runs import ModelUse, Run

__all__ = ["downloads", "figures", "picture_grid", "provenance", "table", "warnings"]

SHOWN_FIGURES = 4
_ID_SHOWN = 12  # enough for every command that takes a run
_PICTURES = ("image/png", "image/jpeg", "image/webp")
_EMBEDDED_BYTES = 8 << 20


def figures(shown: Sequence[Figure]) -> None:
    """At most four, each with its unit and what it is to be read against."""
    if not shown:
        return
    cells = (
        f"<div><dt>{escape(f.label[:1].upper() + f.label[1:])}</dt><dd>{figure(f.value)} <small>{escape(f.unit)}</small></dd>"
        f'<dd class="ref">{escape(f.reference)}</dd></div>'
        for f in shown[:SHOWN_FIGURES]
    )
    st.html(f'<dl class="sx-figures">{"".join(cells)}</dl>')


def warnings(result: Result) -> None:
    """What must be known before the result is used, in one place."""
    if len(result.warnings) == 1:
        note("Note", result.warnings[0], "warn")
    elif result.warnings:
        items = "".join(f"<li>{escape(warning)}</li>" for warning in result.warnings)
        st.html(f'<div class="sx-note warn"><b>Notes.</b><ul>{items}</ul></div>')


def downloads(run: Run, labels: Sequence[tuple[str, Artifact]]) -> None:
    """A button a file; its bytes are read when it is pressed."""
    for label, artifact in labels:
        st.download_button(
            plain(label),
            data=artifact.read,
            file_name=f"{run.id[:6]}-{artifact.name}",
            mime=artifact.media_type,
            on_click="ignore",
            key=f"sx-download-{run.id}-{artifact.sha256[:12]}-{artifact.name}",
            help=f"{plain(artifact.name)}, {bytes_text(artifact.size_bytes)}",
        )


def provenance(run: Run, source: str = "", note: str = "") -> None:
    """Who made it, from what, in which run."""
    used = "; ".join(f"{_model(use)}, {use['dtype']} on {_device(use['device'])}" for use in run.models)
    made = ", ".join(filter(None, (used or "no model", f"seed {run.seed}")))
    shown_id = f'<span class="sx-mono" title="{escape(run.id)}">{escape(run.id[:_ID_SHOWN])}</span>'
    facts = [("Made by", escape(made)), ("From", escape(source)), ("Run", shown_id)]
    lines = "".join(f"<span><b>{name}</b> {value}</span>" for name, value in facts if value)
    st.html(f'<div class="sx-made">{lines}{f"<div>{escape(note)}</div>" if note else ""}</div>')


def table(rows: Iterable[tuple[str, str]], label: str) -> None:
    """Names and values."""
    body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    st.html(f'<div class="sx-scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table class="sx-table">{body}</table></div>')


def picture_grid(artifacts: Sequence[Artifact], alt: str) -> int:
    """The pictures among these files; returns how many there are."""
    pictures = []
    for artifact in artifacts:
        if artifact.media_type not in _PICTURES or artifact.size_bytes > _EMBEDDED_BYTES:
            continue
        try:
            pictures.append(Picture(artifact.read(), artifact.media_type, artifact.name, f"{alt}: {artifact.name}"))
        except SextantError as error:
            note(artifact.name, str(error), "bad")
    if pictures:
        show_pictures(pictures)
    return len(pictures)


def _model(use: ModelUse) -> str:
    return f"{use['name']} {use['revision'][:24]}".strip()


def _device(name: str) -> str:
    return name.upper() if name in ("cpu", "cuda", "mps", "xpu") else name
