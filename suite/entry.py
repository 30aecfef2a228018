"""The script that Streamlit runs for every page: look, navigation, then the page itself. Served by `suite/server.py`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

import streamlit as st

from shared.app import App
from shared.discovery import load_apps
from shared.errors import SextantError
from shared.ui.generic import generic_page
from shared.ui.page import error_note, put_pages
from shared.ui.studio import find_page
from shared.ui.style import apply_style
from shared.ui.text import plain
from shared.ui.web import FOLDER
from suite import home

__all__ = ["main"]


def main() -> None:
    """One pass of the script."""
    apply_style()
    st.set_page_config(page_title="Sextant", page_icon=str(FOLDER / "icon.svg"), layout="wide")
    apps, _ = load_apps()
    alone = len(apps) == 1 and "SEXTANT_APPS" in os.environ  # a team's own server shows its page and no launcher
    studios = {app.key: st.Page(_page(app), title=plain(app.title), url_path=app.key, default=alone) for app in apps}
    put_pages(studios)
    pages = list(studios.values())
    if not alone:
        pages.insert(0, st.Page(_careful(home.page, "home"), title="All studios", default=True))
    chosen = st.navigation(pages, position="top", expanded=False)
    st.logo(str(FOLDER / f"logo-{st.context.theme.type or 'light'}.svg"), size="medium")
    chosen.run()


def _page(app: App) -> Callable[[], None]:
    return _careful(find_page(app) or partial(generic_page, app), app.key)


def _careful(draw: Callable[[], None], name: str) -> Callable[[], None]:
    """An error that a person can do something about is said on the page."""

    def page() -> None:
        try:
            draw()
        except SextantError as error:
            error_note("This page cannot be shown", error, "")

    page.__name__ = name
    return page


main()
