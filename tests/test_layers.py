"""Arrows run suite -> apps -> shared and nowhere else; what everybody imports stays light."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.checkout import ROOT, STUDIOS

FRAMEWORKS = {"torch", "transformers", "diffusers", "rdkit", "streamlit", "scipy", "pandas", "sklearn", "skimage", "matplotlib", "nilearn"}
SERVER = {"sqlalchemy", "fastapi", "pydantic_settings"}  # half a second each, and neither a type nor a task needs them
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("suite", "apps", "shared")
    for path in sorted((ROOT / package).rglob("*.py"))
}
# (module, what it may not load): importing the module must not import these, directly or through ours
LIGHT = [
    *((f"apps.{name}", FRAMEWORKS | SERVER) for name in STUDIOS),
    ("shared.app", FRAMEWORKS | SERVER),
    ("suite.cli", FRAMEWORKS | {"fastapi"}),
]


def imports(tree: ast.AST, *, top_level: bool) -> Iterator[str]:
    """Dotted names that a module imports; top_level: only what runs at import, without functions and TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (top_level and runs_later(node)):
            yield from imports(node, top_level=top_level)


def runs_later(node: ast.AST) -> bool:
    """Whether importing the module leaves this part out."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def parsed(module: str) -> ast.Module:
    return ast.parse(SOURCES[module].read_text(encoding="utf-8"), filename=str(SOURCES[module]))


def imported_folders(module: str) -> set[tuple[str, ...]]:
    return {tuple(name.split(".")) for name in imports(parsed(module), top_level=False)}


@pytest.mark.parametrize("module", [name for name in SOURCES if name.split(".")[0] == "shared"])
def test_shared_imports_no_studio_and_no_launcher(module: str) -> None:
    assert {parts for parts in imported_folders(module) if parts[0] in ("apps", "suite", "tests")} == set()


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith("apps.")])
def test_a_studio_imports_no_other_studio_and_no_launcher(module: str) -> None:
    own = module.split(".")[1]
    strangers = {parts for parts in imported_folders(module) if parts[0] == "apps" and len(parts) > 1 and parts[1] != own}
    assert strangers == set()
    assert {parts for parts in imported_folders(module) if parts[0] in ("suite", "tests")} == set()


def reached(start: str) -> dict[str, str]:
    """{imported top-level package outside ours: our module that imports it} of everything that `import start` runs."""
    outside: dict[str, str] = {}
    waiting, seen = [start], {start}
    while waiting:
        module = waiting.pop()
        for name in imports(parsed(module), top_level=True):
            parts = name.split(".")
            if parts[0] not in ("suite", "apps", "shared"):
                outside.setdefault(parts[0], module)
            for depth in range(1, len(parts) + 1):
                ours = ".".join(parts[:depth])
                if ours in SOURCES and ours not in seen:
                    seen.add(ours)
                    waiting.append(ours)
    return outside


@pytest.mark.parametrize(("module", "heavy"), LIGHT, ids=[name for name, _ in LIGHT])
def test_light_modules_name_nothing_heavy(module: str, heavy: set[str]) -> None:
    assert {package: by for package, by in reached(module).items() if package in heavy} == {}


@pytest.mark.parametrize(("module", "heavy"), LIGHT, ids=[name for name, _ in LIGHT])
def test_light_modules_load_nothing_heavy_and_start_fast(module: str, heavy: set[str]) -> None:
    """CPU time, the best of three: the target is half a second, and a busy machine must not decide."""
    code = (
        f"import time, sys, json; start = time.process_time(); import {module}; "
        "print(json.dumps([time.process_time() - start, sorted(sys.modules)]))"
    )
    seconds = []
    for _ in range(3):
        result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
        used, loaded = json.loads(result.stdout)
        assert heavy & set(loaded) == set()
        seconds.append(used)
    assert min(seconds) <= 0.5, seconds


def test_packages_are_typed() -> None:
    assert all((ROOT / name / "py.typed").is_file() for name in ("suite", "apps", "shared"))


SAMPLE = """
import torch
def later():
    import scipy
if TYPE_CHECKING:
    import pandas
try:
    from shared.app import App
except ImportError:
    pass
"""


def test_what_runs_at_import_is_told_from_what_runs_later() -> None:
    tree = ast.parse(SAMPLE)
    assert set(imports(tree, top_level=True)) == {"torch", "shared.app", "shared.app.App"}
    assert {"scipy", "pandas"} <= set(imports(tree, top_level=False))
