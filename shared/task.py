"""A task: its request, its result, and how it is called."""

from __future__ import annotations

import inspect
import os
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.context import Context
from shared.errors import BadInput, DeclarationError, NotFound, RunFailed, SextantError
from shared.files import MemoryStore, Store
from shared.validation import bad_input

if TYPE_CHECKING:
    from shared.app import App
    from shared.provenance import SourceType
    from shared.runs import History
    from shared.serving import Engine

__all__ = ["Estimate", "Example", "Figure", "Request", "Result", "Task", "Work"]

RESERVED_FIELDS = frozenset({"engine", "history", "json", "out", "from", "from_", "help"})


class Request(BaseModel):
    """What a task is asked. Its fields' types, defaults, limits and descriptions are written here and nowhere else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=0, ge=0, lt=2**53, description="the same seed gives the same result")
    model: str | None = Field(default=None, description="one of the studio's models; its default when not given")


class Figure(BaseModel):
    """A number for people: with its unit, and with what it is to be compared to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    value: float
    unit: str = ""
    reference: str = Field(default="", description="what the value is to be read against")


class Result(BaseModel):
    """What a task answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figures: list[Figure] = Field(default=[], description="what was measured on this very result")
    warnings: list[str] = Field(default=[], description="what its user must know before using it")


Req = TypeVar("Req", bound=Request)
Res = TypeVar("Res", bound=Result)


@dataclass(frozen=True)
class Work:
    """How large a request is: `units` of `unit` (megapixels, molecules, seconds of sound), and the bytes it needs beside weights.

    seconds_a_unit: measured on two CPU cores by the studio's benchmark; used until this machine has a history of its own.
    """

    units: float
    unit: str
    working_bytes: int = 0
    seconds_a_unit: float | None = None


@dataclass(frozen=True)
class Estimate:
    """What a run will probably cost. seconds: None when nothing is known yet; basis: where the figure comes from."""

    seconds: float | None
    size_bytes: int
    model: str | None
    basis: str


@dataclass(frozen=True)
class Example:
    """A real input for the demo and the dashboard.

    fields: the request's fields, or a function that finds them (a file of another package). source, licence: of the input.
    short: part of a short demo.
    """

    title: str
    fields: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    source: str = ""
    licence: str = ""
    short: bool = True

    def values(self) -> dict[str, Any]:
        return dict(self.fields() if callable(self.fields) else self.fields)


@dataclass(frozen=True, eq=False)
class Task(Generic[Req, Res]):
    """One thing a studio does, called like a function.

    task(request)                                  a request made before
    task(image="a.dcm", scale=2)                   or its fields
    task(..., engine=my_engine)                    on an engine of your own
    task(..., history=True)                        leaving a run in the history

    With SEXTANT_SERVER=URL and without an engine of your own it runs on that server, which always leaves a run.

    Raises `BadInput` before any work starts, and other `SextantError`s when the work itself fails.
    """

    app: App
    name: str
    function: Callable[[Req, Context], Res]
    request_type: type[Req]
    result_type: type[Res]
    help: str
    examples: tuple[Example, ...] = ()
    work: Callable[[Req], Work] | None = None
    source_type: SourceType | Callable[[Req], SourceType] | None = "trainedAlgorithmicMedia"

    @classmethod
    def declare(
        cls,
        app: App,
        function: Callable[[Req, Context], Res],
        names: Mapping[str, Any],
        examples: tuple[Example, ...],
        *,
        work: Callable[[Req], Work] | None,
        source_type: SourceType | Callable[[Req], SourceType] | None,
    ) -> Task[Req, Res]:
        """Read the types from the signature; `names` are those of the place of declaration, where local classes are known."""
        where = f"{app.key}.{function.__name__}"
        try:
            hints = typing.get_type_hints(function, localns=dict(names), include_extras=True)
        except NameError as error:
            raise DeclarationError(f"The task {where}: {error}; its types must be importable where it is declared.") from error
        first = next(iter(inspect.signature(function).parameters), "")
        request_type: type[Req] = _derived(hints.get(first), Request, f"The task {where} needs a request type")
        result_type: type[Res] = _derived(hints.get("return"), Result, f"The task {where} needs a result type")
        if taken := sorted(RESERVED_FIELDS & set(request_type.model_fields)):
            raise DeclarationError(f"The task {where} uses reserved field names: {', '.join(taken)}.")
        help = inspect.getdoc(function)
        if not help:
            raise DeclarationError(f"The task {where} has no docstring: it is the help on every face.")
        return cls(app, function.__name__, function, request_type, result_type, help, examples, work, source_type)

    @property
    def key(self) -> str:
        """`app/task`, as in the URL."""
        return f"{self.app.key}/{self.name}"

    @property
    def summary(self) -> str:
        """The help's first line."""
        return self.help.splitlines()[0]

    def parse(self, fields: Mapping[str, Any], *, paths: bool = False, files: Store | None = None) -> Req:
        """A checked request with its model named. paths: strings may be paths of this machine. files: where hashes are looked up."""
        try:
            request = self.request_type.model_validate(fields, context={"paths": paths, "files": files})
        except ValidationError as error:
            raise bad_input(error, self.request_type) from None
        return self.with_model(request)

    def with_model(self, request: Req) -> Req:
        """`request` with the model it will run on, by default the first that is here: one of the hub that was not pulled is passed over.

        Raises `NotFound` for one that does not serve this task.
        """
        models = self.app.models_for(self.name)
        served = [model.name for model in models]
        if request.model is None:
            default = next((model.name for model in models if model.source.kind == "embedded" or model.why_not() is None), None)
            return request.model_copy(update={"model": default or served[0]}) if served else request
        if request.model not in served:
            remedy = f"It has: {', '.join(served)}." if served else "It takes none: leave the field out."
            raise NotFound(f"{self.key} has no model {request.model!r}.", remedy=remedy, field="model")
        return request

    def __call__(self, request: Req | None = None, /, *, engine: Engine | None = None, history: bool = False, **fields: Any) -> Res:
        prepared = self._prepare(request, fields)
        if history or (engine is None and os.environ.get("SEXTANT_SERVER")):
            from shared.runs import default_executor

            return default_executor().run(self, prepared, engine=engine).result_of(self)
        from shared.provenance.stamp import stamp_for
        from shared.serving import default_engine

        chosen = engine or default_engine()
        return self.execute(prepared, Context(chosen, seed=prepared.seed, store=MemoryStore(), stamp=stamp_for(self, prepared)))

    def execute(self, request: Req, context: Context) -> Res:
        """Run on `context`; every error that leaves is a `SextantError`."""
        context.engine.add(*self.app.models)
        try:
            result = self.function(request, context)
        except SextantError:
            raise
        except ValidationError as error:
            raise RunFailed(f"{self.key} answered wrongly: {bad_input(error).message}") from error
        except Exception as error:
            raise RunFailed(f"{self.key} failed: {type(error).__name__}: {error}", remedy="Please report it with this run's id.") from error
        if not isinstance(result, self.result_type):
            raise RunFailed(f"{self.key} answered a {type(result).__name__}, not a {self.result_type.__name__}.")
        return result

    def estimate(self, request: Req | None = None, /, *, history: History | None = None, **fields: Any) -> Estimate:
        """Seconds, bytes and model of a run like this one: from the run history, else from the benchmark's figure."""
        from shared.serving import DType

        prepared = self._prepare(request, fields)
        work = self.work(prepared) if self.work else Work(1, "run")
        model = next((m for m in self.app.models_for(self.name) if m.name == prepared.model), None)
        size_bytes = work.working_bytes + (model.nbytes(DType.FLOAT32) if model else 0)
        rate = history.seconds_a_unit(self.app.key, self.name, prepared.model, work.units) if history else None
        basis = "earlier runs here" if rate is not None else "the studio's benchmark on two CPU cores"
        rate = work.seconds_a_unit if rate is None else rate
        if rate is None:
            return Estimate(None, size_bytes, prepared.model, "no earlier run")
        return Estimate(rate * work.units, size_bytes, prepared.model, basis)

    def _prepare(self, request: Req | None, fields: Mapping[str, Any]) -> Req:
        if request is None:
            return self.parse(fields, paths=True)
        if fields:
            raise BadInput(f"{self.key} was given a request and fields as well.", remedy="Give one of the two.")
        if not isinstance(request, self.request_type):
            raise BadInput(f"{self.key} takes a {self.request_type.__name__}, not a {type(request).__name__}.")
        return self.with_model(request)


def _derived(found: Any, base: type[BaseModel], need: str) -> Any:
    """`found` if it is a class derived from `base`."""
    if not (isinstance(found, type) and issubclass(found, base)):
        raise DeclarationError(f"{need} derived from {base.__name__}, found {found!r}.")
    return found
