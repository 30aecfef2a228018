"""`sextant doctor`: what works on this machine, and why not."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from shared.discovery import load_apps
from shared.errors import SextantError
from suite.output import print_json, print_table

__all__ = ["Check", "doctor", "examine"]

_GIB = 2**30
_LOW_DISK_BYTES = 2 * _GIB


@dataclass(frozen=True)
class Check:
    """One thing looked at. state: ok, warning (works, with less) or broken (something a user wants does not work)."""

    name: str
    state: str
    found: str
    remedy: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
def doctor(as_json: bool) -> int:
    """Say what works on this machine, and why something does not. Exit status 1 when something is broken."""
    checks = list(examine())
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        print_table(("what", "state", "found", "what to do"), [(c.name, c.state, c.found, c.remedy) for c in checks])
    return 1 if any(check.state == "broken" for check in checks) else 0


def examine() -> Iterator[Check]:
    """Every check; one that fails itself is reported and stops no other."""
    for name, look in _LOOKS:
        try:
            yield from look()
        except SextantError as error:
            yield Check(name, "broken", error.message, error.remedy)
        except Exception as error:
            yield Check(name, "broken", f"{type(error).__name__}: {error}")


def _python() -> Iterator[Check]:
    yield Check("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} CPU cores")


def _torch() -> Iterator[Check]:
    try:
        found = version("torch")
    except PackageNotFoundError:
        yield Check("torch", "broken", "not installed", "Run `make demo` once, or install a studio's extra.")
        return
    yield Check("torch", "ok", found)


def _device() -> Iterator[Check]:
    from shared.serving import default_engine

    status = default_engine().status()
    found = f"{status.device}, {status.slots} slots, {status.budget_bytes / _GIB:.1f} GiB for models"
    remedy = "Works, slower than on a GPU." if status.device.startswith("cpu") else ""
    yield Check("device", "ok", found, remedy)


def _home() -> Iterator[Check]:
    from shared.settings import settings

    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=home):
        pass
    free_bytes = shutil.disk_usage(home).free
    state = "ok" if free_bytes > _LOW_DISK_BYTES else "warning"
    remedy = "" if state == "ok" else "Free some space, or set SEXTANT_HOME to a larger disk."
    yield Check("home", state, f"{home}, {free_bytes / _GIB:.1f} GiB free", remedy)


def _history() -> Iterator[Check]:
    from shared.runs import default_executor

    default_executor().history.list(limit=1)
    yield Check("run history", "ok", "opens")


def _studios() -> Iterator[Check]:
    apps, broken = load_apps()
    for bad in broken:
        yield Check(f"studio {bad.key}", "broken", bad.reason, "Install its extra, or mend the package.")
    for app in apps:
        described = app.describe_models()
        works = [m["name"] for m in described if m["works"]]
        # What is on the hub is fetched by choice: `sextant models` lists it, and its absence is nothing to mend.
        lacking = [f"{m['name']}: {m['why_not']}" for m in described if not m["works"] and m["source"]["kind"] != "hub"]
        state = "ok" if not lacking else ("warning" if works else "broken")
        found = f"{len(app.tasks)} task{'s' * (len(app.tasks) != 1)}; models: {', '.join(works) or 'none that works'}"
        yield Check(f"studio {app.key}", state, found, "; ".join(lacking))


def _place() -> Iterator[Check]:
    root = Path(__file__).resolve().parent.parent
    yield Check("sextant", "ok", f"{version('sextant-suite')} in {root}, {sys.executable}")


_LOOKS: tuple[tuple[str, Callable[[], Iterator[Check]]], ...] = (
    ("sextant", _place),
    ("Python", _python),
    ("torch", _torch),
    ("device", _device),
    ("home", _home),
    ("run history", _history),
    ("studios", _studios),
)
