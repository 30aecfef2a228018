"""A studio's page in Streamlit's own harness: open it, press, wait for the run in its address, read what it drew."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from typing import Any

from shared.runs import default_executor

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from streamlit.testing.v1 import AppTest

__all__ = ["again", "component", "finished", "html", "opened", "press", "widget"]

TIMEOUT_S = 60


def opened(script: Callable[[], None], state: dict[str, Any] | None = None, **query: str) -> Any:
    """The page of `script`, drawn once, with values of the session and of the address."""
    at = AppTest.from_function(script, default_timeout=TIMEOUT_S)
    for name, value in (state or {}).items():
        at.session_state[name] = value
    for name, value in query.items():
        at.query_params[name] = value
    return again(at)


def again(at: Any) -> Any:
    at.run()
    assert not at.exception, at.exception
    return at


def widget(found: Any, label: str) -> Any:
    """The first whose label begins so."""
    return next(one for one in found if one.label.replace("\\", "").startswith(label))


def press(at: Any, label: str) -> None:
    widget(at.button, label).click()
    again(at)


def finished(at: Any) -> Any:
    """Run the script until the run in its address is over; it must be done."""
    named = at.query_params["run"]
    run_id = named if isinstance(named, str) else named[0]
    until = time.monotonic() + TIMEOUT_S
    while not default_executor().history.get(run_id).finished:
        assert time.monotonic() < until
        time.sleep(0.05)
    again(at)
    run = default_executor().history.get(run_id)
    assert run.status == "done", run.error
    return run


def html(at: Any) -> str:
    return " ".join(str(element.proto.body) for element in at.get("html"))


def component(at: Any, name: str) -> dict[str, Any]:
    """What a component of the page was given."""
    found = [element.proto for element in at.get("bidi_component") if element.proto.component_name.endswith(name)]
    assert found, name
    given: dict[str, Any] = json.loads(found[-1].json)
    return given
