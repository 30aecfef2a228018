"""A studio for tests of what all studios share: small, real, on the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel

from shared.app import App, Artifact, Context, Example, Field, Figure, File, InputFile, Request, Result, Work
from shared.errors import BadInput
from shared.serving import Model, Source


class Shout:
    """Upper case, and a few random letters from each request's own generator."""

    def run(self, requests: Sequence[tuple[str, int]], step: Any) -> list[str]:
        return [text.upper() + "".join(np.random.default_rng(seed).choice(list("abcdef"), 4)) for text, seed in requests]

    def close(self) -> None:
        """Nothing is held."""


def shout_model(name: str, task: str) -> Model[Any, Any]:
    return Model(
        name=name,
        task=task,
        licence="CC0-1.0",
        source=Source("embedded", __file__, revision="1"),
        load=lambda device, dtype: Shout(),
        nbytes=lambda dtype: 1000,
        working_bytes=lambda requests: 10 * len(requests),
        batch_key=lambda request: None,
        max_batch=4,
    )


app = App(
    "echo",
    "Echo",
    "Say it again, louder.",
    models=lambda: [shout_model("shout", "say"), shout_model("murmur", "say"), shout_model("copier", "copy")],
    notice="For tests only.",
)


class Style(BaseModel):
    bold: bool = False
    size_pt: float = Field(default=10, gt=0)


class SayRequest(Request):
    text: str = Field(max_length=100, description="what to say")
    times: int = Field(default=1, ge=1, le=1000, description="how often")
    ending: Literal["!", "?", "."] = Field(default="!", description="the last character")
    level: Literal[1, 2, 3] = Field(default=1, description="how loud")
    style: Style = Field(default=Style(), description="how it looks")
    tags: list[str] = Field(default=[], description="labels")
    quiet: bool = Field(default=False, description="say nothing")


class SayResult(Result):
    lines: list[str]
    sheet: Artifact


@app.task(
    source_type=None,
    examples=[
        Example("A greeting", {"text": "ahoy", "seed": 3}, source="made up", licence="CC0-1.0"),
        Example("Long", {"text": "l"}, short=False),
    ],
    work=lambda request: Work(request.times, "line", working_bytes=request.times, seconds_a_unit=0.5),
)
def say(request: SayRequest, context: Context) -> SayResult:
    """Say a text as often as wanted.

    Louder than it was given.
    """
    if request.text == "explode":
        raise ZeroDivisionError("a bug")
    if request.text == "refuse":
        raise BadInput("refuse is not said here.", remedy="Say something else.", field="text")
    seeds = [int(context.generator(i).integers(2**31)) for i in range(request.times)]
    lines = context.map(request.model or "", [(request.text, seed) for seed in seeds], note="line")
    sheet = context.artifact("sheet.txt", "\n".join(lines).encode(), "text/plain")
    figures = [Figure(label="Lines", value=len(lines), unit="lines", reference="as asked")]
    return SayResult(lines=lines, sheet=sheet, figures=figures, warnings=["loud"] if request.level == 3 else [])


class CopyRequest(Request):
    file: Annotated[InputFile, File(kinds=("txt", ""), max_bytes=1000)] = Field(description="the file to copy")
    suffix: str = Field(default="", description="what to add")


class CopyResult(Result):
    copy_: Artifact


@app.task(source_type=None, examples=[Example("This file's docstring", lambda: {"file": b"from a function"})])
def copy(request: CopyRequest, context: Context) -> CopyResult:
    """Copy a text file in capitals."""
    text = request.file.read().decode(errors="replace")
    if text.startswith("bad"):
        raise BadInput(f"{request.file.name} is bad.", remedy="Give a good one.", field="file")
    shouted = context.run(request.model or "", (text + request.suffix, request.seed))
    return CopyResult(copy_=context.artifact("copy.txt", shouted.encode(), "text/plain"))


class JoinRequest(Request):
    files: list[Annotated[InputFile, File(kinds=("txt",))]] = Field(description="the files to join")
    limit: int | None = Field(default=None, ge=1, description="bytes at most")


class JoinResult(Result):
    text: str


@app.task(source_type=None)
def join(request: JoinRequest, context: Context) -> JoinResult:
    """Join text files into one text."""
    return JoinResult(text="".join(file.read().decode() for file in request.files)[: request.limit])
