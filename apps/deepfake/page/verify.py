"""Verify: what a file's credentials say, every code in words, and how Sextant made it where it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from apps.deepfake.page.credentials import show_credentials, state_word
from apps.deepfake.page.words import safe, short, word
from shared.ui.page import heading
from shared.ui.results import table
from shared.ui.roster import Tone
from shared.ui.text import humanised

if TYPE_CHECKING:
    from apps.deepfake.results import VerifyResult

__all__ = ["show", "show_side"]

LABELS = {"request_sha256": "Request (SHA-256)", "made_at": "Made", "source_type": "IPTC source type"}


def show(result: VerifyResult) -> None:
    """The sentence first, then the credentials with their codes opened, then the origin."""
    tone: Tone
    if result.credentials is not None:
        said, tone = state_word(result.credentials)
    elif result.origin:
        said, tone = "Has an origin", "told"
    else:
        said, tone = "Says nothing of its origin", "plain"
    st.html(
        f'<section class="dfk-verdict {tone}" aria-label="Result"><div class="head">{word(said, tone)}'
        f'<h2 class="sx-h2" title="{safe(result.name)}">{safe(short(result.name))}</h2></div><p>{safe(result.words)}</p></section>'
    )
    show_credentials(result.credentials, opened=True, told=result.credentials is not None)
    if result.origin:
        heading("Origin", f"from {result.place}" if result.place else "")
        table([(LABELS.get(name, humanised(name)), value) for name, value in result.origin.items()], "How Sextant made the file")


def show_side(result: VerifyResult) -> None:
    heading("SHA-256")
    with st.container(key="dfk-sha"):
        st.code(result.sha256, language=None, wrap_lines=True)
    heading("What this cannot tell you")
    st.html(
        '<ul class="dfk-not-said"><li>Whether what the signer states is true.</li>'
        "<li>Whether a certificate was revoked since: that is not asked over the network.</li>"
        "<li>Anything from the absence of credentials: most honest files carry none.</li></ul>"
    )
