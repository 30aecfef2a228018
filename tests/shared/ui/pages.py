"""Scripts for AppTest: each is run from its own source, so that it imports what it uses."""

from __future__ import annotations


def echo() -> None:
    from shared.ui.generic import generic_page
    from tests.studios.echo import app

    generic_page(app)


def medical() -> None:
    from apps.medical.dashboard import page

    page()


def launcher() -> None:
    from suite.home import page

    page()


def form() -> None:
    import streamlit as st

    from shared.errors import SextantError
    from shared.ui.form import Form
    from tests.studios.echo import say

    made = Form(say)
    made.field("text", label="Words")
    made.field("level", names={1: "soft", 2: "plain", 3: "loud"})
    made.leave_out("quiet")
    made.rest("The rest")
    try:
        st.text(made.request().model_dump_json())
    except SextantError as error:
        st.text(f"refused: {error}")
