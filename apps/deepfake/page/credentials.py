"""Content Credentials as a card: their state in words, who signed when, what was done, and every status code."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from apps.deepfake.page.words import MEANINGS, SEVERITIES, STATES, safe, word
from apps.deepfake.results import Code, CredentialsReport
from shared.ui.page import heading
from shared.ui.roster import Tone

__all__ = ["NOT_TAMPERED", "codes_html", "show_credentials", "state_word"]

NOT_TAMPERED = (
    "An expired certificate, or a signer that this machine does not know, is not tampering: it says nothing about the content. "
    "Only “content changed” says that bytes differ from those that were signed."
)
NONE = "The file has no Content Credentials. Most honest files have none, and most platforms remove them: nothing follows from that."


_SEVEREST = ("failure", "informational", "success")


def state_word(found: CredentialsReport) -> tuple[str, Tone]:
    """Whether they hold, in two or three words."""
    if any(code.meaning == "content-changed" and code.severity == "failure" for code in found.codes):
        return "Content changed since it was signed", "bad"
    return STATES.get(found.state, (found.state, "plain"))


def show_credentials(found: CredentialsReport | None, *, opened: bool = False, told: bool = False) -> None:
    """opened: the codes are in sight from the start. told: state and sentence stand above already."""
    heading("Content Credentials", "" if found is None else "checked offline; nothing was fetched")
    if found is None:
        st.html(f'<p class="sx-sub">{NONE}</p>')
        return
    rows = [
        ("Signer", ", ".join(filter(None, (found.signer, found.issuer))) or "not stated"),
        ("Signed", found.signed_at or "no time stamp"),
        ("Software", found.generator or "not stated"),
    ]
    facts = "".join(f"<div><dt>{name}</dt><dd>{safe(value)}</dd></div>" for name, value in rows)
    said = "" if told else f"<p>{word(*state_word(found))} {safe(found.words)}</p>"
    st.html(
        f'<section class="dfk-credentials" aria-label="Content Credentials">{said}<dl>{facts}</dl>'
        f"{_actions(found.actions)}{_ingredients(found.ingredients)}</section>"
    )
    if found.codes:
        with st.expander(f"Status codes in words ({len(found.codes)})", expanded=opened):
            st.html(f'<p class="dfk-not-tampered">{NOT_TAMPERED}</p>{codes_html(found.codes)}')
    else:
        st.html(f'<p class="sx-sub">{NOT_TAMPERED}</p>')


def codes_html(codes: Sequence[Code]) -> str:
    """One row a code, those that were not passed first: what it means, whether it was passed, its words, and the code itself."""
    rows = []
    for code in sorted(codes, key=lambda one: _SEVEREST.index(one.severity) if one.severity in _SEVEREST else 0):
        said, tone = MEANINGS.get(code.meaning, (code.meaning, "plain"))
        severity = SEVERITIES.get(code.severity, code.severity)
        head = f"<div>{word(said, tone)}<small>{safe(severity)}</small></div>"
        rows.append(f'<li>{head}<p>{safe(code.words)} <span class="sx-mono">{safe(code.code)}</span></p></li>')
    return f'<ul class="dfk-codes">{"".join(rows)}</ul>'


def _actions(actions: Sequence[str]) -> str:
    if not actions:
        return ""
    items = "".join(f"<li>{safe(action)}</li>" for action in actions)
    return f'<div class="steps"><h3>What was done, as the signer says</h3><ol>{items}</ol></div>'


def _ingredients(ingredients: Sequence[str]) -> str:
    """The file, and what went into it as branches below."""
    if not ingredients:
        return ""
    items = "".join(f"<li>{safe(one)}</li>" for one in ingredients)
    return f'<div class="steps"><h3>What it was made of</h3><ul class="dfk-tree"><li>This file<ul>{items}</ul></li></ul></div>'
