"""`sextant serve`: the dashboards and the HTTP API of the installed studios, on this machine."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser

import click

from shared.discovery import only

__all__ = ["serve"]

_OPEN_DELAY_S = 0.5


@click.command("serve")
@click.option("--only", "keys", multiple=True, metavar="APP", help="serve this studio alone (may be given several times)")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on; 0.0.0.0 for every network (see SEXTANT_HOSTS)")
@click.option("--port", type=click.IntRange(0, 65_535), default=8501, show_default=True, help="0 = any that is free")
@click.option("--open/--no-open", "opens", default=None, help="open a browser; by default where there is a display")
def serve(keys: tuple[str, ...], host: str, port: int, opens: bool | None) -> int:
    """Open the studios in a browser, and answer programs over HTTP, until Ctrl-C."""
    if keys:
        os.environ["SEXTANT_APPS"] = only(keys)
    print("Starting Sextant ...", flush=True)
    from shared.api.guard import LOCAL_HOSTS
    from shared.api.serve import serve as serve_app
    from shared.runs import default_executor
    from suite.server import create_app

    default_executor()  # a home that cannot be used is said in one line, not by a server that fails to start
    app, site = create_app()

    def tell(url: str) -> None:
        shown = url.replace("0.0.0.0", "localhost").replace("[::]", "localhost")
        print(f"Sextant is at {shown} (HTTP API: {shown}/v1). Stop it with Ctrl-C.", flush=True)
        if host not in LOCAL_HOSTS:
            print("Pages ask for no key: whoever reaches this address can use them. Put a proxy with sign-in before it.", flush=True)
        if _has_display() if opens is None else opens:
            threading.Timer(_OPEN_DELAY_S, webbrowser.open, [shown]).start()

    serve_app(app, host, port, on_stop=site.begin_stop, on_start=tell)
    return 0


def _has_display() -> bool:
    """Whether a browser that is started here would be seen."""
    seen = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return seen and sys.stdout.isatty()
