"""What a run is made from: a declared example, an upload, or the files of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from shared.app import Example, Task
from shared.errors import SextantError
from shared.files import File, InputFile, Store
from shared.params import Param
from shared.ui.form import Form
from shared.ui.text import bytes_text, humanised, plain

__all__ = ["choose_files", "example_of", "fill_from"]

EXAMPLE, UPLOAD, EARLIER = "Example", "Upload", "Earlier run"


def choose_files(form: Form, store: Store, *, labels: Mapping[str, str] | None = None) -> str:
    """Draw the source of the task's files and give them to the form; returns in words where they come from, "" without one."""
    fields = _file_params(form)
    if not fields:
        return ""
    ways = [way for way, there in ((EXAMPLE, form.task.examples), (UPLOAD, True), (EARLIER, _earlier(form))) if there]
    key = form.key("source")
    if st.session_state.get(key) not in ways:
        st.session_state[key] = ways[0]
    chosen: str | None = ways[0]
    if len(ways) > 1:
        chosen = st.segmented_control(
            "Source", ways, key=key, required=True, label_visibility="collapsed", width="stretch", persist_state="session"
        )
    if chosen == EXAMPLE:
        return _choose_example(form, fields)
    if chosen == EARLIER:
        return _take_earlier(form, fields)
    return " and ".join(filter(None, (_upload(form, param, store, (labels or {}).get(param.name, "")) for param in fields)))


def fill_from(form: Form, fields: Mapping[str, Any], store: Store) -> None:
    """Put an earlier run's request into the form, its files with it."""
    form.fill(fields)
    names = [param.name for param in _file_params(form)]
    given = {name: fields[name] for name in names if fields.get(name) is not None}
    if not given:
        return
    example = example_of(form.task, given)
    if example is not None:
        st.session_state[form.key("source")] = EXAMPLE
        st.session_state[form.key("sx-example")] = example.title
        return
    st.session_state[form.key("earlier")] = {name: _stored(value, store) for name, value in given.items()}
    st.session_state[form.key("source")] = EARLIER


def example_of(task: Task[Any, Any], files: Mapping[str, Any]) -> Example | None:
    """The declared example whose files these are, by content."""
    wanted = {name: _hashes(value) for name, value in files.items()}
    for example in task.examples:
        fields = _example_fields(task, example)
        if fields and all(_hashes(fields.get(name)) == hashes for name, hashes in wanted.items()):
            return example
    return None


def _file_params(form: Form) -> list[Param]:
    return [param for param in form.params.values() if param.kind in ("file", "files")]


def _choose_example(form: Form, fields: list[Param]) -> str:
    examples = {example.title: example for example in form.task.examples}
    key = form.key("sx-example")
    if st.session_state.get(key) not in examples:
        _take_example(form, next(iter(examples.values())), keep_filled=True)
    title = st.selectbox(
        "Example", list(examples), key=key, persist_state="session", on_change=lambda: _take_example(form, examples[st.session_state[key]])
    )
    values = _example_fields(form.task, examples[title])
    if not values:
        st.caption("This example is not available here: its file is missing.")
    for param in fields:
        form.set(param.name, values.get(param.name))
    return examples[title].source or title


def _take_example(form: Form, example: Example, *, keep_filled: bool = False) -> None:
    """The example's other fields go with its files."""
    if keep_filled and form.filled():
        st.session_state[form.key("sx-example")] = example.title
        return
    form.fill(_example_fields(form.task, example))
    st.session_state[form.key("sx-example")] = example.title


def _example_fields(task: Task[Any, Any], example: Example) -> dict[str, Any]:
    return _fields_of(task, task.examples.index(example))


@cache
def _fields_of(task: Task[Any, Any], number: int) -> dict[str, Any]:
    """An example's fields, its files hashed once; empty when they are not to be had."""
    try:
        values = task.examples[number].values()
        request = task.parse(values, paths=True)
    except (SextantError, OSError, ImportError):
        return {}
    return {name: getattr(request, name) for name in values}


def _upload(form: Form, param: Param, store: Store, label: str) -> str:
    """The uploaded file goes into the store at once: a rerun hashes nothing again, and the run is repeatable."""
    kinds = param.file or File()
    remembered = form.key(f"uploaded:{param.name}")
    given = st.file_uploader(
        plain(label or humanised(param.name)),
        type=None if not kinds.kinds or "" in kinds.kinds else [f".{kind}" for kind in kinds.kinds],
        accept_multiple_files=param.kind == "files",
        max_upload_size=max(kinds.max_bytes >> 20, 1),
        key=form.key(f"upload:{param.name}"),
        help=plain(f"{param.help}. At most {bytes_text(kinds.max_bytes)}."),
        on_change=lambda: st.session_state.pop(remembered, None),
    )
    uploads = given if isinstance(given, list) else [given] if given is not None else []
    if uploads:
        st.session_state[remembered] = [_kept(form, upload, store) for upload in uploads]
    kept: list[InputFile] = st.session_state.get(remembered, [])
    names = ", ".join(file.name for file in kept)
    if kept and not uploads:  # the uploader forgets when its page is left
        st.caption(plain(f"Uploaded before: {names}"))
    form.set(param.name, (kept if param.kind == "files" else kept[0]) if kept else None)
    return names


def _kept(form: Form, upload: Any, store: Store) -> InputFile:
    known: dict[str, InputFile] = st.session_state.setdefault(form.key("kept"), {})
    if upload.file_id not in known:
        upload.seek(0)
        sha256, _ = store.put(upload)
        known[upload.file_id] = InputFile.model_validate({"sha256": sha256, "name": str(upload.name)[-200:]}, context={"files": store})
    return known[upload.file_id]


def _stored(value: Any, store: Store) -> Any:
    if isinstance(value, list):
        return [_stored(one, store) for one in value]
    return InputFile.model_validate(value, context={"files": store}) if isinstance(value, dict) else value


def _earlier(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = st.session_state.get(form.key("earlier"), {})
    return found


def _take_earlier(form: Form, fields: list[Param]) -> str:
    kept = _earlier(form)
    for param in fields:
        form.set(param.name, kept.get(param.name))
    files = [file for value in kept.values() for file in (value if isinstance(value, list) else [value])]
    names = ", ".join(file.name for file in files)
    st.text_input("File", value=names, disabled=True, key=form.key("earlier-name"))
    return names


def _hashes(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one["sha256"] if isinstance(one, dict) else getattr(one, "sha256", "") for one in values]
