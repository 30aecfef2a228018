"""Sign: the signed copy, and what its credentials say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from apps.deepfake.page.credentials import show_credentials
from apps.deepfake.page.words import safe, short
from shared.ui.page import heading
from shared.ui.text import bytes_text

if TYPE_CHECKING:
    from apps.deepfake.results import SignResult
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["files_of", "show", "show_side"]


def show(run: Run, result: SignResult) -> None:
    """What was signed, and its credentials as anybody will read them."""
    name = str(run.request["file"]["name"])
    st.html(
        f'<section class="dfk-verdict plain" aria-label="Result"><div class="head"><span class="dfk-word good">Signed</span>'
        f'<h2 class="sx-h2" title="{safe(name)}">{safe(short(name))}</h2></div>'
        f"<p>A copy with Content Credentials, {bytes_text(result.signed.size_bytes)}. "
        "The file that was given stays as it was.</p></section>"
    )
    show_credentials(result.credentials)


def files_of(result: SignResult) -> list[tuple[str, Artifact]]:
    return [("Download signed file", result.signed)]


def show_side(result: SignResult) -> None:
    heading("SHA-256")
    with st.container(key="dfk-sha"):
        st.html('<p class="sx-label">Before it was signed</p>')
        st.code(result.original_sha256, language=None, wrap_lines=True)
        st.html('<p class="sx-label">The signed file</p>')
        st.code(result.signed.sha256, language=None, wrap_lines=True)
    heading("What a signature says")
    st.html(
        '<ul class="dfk-not-said"><li>That whoever holds the key states how the file was made.</li>'
        "<li>That nothing was changed since. A re-encoding breaks it, and most platforms remove it.</li>"
        "<li>Not that the statement is true.</li></ul>"
    )
