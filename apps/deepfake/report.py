"""The report of a case as one HTML file: it asks for nothing outside itself, runs no script and prints on A4."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from apps.deepfake.results import CredentialsReport, FileReport, Score
from apps.deepfake.shown import visible
from apps.deepfake.verdict import NOT_SAID, WORDS
from shared.provenance import software_version

__all__ = ["as_html", "as_json"]

VERDICTS = {
    "provenance-verified": "Provenance verified",
    "declared-ai": "Declared AI",
    "likely-manipulated": "Likely manipulated",
    "no-evidence-found": "No evidence found",
    "inconclusive": "Inconclusive",
    "unsupported": "Unsupported",
}

_STYLE = """
:root { color-scheme: light }
body { font: 14px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem; overflow-wrap: anywhere }
h3 { font-size: .95rem; margin: 1.25rem 0 .25rem } p { margin: .25rem 0 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; table-layout: fixed }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere }
th { font-weight: 600 } .narrow th { width: 12rem } code { font: 12px ui-monospace, monospace; overflow-wrap: anywhere }
figure { display: inline-block; margin: .5rem 1rem .5rem 0; max-width: 47% } img { max-width: 100%; border: 1px solid #ddd }
figcaption, .quiet { color: #555; font-size: 12px }
.verdict { font-weight: 600; padding: .1rem .5rem; border: 1px solid currentColor; border-radius: .25rem; white-space: nowrap }
section { break-before: page } section:first-of-type { break-before: auto }
@media print { body { margin: 0; max-width: none } }
"""


def as_json(case: str, examined_at: str, files: Sequence[FileReport]) -> bytes:
    """The report for machines: the same facts, nothing more."""
    body = {
        "tool": "Sextant deepfake",
        "version": software_version(),
        "examined_at": examined_at,
        "case": case,
        "files": [file.model_dump(mode="json") for file in files],
        "not_said": list(NOT_SAID),
    }
    return json.dumps(body, indent=1, ensure_ascii=False).encode()


def as_html(case: str, examined_at: str, files: Sequence[FileReport]) -> bytes:
    """The report for people. Every text of a file is escaped."""
    title = f"Case {case}" if case else "Evidence report"
    rows = "".join(
        f"<tr><td>{number}</td><td>{_text(file.name)}</td><td>{_verdict(file)}</td><td>{_text(next(iter(file.reasons), ''))}</td></tr>"
        for number, file in enumerate(files, 1)
    )
    sections = "".join(_section(number, file) for number, file in enumerate(files, 1))
    limits = "".join(f"<li>{_text(one)}</li>" for one in NOT_SAID)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{_text(title)}</title><style>{_STYLE}</style>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
    body = (
        f"<h1>{_text(title)}</h1>"
        f'<p class="quiet">Sextant deepfake {_text(software_version())}, examined {_text(examined_at)} on one machine, offline: '
        "nothing was uploaded or fetched.</p>"
        f'<table><colgroup><col style="width:2.5rem"><col><col style="width:11rem"><col style="width:45%"></colgroup>'
        f"<tr><th></th><th>File</th><th>Verdict</th><th>First reason</th></tr>{rows}</table>"
        f"{sections}<h2>What this report cannot tell</h2><ul>{limits}</ul>"
    )
    return f'<!doctype html><html lang="en"><head>{policy}{head}</head><body>{body}</body></html>\n'.encode()


def _section(number: int, file: FileReport) -> str:
    parts = [
        f"<section><h2>{number}. {_text(file.name)}</h2>",
        f"<p>{_verdict(file)} {_text(WORDS[file.verdict])}</p>",
        "<ul>" + "".join(f"<li>{_text(reason)}</li>" for reason in file.reasons) + "</ul>",
        _pictures(file),
        _table(
            {"SHA-256": f"<code>{file.sha256}</code>", "Size": f"{file.size_bytes:,} bytes", "Type": _text(file.media_type or "unknown")}
        ),
    ]
    if file.score is not None:
        parts.append(_score(file.score))
    if file.credentials is not None:
        parts.append(_credentials(file.credentials))
    if file.evidence:
        parts.append(_evidence(file))
    if file.facts:
        parts += ["<h3>The container</h3>", _table({name: _text(value) for name, value in file.facts.items()})]
    if file.missed:
        parts += ["<h3>Checks that did not run</h3><ul>", *(f"<li>{_text(one)}</li>" for one in file.missed), "</ul>"]
    return "".join([*parts, "</section>"])


def _pictures(file: FileReport) -> str:
    from apps.deepfake.pictures import thumbnail

    shown = [(file.preview, "As it is shown" if file.kind == "image" else "Spectrogram"), (file.overlay, "Where the learned head reacts")]
    figures = []
    for artifact, words in shown:
        if artifact is not None:
            data = base64.b64encode(thumbnail(artifact.read())).decode()
            figures.append(f'<figure><img alt="{words}" src="data:image/jpeg;base64,{data}"><figcaption>{words}</figcaption></figure>')
    return "".join(figures)


def _score(score: Score) -> str:
    rows = {
        "Probability": f"{score.probability:.2f} ({score.low:.2f} to {score.high:.2f}), where captured and made files are equally frequent",
        "Scores as high": f"{score.p_captured:.1%} of captured calibration files",
        "Scores as low": f"{score.p_made:.1%} of made calibration files",
        "Model": f"{_text(score.model)}, revision {_text(score.revision)}",
    }
    windows = "".join(f"<tr><td>{start:.1f} to {end:.1f} s</td><td>{p:.2f}</td></tr>" for start, end, p in score.windows)
    spans = f"<table><tr><th>Speech</th><th>Reaction, 0 to 1, not calibrated</th></tr>{windows}</table>" if windows else ""
    return f"<h3>The learned head</h3>{_table(rows)}{spans}"


def _credentials(found: CredentialsReport) -> str:
    rows = {
        "State": f"{_text(found.state)}: {_text(found.words)}",
        "Signer": _text(", ".join(part for part in (found.signer, found.issuer) if part)),
        "Signed": _text(found.signed_at),
        "Software": _text(found.generator),
        "Actions": "<br>".join(_text(action) for action in found.actions),
        "Made of": "<br>".join(_text(one) for one in found.ingredients),
    }
    codes = "".join(f"<tr><td><code>{_text(code.code)}</code></td><td>{_text(code.words)}</td></tr>" for code in found.codes)
    return f"<h3>Content Credentials</h3>{_table({k: v for k, v in rows.items() if v})}<table>{codes}</table>"


def _evidence(file: FileReport) -> str:
    rows = "".join(
        f"<tr><td>{_text(e.source)}</td><td>{_text(e.claim)}{_where(e.region, e.span_s)}</td>"
        f"<td>{_text(e.direction)}, {e.strength:.2f}</td><td>{_text(e.reliability)}. {_text(e.basis)}</td></tr>"
        for e in file.evidence
    )
    head = "<tr><th>Check</th><th>Finding</th><th>Speaks for, strength</th><th>Reliability</th></tr>"
    columns = '<colgroup><col style="width:8rem"><col><col style="width:9rem"><col style="width:14rem"></colgroup>'
    return f"<h3>Evidence</h3><table>{columns}{head}{rows}</table>"


def _where(region: tuple[int, int, int, int] | None, span_s: tuple[float, float] | None) -> str:
    if region is not None:
        return f" (x {region[0]}, y {region[1]}, {region[2]} x {region[3]} px)"
    return f" ({span_s[0]:.1f} to {span_s[1]:.1f} s)" if span_s is not None else ""


def _table(rows: Mapping[str, Any]) -> str:
    return (
        '<table class="narrow">' + "".join(f"<tr><th>{_text(name)}</th><td>{value}</td></tr>" for name, value in rows.items()) + "</table>"
    )


def _verdict(file: FileReport) -> str:
    return f'<span class="verdict">{VERDICTS[file.verdict]}</span>'


def _text(value: str) -> str:
    return escape(visible(value), quote=True)
