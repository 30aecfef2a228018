"""What the code imports is declared: a package that only comes along with another one may stop coming."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import packages_distributions

from tests.test_constraints import EXTRAS, PROJECT, normal, requirement_name
from tests.test_layers import SOURCES, imported_folders

OURS = {"suite", "apps", "shared", "tests"}
PARTS = {"pydantic-core": "pydantic"}  # released together, pinned to each other


def declared(*extras: str) -> set[str]:
    """Names of the core's dependencies and of those of the extras."""
    requirements = [*PROJECT["dependencies"], *(requirement for extra in extras for requirement in EXTRAS[extra])]
    return {requirement_name(requirement) for requirement in requirements}


@cache
def providers() -> dict[str, set[str]]:
    """{importable name: distributions that bring it}"""
    return {name: {PARTS.get(normal(owner), normal(owner)) for owner in owners} for name, owners in packages_distributions().items()}


def undeclared(module: str, allowed: set[str]) -> set[str]:
    """Third-party packages that `module` imports, anywhere in it, and that no allowed distribution brings itself."""
    names = {parts[0] for parts in imported_folders(module)} - OURS - set(sys.stdlib_module_names)
    # a package that is a single extension module is in no list of files that importlib.metadata reads: it goes by its own name
    return {name for name in names if not providers().get(name, {normal(name)}) & allowed}


def test_a_studio_declares_what_it_imports() -> None:
    """In its own extra, in `ui` (its dashboard) or in the core; what only measures or trains may use the test tools."""
    missing = {
        module: undeclared(
            module, declared(module.split(".")[1], "ui", *(["test"] if {"measures", "training"} & set(module.split(".")) else []))
        )
        for module in SOURCES
        if module.startswith("apps.")
    }
    assert {module: names for module, names in missing.items() if names} == {}


def test_the_shared_layer_and_the_launcher_declare_what_they_import() -> None:
    everything = declared(*(extra for extra in EXTRAS if extra not in ("test", "docs")))
    missing = {module: undeclared(module, everything) for module in SOURCES if not module.startswith("apps.")}
    assert {module: names for module, names in missing.items() if names} == {}
