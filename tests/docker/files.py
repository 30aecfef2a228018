"""What `docker/` says, read as data: the Dockerfile's arguments, the compose services and the bake targets, variables filled in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import hcl2
import yaml

from tests.checkout import ROOT

__all__ = ["DOCKER", "PROJECT", "TEAMS", "bake_targets", "compose", "dockerfile_arguments", "dockerfile_sources"]

DOCKER = ROOT / "docker"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TEAMS = sorted(set(re.findall(r"\w+", PROJECT["optional-dependencies"]["all"][0].partition("[")[2])) - {"ui"})


def dockerfile_arguments() -> dict[str, str]:
    """ARG -> its default; empty without one."""
    found = re.findall(r"^ARG (\w+)(?:=(\S+))?$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    return dict(found)


def dockerfile_sources() -> list[str]:
    """Paths of the build context that are copied into an image."""
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    return [source for copied in copies for source in copied.split()]


def compose(*names: str) -> dict[str, Any]:
    """The services of these files, the later merged into the earlier, as somebody gets them whose environment is empty."""
    merged: dict[str, Any] = {}
    for name in names:
        _merge(merged, _defaults(yaml.safe_load((DOCKER / name).read_text())["services"]))
    return merged


def _defaults(value: Any) -> Any:
    """`${NAME:-default}` and `${NAME-default}` -> default, in every string."""
    if isinstance(value, list):
        return [_defaults(each) for each in value]
    if isinstance(value, dict):
        return {key: _defaults(each) for key, each in value.items()}
    return re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", value) if isinstance(value, str) else value


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def bake_targets() -> dict[str, dict[str, Any]]:
    """The targets of docker-bake.hcl by name: matrices and inherited attributes expanded, variables at their defaults."""
    with (DOCKER / "docker-bake.hcl").open() as file:
        parsed = hcl2.load(file)
    variables = {_label(name): _value(body["default"], {}) for block in parsed["variable"] for name, body in block.items()}
    targets: dict[str, dict[str, Any]] = {}
    for block in parsed["target"]:
        for label, body in block.items():
            for names in _matrix(body):
                _add(targets, label, body, {**variables, **names})
    return targets


def _matrix(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    axes = list(body.get("matrix", {}).items())
    assert len(axes) <= 1, "more than one axis: expand them here too"
    return [{name: _value(value, {})} for name, values in axes for value in values] or [{}]


def _add(targets: dict[str, dict[str, Any]], label: str, body: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    own = {key: _value(value, names) for key, value in body.items() if key not in ("matrix", "__is_block__")}
    target: dict[str, Any] = {}
    for parent in own.pop("inherits", []):
        _merge(target, {key: dict(value) if isinstance(value, dict) else value for key, value in targets[parent].items()})
    _merge(target, own)
    targets[own.get("name", _label(label))] = target


def _label(text: str) -> str:
    return text.strip('"')


def _value(value: Any, names: Mapping[str, Any]) -> Any:
    """A parsed HCL value: strings come with their quotes, references to variables without."""
    if isinstance(value, list):
        return [_value(each, names) for each in value]
    if isinstance(value, dict):
        return {key: _value(each, names) for key, each in value.items() if key != "__is_block__"}
    if value.startswith('"'):
        return re.sub(r"\$\{(\w+)\}", lambda found: str(names[found[1]]), value[1:-1])
    return names[value]
