"""HTTP: the server's API and the client that stands for it.

    from shared.api import create_api, serve, Client

    serve(create_api())                        every installed studio at http://127.0.0.1:8501
    Client("http://gpu:8501").run(task, request)

Mounted into Streamlit (one process, one port, one engine):

    api = create_api()
    site = site_of(api)
    app = st.App(script, routes=[ApiRoute(api), ...], middleware=[guard(site), ...], lifespan=lambda app: site.lifespan())
    serve(app, on_stop=site.begin_stop)

`ApiRoute` takes /v1, /healthz, /readyz, /metrics and /openapi.json and leaves every other path alone; a mounted FastAPI's own
lifespan does not run, so that `site.lifespan()` is entered by who mounts it; `guard(site)` must be there, since the guard inside
the API sees the API's own paths only. `site.executor` and `site.engine` are what the dashboards use too.

Importing this package costs nothing: each name is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.lazy import lazily

if TYPE_CHECKING:
    from shared.api.app import ApiRoute, create_api, guard, site_of
    from shared.api.client import Client
    from shared.api.serve import serve
    from shared.api.site import Site

__all__ = ["ApiRoute", "Client", "Site", "create_api", "guard", "serve", "site_of"]

_HOME = {
    "ApiRoute": "app",
    "Client": "client",
    "Site": "site",
    "create_api": "app",
    "guard": "app",
    "serve": "serve",
    "site_of": "app",
}

__getattr__ = lazily(__name__, _HOME)
