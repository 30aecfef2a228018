"""A studio for the tests of HTTP: one task of each kind, a null model for the benchmark."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel

from shared.app import App, Artifact, Context, Example, Field, File, InputFile, Request, Result, Work
from shared.errors import BadInput
from shared.serving import Model, Source

KEY = "post"


class Stamper:
    """Answers what it is asked, after the time that it is asked to take."""

    def run(self, requests: Sequence[float], step: Any) -> list[float]:
        for wait_s in requests:
            if wait_s:  # a sleep of nothing still gives up Python's lock
                time.sleep(wait_s)
        return list(requests)

    def close(self) -> None:
        """Nothing is held."""


def make_stamper(name: str, task: str) -> Model[Any, Any]:
    return Model(
        name=name,
        task=task,
        licence="CC0-1.0",
        source=Source("embedded", __file__, revision="1"),
        load=lambda device, dtype: Stamper(),
        nbytes=lambda dtype: 8,
        working_bytes=lambda requests: 8,
        batch_key=lambda request: None,
        inline=True,
    )


app = App(KEY, "Post office", "Letters in, letters out.", models=[make_stamper("stamper", "stamp")], notice="Not for real letters.")


class Address(BaseModel):
    street: str = ""
    number: int = Field(default=1, ge=1)


class StampRequest(Request):
    text: str = Field(default="", max_length=5_000, description="what the letter says")
    wait_s: float = Field(default=0.0, ge=0, description="how long its model takes")
    address: Address = Field(default=Address(), description="where it goes")
    tags: list[str] = Field(default=[], description="labels")


class StampResult(Result):
    text: str
    address: Address
    tags: list[str]


class DeliverRequest(Request):
    steps: int = Field(default=1, ge=0)
    wait_s: float = Field(default=0.0, ge=0)


class DeliverResult(Result):
    steps: int


class DictateRequest(Request):
    text: str = "Dear Ada, all is well."
    wait_s: float = Field(default=0.0, ge=0)


class WeighRequest(Request):
    letter: Annotated[InputFile, File(kinds=("txt",), max_bytes=2_000_000)] = Field(description="the letter")
    enclosures: list[Annotated[InputFile, File(max_bytes=1_000)]] = Field(default=[], description="what is in it beside")
    note: str = Field(default="", description="for the scales")


class WeighResult(Result):
    size_bytes: int
    names: list[str]


class SortRequest(Request):
    count: int = Field(default=3, ge=1, le=100, description="letters")
    prefix: str = "letter"


class SortResult(Result):
    letters: list[Artifact]


class LoseRequest(Request):
    how: str = "bad_input"


@app.task(
    source_type=None,
    examples=[Example("A greeting", {"text": "ahoy", "seed": 7})],
    work=lambda request: Work(1, "letter", seconds_a_unit=0.5),
)
def stamp(request: StampRequest, context: Context) -> StampResult:
    """Stamp a letter."""
    context.run(request.model or "", request.wait_s)
    return StampResult(text=request.text, address=request.address, tags=request.tags)


@app.task(source_type=None)
def deliver(request: DeliverRequest, context: Context) -> DeliverResult:
    """Go from door to door, for as long as it takes."""
    for step in range(request.steps):
        time.sleep(request.wait_s)
        context.progress(step + 1, request.steps, f"door {step + 1}")
    return DeliverResult(steps=request.steps)


@app.task(source_type=None)
def dictate(request: DictateRequest, context: Context) -> DeliverResult:
    """Write a letter, word by word."""
    words = request.text.split()
    for at in range(len(words)):
        context.progress(at, len(words), "word")
        context.text(" ".join(words[: at + 1]))
        time.sleep(request.wait_s)
    return DeliverResult(steps=len(words))


@app.task(source_type=None)
def weigh(request: WeighRequest, context: Context) -> WeighResult:
    """Weigh a letter and what is in it."""
    files = [request.letter, *request.enclosures]
    return WeighResult(size_bytes=sum(len(file.read()) for file in files), names=[file.name for file in files])


@app.task(source_type=None)
def sort(request: SortRequest, context: Context) -> SortResult:
    """Make many letters."""
    numbers = range(request.count)
    return SortResult(
        letters=[context.artifact(f"{request.prefix}-{n}.txt", f"{request.prefix} {n}".encode(), "text/plain") for n in numbers]
    )


@app.task(source_type=None)
def lose(request: LoseRequest, context: Context) -> DeliverResult:
    """Lose a letter."""
    if request.how == "bug":
        raise ZeroDivisionError("division by zero")
    raise BadInput("The letter is lost.", remedy="Write another one.", field="how")
