"""Widgets made from a request: types, limits and help as declared, checked by the request itself.

form = Form(task)
form.field("scale", label="Enlarge by")      laid out by hand
form.rest()                                  what was not, in an expander
request = form.request()                     raises `BadInput`
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from shared.app import Request, Task
from shared.errors import BadInput
from shared.params import Param, params
from shared.ui.text import humanised, plain
from shared.ui.widgets import draw

__all__ = ["Form"]


class Form:
    """The fields of one task in this session. Values outlive a change of page; `fill` puts others in."""

    def __init__(self, task: Task[Any, Any]) -> None:
        self.task = task
        self.params = {param.name: param for param in params(task.request_type)}
        self._drawn: set[str] = set()
        self._values: dict[str, Any] = {}
        self._problem: BadInput | None = None
        self.wanted: BadInput | None = None
        served = [model.name for model in task.app.models_for(task.name)]
        self._choices = {"model": tuple(served)}
        if not served:
            self.params.pop("model", None)

    def key(self, name: str) -> str:
        """The widget's key in the session."""
        return f"{self.task.key}:{name}"

    def field(self, name: str, *, label: str = "", names: Mapping[Any, str] | None = None, **look: Any) -> Any:
        """Draw one field; returns its value. names: of the choices; look: what `widgets.draw` takes beside."""
        param = self.params[name]
        self._drawn.add(name)
        self._set_default(param)
        field, choices = self.task.request_type.model_fields[name], self._choices.get(name, param.choices)
        title = plain(label or humanised(name))
        try:
            self._values[name] = draw(param, field, key=self.key(name), label=title, choices=choices, names=names or {}, **look)
        except BadInput as error:  # what was typed is no JSON: said when the request is asked for
            self._values[name], self._problem = None, error
        return self._values[name]

    def set(self, name: str, value: Any) -> None:
        """Give a field whose widget the page draws itself."""
        self._drawn.add(name)
        self._values[name] = value

    def refuse(self, why: BadInput) -> None:
        """Not ready to run, though every field is valid: said when the request is asked for."""
        self._problem = why

    def want(self, what: BadInput) -> None:
        """Something is still to be written, which nobody has got wrong yet: said once the button was pressed without it.

        The button stays open, so that one press takes what is being typed; the request needs something in its place until then.
        """
        self.wanted = what

    def leave_out(self, *names: str) -> None:
        """Fields that this page does not ask for: their defaults hold."""
        self._drawn.update(names)

    def rest(self, title: str = "More settings") -> None:
        """All fields that are not drawn yet, in an expander."""
        left = [name for name, param in self.params.items() if name not in self._drawn and param.kind not in ("file", "files")]
        if not left:
            return
        with st.expander(title):
            for name in left:
                self.field(name)

    def each(self, shown: int = 4) -> None:
        """All fields: the first ones in sight, the others in the expander."""
        names = [name for name, param in self.params.items() if name not in self._drawn and param.kind not in ("file", "files")]
        for name in [name for name in names if name != "seed"][:shown]:
            self.field(name)
        self.rest()

    def fill(self, fields: Mapping[str, Any]) -> None:
        """Put values into the widgets, the defaults elsewhere. Call it from a callback or before they are drawn."""
        for name, param in self.params.items():
            if param.kind in ("file", "files"):
                continue
            given = fields.get(name, self._default(param))
            st.session_state[self.key(name)] = self._shown(param, given)

    def filled(self) -> bool:
        """Whether this session has seen the form."""
        return any(self.key(name) in st.session_state for name in self.params)

    def fields(self) -> dict[str, Any]:
        """What was given, as the request takes it."""
        return {name: value for name, value in self._values.items() if value is not None}

    def request(self, files: Any = None) -> Request:
        """The checked request. files: the store in which files were put. Raises `BadInput`."""
        if self._problem is not None:
            raise self._problem
        request: Request = self.task.parse(self.fields(), files=files)
        return request

    def _set_default(self, param: Param) -> None:
        if self.key(param.name) not in st.session_state:
            st.session_state[self.key(param.name)] = self._shown(param, self._default(param))

    def _default(self, param: Param) -> Any:
        if param.name == "model":
            return next(iter(self._choices["model"]), None)
        if param.required:
            return param.choices[0] if param.choices else None
        return self.task.request_type.model_fields[param.name].get_default(call_default_factory=True, validated_data={})

    def _shown(self, param: Param, value: Any) -> Any:
        """A field's value as its widget keeps it."""
        convert = _SHOWN.get(param.kind)
        return convert(value) if convert else value


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _as_json(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value.model_dump(mode="json") if hasattr(value, "model_dump") else value, ensure_ascii=False)


_SHOWN: dict[str, Callable[[Any], Any]] = {
    "text": _as_text,
    "json": _as_json,
    "list": lambda value: [] if value is None else list(value),
    "flag": bool,
}
