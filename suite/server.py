"""The server: dashboards, HTTP API, health and metrics in one process on one port, as an ASGI app.

    app, site = create_app()
    serve(app, on_stop=site.begin_stop)          what `sextant serve` does

Never `streamlit run`: its socket lacks TCP_NODELAY (44 ms a keep-alive request against 2 to 9), it binds every address, and it
imports this file under another name, which would make a second engine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from streamlit import config

from shared.api.app import ApiRoute, create_api, guard, site_of
from shared.api.guard import LOCAL_HOSTS
from shared.api.site import Site
from shared.ui.web import FOLDER
from suite.headers import SecurityHeaders

__all__ = ["ENTRY", "create_app"]

ENTRY = Path(__file__).resolve().parent / "entry.py"
GZIP_LEVEL = 5
"""Of 3.2 MB on a cold visit 1.0 are left; level 9 takes three times the time for 2 % more."""


def create_app() -> tuple[st.App, Site]:
    """Everything that one server process serves, and what its parts share. The engine and the executor are made at its start."""
    api = create_api()
    site = site_of(api)

    @asynccontextmanager
    async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
        async with site.lifespan():
            yield {"site": site}

    routes: list[BaseRoute] = [ApiRoute(api), Mount("/assets", StaticFiles(directory=FOLDER), name="assets")]
    middleware = [
        guard(site),
        Middleware(SecurityHeaders),
        Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=GZIP_LEVEL),
    ]
    app = st.App(ENTRY, lifespan=lifespan, routes=routes, middleware=middleware)
    names = [name.strip() for name in site.settings.hosts.split(",") if name.strip()]
    config.set_option("server.allowedHosts", [*LOCAL_HOSTS, *names])  # Streamlit's own check of its socket, beside the guard
    return app, site
