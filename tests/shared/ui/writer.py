"""A studio whose task writes when it is let, for the tests of live text."""

from __future__ import annotations

import threading

from shared.app import App, Context, Request, Result

app = App("writer", "Writer", "Writes when it is let.")

GATES = {name: threading.Event() for name in ("begin", "written", "end")}


class WriteRequest(Request):
    text: str = "<script>alert(1)</script> & more"


class WriteResult(Result):
    text: str


@app.task(source_type=None)
def write(request: WriteRequest, context: Context) -> WriteResult:
    """Write a text."""
    GATES["begin"].wait(30)
    context.text(request.text)
    GATES["written"].set()
    GATES["end"].wait(30)
    return WriteResult(text=request.text)
