"""A request's fields as a person types them: what the command line, a CSV's columns, a multipart body and a form have in common.

Values travel as strings; pydantic turns them into types, once.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.errors import BadInput
from shared.files import File, InputFile

__all__ = ["Kind", "Param", "params"]

Kind = Literal["text", "integer", "number", "flag", "choice", "list", "json", "file", "files"]

_LAST = ("seed", "model")
_AS_TEXT = ("text", "integer", "number", "choice")
_PLAIN: dict[type, Kind] = {bool: "flag", int: "integer", float: "number", str: "text", InputFile: "file"}


@dataclass(frozen=True)
class Param:
    """One field. choices: the values of a closed set; file: what a file field takes; default: None when required."""

    name: str
    kind: Kind
    required: bool
    default: Any
    help: str
    choices: tuple[Any, ...] = ()
    file: File | None = None
    limits: str = ""

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def metavar(self) -> str:
        """What stands for the value in help."""
        if self.choices:
            return "|".join(str(choice) for choice in self.choices)
        return {"json": "JSON|@FILE", "file": "FILE", "files": "FILE..."}.get(self.kind, self.kind.upper())

    def read(self, given: str | Sequence[str]) -> Any:
        """The value to validate, from what was typed; raises `BadInput` naming the field."""
        if self.kind == "json" and isinstance(given, str):
            return _structured(self.name, given)
        if self.kind == "list":
            many = [given] if isinstance(given, str) else list(given)
            if len(many) == 1 and many[0].startswith(("[", "@")):
                return _structured(self.name, many[0])
            return [self._chosen(one) for one in many]
        return self._chosen(given) if isinstance(given, str) else given

    def _chosen(self, given: str) -> Any:
        """A choice that is no string (`scale: Literal[2, 3]`) from its text; anything else as it is, for pydantic to judge."""
        return next((choice for choice in self.choices if str(choice) == given), given)


def params(model: type[BaseModel]) -> list[Param]:
    """The fields of a request, required ones first, `seed` and `model` last."""
    found = [_param(name, field) for name, field in model.model_fields.items()]
    return sorted(found, key=lambda param: (not param.required, _LAST.index(param.name) + 1 if param.name in _LAST else 0))


def _param(name: str, field: FieldInfo) -> Param:
    kind, choices, file = _shape(field.annotation)
    file = next((m for m in field.metadata if isinstance(m, File)), file)
    required = field.is_required()
    return Param(
        name=name,
        kind=kind,
        required=required,
        default=None if required or field.default_factory else field.default,
        help=field.description or "",
        choices=choices,
        file=file or (File() if kind in ("file", "files") else None),
        limits=_limits(field),
    )


def _shape(annotation: Any) -> tuple[Kind, tuple[Any, ...], File | None]:
    """(kind, choices, file) of a type."""
    annotation, file = _unwrapped(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return "choice", arguments, None
    if origin in (list, tuple, set, frozenset):
        return _list_shape([a for a in arguments if a is not Ellipsis])
    if origin is not None:
        plain = origin in (Union, types.UnionType) and all(_shape(a)[0] in _AS_TEXT for a in arguments)
        return ("text" if plain else "json"), (), None
    if not isinstance(annotation, type):
        return "text", (), None
    if issubclass(annotation, Enum):
        return "choice", tuple(member.value for member in annotation), None
    structured: Kind = "json" if issubclass(annotation, BaseModel | dict) and not getattr(annotation, "typed_as_text", False) else "text"
    return next((kind for known, kind in _PLAIN.items() if issubclass(annotation, known)), structured), (), file


def _unwrapped(annotation: Any) -> tuple[Any, File | None]:
    """The type inside `Annotated[...]` and `... | None`, and the `File` found on the way."""
    file = None
    while True:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is Annotated:
            annotation, file = arguments[0], next((m for m in arguments[1:] if isinstance(m, File)), file)
            continue
        inner = [a for a in arguments if a is not type(None)]
        if origin not in (Union, types.UnionType) or len(inner) != 1:
            return annotation, file
        annotation = inner[0]


def _list_shape(inner: list[Any]) -> tuple[Kind, tuple[Any, ...], File | None]:
    """A list of files or of plain values; everything else is JSON."""
    if len(inner) == 1:
        kind, choices, file = _shape(inner[0])
        if kind == "file":
            return "files", (), file
        if kind in _AS_TEXT:
            return "list", choices, None
    return "json", (), None


def _limits(field: FieldInfo) -> str:
    """`>= 1, <= 100`, as declared."""
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    found = [f"{sign} {bound}" for m in field.metadata for key, sign in signs.items() if (bound := getattr(m, key, None)) is not None]
    return ", ".join(found)


def _structured(name: str, given: str) -> Any:
    """JSON, or the content of `@file.yaml` / `@file.json`."""
    import yaml

    if given.startswith("@"):
        path = Path(given[1:]).expanduser()
        try:
            return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{name}: cannot read {path}: {error}.", remedy="Give JSON, or @ and a YAML or JSON file.", field=name) from None
        except yaml.YAMLError as error:
            where = getattr(error, "problem_mark", None)
            place = f" at line {where.line + 1}" if where else ""
            raise BadInput(f"{name}: {path} is not YAML{place}.", remedy="Mend the file.", field=name) from None
    try:
        return json.loads(given)
    except json.JSONDecodeError as error:
        message = f"{name}: not JSON: {error.msg} at character {error.pos + 1}."
        raise BadInput(message, remedy="Quote it for the shell, or put it in a file and give @FILE.", field=name) from None
