"""The contract: declare a task once; a Python call, a command, a route, a form and a run history follow from it.

    app = App(key="echo", title="Echo", summary="Say it again.")

    class SayRequest(Request):
        text: str = Field(description="what to say")

    class SayResult(Result):
        text: str

    @app.task
    def say(request: SayRequest, context: Context) -> SayResult:
        \"\"\"Say it again.\"\"\"
        return SayResult(text=request.text)

It is then `say(text="ahoy").text` in Python and `sextant echo say ahoy` on the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pydantic import Field

from shared.context import Context
from shared.errors import DeclarationError, NotFound
from shared.files import Artifact, File, InputFile
from shared.task import Estimate, Example, Figure, Request, Result, Task, Work

if TYPE_CHECKING:
    from shared.provenance import SourceType
    from shared.serving import Model

__all__ = [
    "App",
    "Artifact",
    "Context",
    "Estimate",
    "Example",
    "Field",
    "Figure",
    "File",
    "InputFile",
    "Request",
    "Result",
    "Task",
    "Work",
]

Req = TypeVar("Req", bound=Request)
Res = TypeVar("Res", bound=Result)

Models = Sequence["Model[Any, Any]"]


class App:
    """A studio: what it is called, what it can do, which models it does it with.

    key: lower-case word, the name in the URL, on the command line and of the entry point. title, summary: for people.
    picture: file name of the card's picture in the studio's package. models: its declarations, or a function that imports
    them when they are first wanted. notice: what must stand above every result (safety). light: the small model that is fetched before a
    demo, None where none is wanted.
    """

    def __init__(
        self,
        key: str,
        title: str,
        summary: str,
        *,
        picture: str = "",
        models: Models | Callable[[], Models] = (),
        notice: str = "",
        light: Callable[[], Model[Any, Any] | None] | None = None,
    ) -> None:
        if not (key.isidentifier() and key.islower()):
            raise DeclarationError(f"{key!r} is no studio key: a lower-case word is expected.")
        self.key = key
        self.title = title
        self.summary = summary
        self.picture = picture
        self.notice = notice
        self.tasks: dict[str, Task[Any, Any]] = {}
        self._models = models
        self._light = light

    @property
    def models(self) -> tuple[Model[Any, Any], ...]:
        """The studio's declarations, its defaults first."""
        if callable(self._models):
            self._models = self._models()
        return tuple(self._models)

    def models_for(self, task: str) -> list[Model[Any, Any]]:
        """Models that serve `task`, the default first."""
        return [model for model in self.models if task in (model.task, *model.also)]

    def light_model(self) -> Model[Any, Any] | None:
        """What `make demo` fetches first: a model that is worth its size and is not here."""
        return self._light() if self._light is not None else None

    def find_task(self, name: str) -> Task[Any, Any]:
        """Raises `NotFound`."""
        if name not in self.tasks:
            raise NotFound(f"{self.title} has no task {name!r}.", remedy=f"It has: {', '.join(self.tasks) or 'none'}.")
        return self.tasks[name]

    @overload
    def task(self, function: Callable[[Req, Context], Res], /) -> Task[Req, Res]: ...

    @overload
    def task(
        self,
        function: None = None,
        /,
        *,
        examples: Sequence[Example] = (),
        work: Callable[[Any], Work] | None = None,
        source_type: SourceType | Callable[[Any], SourceType] | None = "trainedAlgorithmicMedia",
    ) -> Callable[[Callable[[Req, Context], Res]], Task[Req, Res]]: ...

    def task(
        self,
        function: Callable[[Req, Context], Res] | None = None,
        /,
        *,
        examples: Sequence[Example] = (),
        work: Callable[[Any], Work] | None = None,
        source_type: SourceType | Callable[[Any], SourceType] | None = "trainedAlgorithmicMedia",
    ) -> Any:
        """Make a function a task of this studio, named after it; its docstring is the help everywhere.

        examples: real inputs for the demo and the dashboard. work: how large a request is, for the estimate.
        source_type: what every file that it makes says of itself (IPTC's digital source types), or a function of the request;
        None for files that are no media.
        Raises `DeclarationError` for missing types, reserved field names and a name that is taken.
        """
        names = sys._getframe(1).f_locals

        def declare(function: Callable[[Req, Context], Res]) -> Task[Req, Res]:
            task = Task.declare(self, function, names, tuple(examples), work=work, source_type=source_type)
            if task.name in self.tasks:
                raise DeclarationError(f"The studio {self.key!r} declares two tasks named {task.name!r}.")
            self.tasks[task.name] = task
            return task

        return declare if function is None else declare(function)

    def describe(self) -> dict[str, Any]:
        """{key, title, summary, tasks: [{name, help, request}]}; `request` is a JSON schema."""
        tasks = [{"name": t.name, "help": t.help, "request": t.request_type.model_json_schema()} for t in self.tasks.values()]
        return {"key": self.key, "title": self.title, "summary": self.summary, "tasks": tasks}

    def describe_models(self) -> list[dict[str, Any]]:
        """Each model as every face shows it; `works` is whether its weights are here, `why_not` the reason."""
        from shared.serving import DType

        def describe(model: Model[Any, Any]) -> dict[str, Any]:
            why_not = model.why_not()
            return {
                "app": self.key,
                "task": ", ".join((model.task, *model.also)),
                "name": model.name,
                "description": model.description,
                "licence": model.licence,
                "source": {"kind": model.source.kind, "location": model.source.location, "revision": model.revision},
                "size_bytes": model.nbytes(DType.FLOAT32),
                "works": why_not is None,
                "why_not": why_not,
            }

        return [describe(model) for model in self.models]

    def __repr__(self) -> str:
        return f"App({self.key!r})"
