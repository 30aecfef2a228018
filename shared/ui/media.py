"""Files that a page's scripts fetch: sounds, scores and what is too large to travel inside a page."""

from __future__ import annotations

import base64

from streamlit import runtime

__all__ = ["media_url"]


def media_url(data: bytes, media_type: str, place: str) -> str:
    """An address on this server, good as long as each pass of the page's script asks for it again.

    place: a name within the page; another file under the same one takes its place. Without a server (a test, a bare script) a `data:`
    URL.
    """
    if not runtime.exists():
        return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    return str(runtime.get_instance().media_file_mgr.add(data, media_type, place))
