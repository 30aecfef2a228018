"""A small studio for the tests of runs; its model makes results tell in which batches they were computed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from shared.app import App, Artifact, Context, Field, InputFile, Request, Result, Work
from shared.errors import BadInput
from shared.serving import Model, Source

KEY = "tally"


class Adder:
    """Adds a number that depends on how many requests share the batch, as the last bits of a real network's do."""

    def run(self, requests: Sequence[np.ndarray], step: Any) -> list[np.ndarray]:
        step(1, 1)
        return [request + 1e-3 * len(requests) for request in requests]

    def close(self) -> None:
        """Nothing is held."""


def make_adder(revision: str = "1") -> Model[Any, Any]:
    return Model(
        name="adder",
        task="add",
        licence="Apache-2.0",
        source=Source("embedded", "here", revision=revision),
        load=lambda device, dtype: Adder(),
        nbytes=lambda dtype: 8,
        working_bytes=lambda requests: 8 * len(requests),
        batch_key=lambda request: request.shape,
        max_batch=4,
    )


app = App(key=KEY, title="Tally", summary="Counts and adds.", models=[make_adder()])


class CountRequest(Request):
    steps: int = Field(default=1, ge=0)
    wait_s: float = 0.0


class CountResult(Result):
    steps: int
    last: float = 0.0


class TellRequest(Request):
    text: str = "once upon a time"
    wait_s: float = 0.0


class AddRequest(Request):
    count: int = 3


class AddResult(Result):
    table: Artifact


class ReadRequest(Request):
    files: list[InputFile] = Field(default=[])
    labelled: dict[str, InputFile] = Field(default={})
    file: InputFile | None = None


class ReadResult(Result):
    size_bytes: int


class FillRequest(Request):
    size_bytes: int


class FailRequest(Request):
    how: str


@app.task(source_type=None, work=lambda request: Work(request.steps, "step"))
def count(request: CountRequest, context: Context) -> CountResult:
    """Count slowly."""
    for step in range(request.steps):
        time.sleep(request.wait_s)
        context.progress(step + 1, request.steps, "counting")
    return CountResult(steps=request.steps)


@app.task(source_type=None)
def tell(request: TellRequest, context: Context) -> CountResult:
    """Write a text, word by word."""
    words = request.text.split()
    for at in range(len(words)):
        context.progress(at, len(words), "word")
        context.text(" ".join(words[: at + 1]))
        time.sleep(request.wait_s)
    return CountResult(steps=len(words))


@app.task(source_type=None)
def add(request: AddRequest, context: Context) -> AddResult:
    """Numbers through a model, into a file."""
    numbers = [context.generator(index).normal(size=2) for index in range(request.count)]
    made = context.map("adder", numbers)
    return AddResult(table=context.artifact("table.bin", b"".join(array.tobytes() for array in made), "application/octet-stream"))


@app.task(source_type=None)
def read(request: ReadRequest, context: Context) -> ReadResult:
    """Read every file."""
    files = [*request.files, *request.labelled.values(), *([request.file] if request.file else [])]
    return ReadResult(size_bytes=sum(len(file.read()) for file in files))


@app.task(source_type=None)
def fill(request: FillRequest, context: Context) -> AddResult:
    """A file of any size."""
    return AddResult(table=context.artifact("zeros.bin", bytes(request.size_bytes), "application/octet-stream"))


def _work_of(request: FailRequest) -> Work:
    if request.how == "work":
        raise ValueError("no size")
    return Work(1, "piece")


@app.task(source_type=None, work=_work_of)
def fail(request: FailRequest, context: Context) -> CountResult:
    """Fail as asked."""
    match request.how:
        case "bad_input":
            raise BadInput("The picture is upside down.", remedy="Turn it.", field="picture")
        case "bug":
            raise ZeroDivisionError("division by zero")
        case "interrupt":
            raise KeyboardInterrupt
        case "exit":
            raise SystemExit(3)
        case "infinite":
            return CountResult(steps=1, last=float("inf"))
        case "after_file":
            context.artifact("part.txt", b"part", "text/plain")
            raise BadInput("Only the first half is good.")
    return CountResult(steps=0)
