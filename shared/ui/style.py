"""The look: one style sheet over Streamlit's theme (`suite/.streamlit/config.toml`)."""

from __future__ import annotations

import streamlit as st

from shared.ui.web import read_text

__all__ = ["apply_style"]


def apply_style() -> None:
    """Send the style sheet. Call it before `set_page_config`: whatever is drawn then stands in its place from the start."""
    st.html(f"<style>{read_text('style.css')}</style>")
