"""A checked text as a page: each claim marked, with the fact that bears it or the reason why none does."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from apps.marketing.results import Span
from apps.marketing.sheet import Sheet

__all__ = ["marked", "report_html"]

_STYLE = """body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
mark{border-radius:3px;padding:0 2px;color:inherit}mark.supported{background:#d7f0dd}mark.unsupported{background:#ffe3b8}
mark.contradicted{background:#ffd0cc}mark.no-claim{background:none;border-bottom:1px dotted #888}blockquote{white-space:pre-wrap;
border-left:3px solid #ccd;margin:1rem 0;padding:.2rem 1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem
.6rem;border-bottom:1px solid #dde;vertical-align:top}"""


def marked(text: str, spans: Sequence[Span]) -> str:
    """HTML of the text, escaped, with a `mark` for each span; its title says the fact or the reason."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda each: each.start):
        said = ", ".join(span.facts) if span.status == "supported" else span.why
        parts.append(escape(text[at : span.start]))
        parts.append(f'<mark class="{span.status}" title="{escape(said)}">{escape(text[span.start : span.end])}</mark>')
        at = span.end
    return "".join([*parts, escape(text[at:])])


def report_html(text: str, spans: Sequence[Span], suggestions: Sequence[str], sheet: Sheet, verdict: str) -> str:
    """One file without scripts and without anything from elsewhere."""
    claims = "".join(
        f"<tr><td>{escape(span.text)}</td><td>{span.status}</td><td>{escape(', '.join(span.facts))}</td><td>{escape(span.why)}</td></tr>"
        for span in spans
    )
    changes = "".join(f"<li>{escape(line)}</li>" for line in suggestions) or "<li>Nothing.</li>"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Claims of {escape(sheet.name)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(sheet.name)}</h1><p>{escape(verdict)}</p>"
        f"<blockquote>{marked(text, spans)}</blockquote><h2>To change</h2><ul>{changes}</ul>"
        f"<h2>Claims</h2><table><tr><th>claim</th><th>status</th><th>facts</th><th>why</th></tr>{claims}</table>"
        "<p>Rules, not a lawyer: a claim that passes here is on the sheet, which says nothing of whether the sheet is right.</p>"
        "</body></html>"
    )
