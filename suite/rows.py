"""The requests of one command: from what was typed, from a folder, or from a table of rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.app import Task
from shared.errors import BadInput, NotFound, SextantError, Unsupported
from shared.params import Param

__all__ = ["Row", "rows_of"]


@dataclass(frozen=True)
class Row:
    """One request to be: its fields, or the reason why there are none; `label` says where it comes from."""

    label: str
    fields: Mapping[str, Any]
    error: SextantError | None = None


def rows_of(
    task: Task[Any, Any], fields: list[Param], typed: Mapping[str, Any], *, source: str | None, out: Path
) -> tuple[Iterable[Row], bool]:
    """The rows, and whether they are a batch (a table, a folder, several files).

    A batch's own output folder `out` is never searched for input. Raises `BadInput`.
    """
    by_name = {param.name: param for param in fields}
    read = {name: by_name[name].read(value) for name, value in typed.items() if by_name[name].kind not in ("file", "files")}
    read |= {p.name: _every_file(p, typed[p.name], out) for p in fields if p.kind == "files" and p.name in typed}
    single = [p for p in fields if p.kind == "file" and p.name in typed]
    if source is not None:
        return _table(Path(source), by_name, {**read, **{p.name: _one(typed[p.name]) for p in single}}), True
    many = next((p for p in single if not isinstance(typed[p.name], str)), None)
    read |= {p.name: typed[p.name] for p in single if p is not many}
    if many is None:
        return [Row(task.key, read)], False
    given = typed[many.name]
    paths = _every_file(many, given, out)
    batch = len(paths) > 1 or any(Path(one).expanduser().is_dir() for one in given)
    return [Row(_shown(path), {**read, many.name: path}) for path in paths], batch


def _one(given: Any) -> Any:
    return given if isinstance(given, str) else given[0]


def _every_file(param: Param, given: Iterable[str], out: Path) -> list[Path]:
    """Files as given, folders as the files in them that the field takes."""
    found: list[Path] = []
    for one in given:
        if not one:
            raise BadInput(f"{param.name}: an empty path.", remedy="Is the variable set that it comes from?", field=param.name)
        path = Path(one).expanduser()
        found.extend(_folder(param, path, out) if path.is_dir() else [path])
    return found


def _folder(param: Param, folder: Path, out: Path) -> list[Path]:
    kinds, own = param.file, out.resolve()
    if folder.resolve() == own:
        raise BadInput(f"--out {out} is the input folder itself.", remedy="Give another --out.", field="out")
    visible = (
        path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder) and own not in path.resolve().parents
    )
    found = [path for path in visible if kinds is None or kinds.takes(path.name)]
    if not found:
        wanted = ", ".join(f".{kind}" if kind else "no ending" for kind in kinds.kinds) if kinds else ""
        raise NotFound(
            f"{folder} holds no file that {param.name} takes{f' ({wanted})' if wanted else ''}.",
            remedy="Give another folder, or the files themselves.",
            field=param.name,
        )
    return found


def _shown(path: Path) -> str:
    """A path for people and files of text: what cannot be printed, or is no text at all, is escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(path))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _table(path: Path, by_name: Mapping[str, Param], shared: Mapping[str, Any]) -> Iterator[Row]:
    """Rows of a table over the fields typed beside it; file fields are paths relative to the table."""
    readers = {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv, ".yaml": _yaml, ".yml": _yaml, ".json": _yaml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Unsupported(f"--from {path.name}: not a table that can be read.", remedy=f"Give one of: {', '.join(readers)}.", field="from")
    if not path.is_file():
        raise NotFound(f"--from: no file at {path}.", remedy="Check the path.", field="from")
    return _rows(path, reader, by_name, shared)


def _rows(path: Path, reader: Any, by_name: Mapping[str, Param], shared: Mapping[str, Any]) -> Iterator[Row]:
    for number, found in reader(path, by_name):
        label = f"{path.name}:{number}"
        if isinstance(found, SextantError):
            yield Row(label, {}, found)
            continue
        yield Row(label, {**shared, **{name: _beside(path, by_name.get(name), value) for name, value in found.items()}})


def _beside(table: Path, param: Param | None, value: Any) -> Any:
    if param is not None and param.kind == "file" and isinstance(value, str):
        return table.parent / value
    if param is not None and param.kind == "files" and isinstance(value, list):
        return [table.parent / one if isinstance(one, str) else one for one in value]
    return value


Found = Iterator[tuple[int, Any]]


def _jsonl(path: Path, by_name: Mapping[str, Param]) -> Found:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield number, _mapping(json.loads(line))
            except json.JSONDecodeError as error:
                yield number, BadInput(f"not JSON: {error.msg} at character {error.pos + 1}.", remedy="Mend the line.")
            except BadInput as error:
                yield number, error


def _csv(path: Path, by_name: Mapping[str, Param]) -> Found:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restkey="more columns than the header has")
        for found in reader:
            number = reader.line_num
            try:
                yield number, {n: by_name[n].read(v) if n in by_name else v for n, v in found.items() if v not in (None, "")}
            except BadInput as error:
                yield number, error


def _yaml(path: Path, by_name: Mapping[str, Param]) -> Found:
    import yaml

    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"--from {path.name}: {' '.join(str(error).split())}.", remedy="Mend the file.", field="from") from None
    if not isinstance(rows, list):
        raise BadInput(f"--from {path.name}: a list of requests is expected.", remedy="Start each request with '- '.", field="from")
    for number, row in enumerate(rows, 1):
        try:
            yield number, _mapping(row)
        except BadInput as error:
            yield number, error


def _mapping(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise BadInput(f"a request is expected, found {json.dumps(row)[:40]}.", remedy='Write it as {"field": value}.')
    return row
