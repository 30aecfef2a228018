"""`sextant`: one command line for every studio, made from the tasks they declare.

    sextant apps                                        the studios and their tasks
    sextant <app> <task> INPUT... [--out DIR] [--json]  run a task; several inputs or a folder make a batch
    sextant runs list|show|repeat|cancel                the run history
    sextant serve                                       dashboards and HTTP API at http://127.0.0.1:8501
    sextant models [pull NAME]                          every model: source, licence, bytes, whether it works here; fetch one
    sextant doctor                                      what works on this machine, and why not
    sextant audit                                       what was refused, when, and by which rule
    sextant demo                                        every task of every studio on real input

Exit status: 0 done, 1 failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from shared.discovery import app_keys, find_app, load_apps
from shared.errors import BadInput, Cancelled, NotFound, SextantError, StorageFailed
from suite.output import print_error, print_json, print_table
from suite.ownership import check

__all__ = ["main"]

_FIXED = {
    "audit": "suite.audit:audit",
    "demo": "suite.demo:demo",
    "doctor": "suite.doctor:doctor",
    "models": "suite.models:models",
    "runs": "suite.runs:runs",
    "serve": "suite.serve:serve",
}
_INTERRUPTED = 130


class Suite(click.Group):
    """Fixed commands first, then a group a studio; nothing is imported before it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["apps", *sorted(_FIXED), *app_keys()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _FIXED:
            import importlib

            module, _, attribute = _FIXED[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        return Studio(cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            raise NotFound(f"There is no command or studio {args[0]!r}.", remedy=f"Known: {', '.join(known)}.")
        return super().resolve_command(ctx, args)


class Studio(click.Group):
    """The tasks of one studio, imported when first needed."""

    def __init__(self, key: str) -> None:
        super().__init__(name=key, no_args_is_help=True)

    @property
    def app(self) -> Any:
        return find_app(self.name or "")

    def get_short_help_str(self, limit: int = 45) -> str:
        try:
            return str(self.app.summary)
        except SextantError as error:
            return f"broken: {error}"

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text(f"{self.app.title}. {self.app.summary}")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.app.tasks)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from suite.task_command import task_command

        return task_command(self.app.find_task(cmd_name))


@click.group(cls=Suite, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sextant-suite", message="sextant %(version)s")
def sextant() -> None:
    """Six studios of generative AI on one engine, on your own machine."""


@sextant.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
def apps(as_json: bool) -> None:
    """List the installed studios and what they can do."""
    found, broken = load_apps()
    for app in broken:
        sys.stderr.write(f"warning: {app.reason}\n")
    if as_json:
        print_json([app.describe() for app in found])
        return
    rows = [(app.key, task.name, task.summary) for app in found for task in app.tasks.values()]
    print_table(("studio", "task", "what it does"), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. No traceback reaches a user."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    problem: SextantError
    try:
        return _run(given)
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(f"{error.format_message()}\n")
        return BadInput.exit_status
    except BrokenPipeError:
        _give_up_output()
        return 0
    except click.ClickException as error:
        usage = f"See 'sextant {' '.join([*_path(error), '--help'])}'."
        problem, status = BadInput(_sentence(error.format_message()), remedy=usage), BadInput.exit_status
    except SextantError as error:
        problem, status = error, error.exit_status
    except (KeyboardInterrupt, click.Abort):
        problem, status = Cancelled("Interrupted; what was finished is kept."), _INTERRUPTED
    except OSError as error:
        _give_up_output()
        problem, status = StorageFailed(f"Cannot write the output: {error.strerror or error}."), StorageFailed.exit_status
    print_error(problem, as_json="--json" in given, run=getattr(problem, "run_id", None))
    return status


def _run(given: list[str]) -> int:
    check()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name need not be text
    outcome = sextant.main(given, prog_name="sextant", standalone_mode=False)
    sys.stdout.flush()
    return outcome if isinstance(outcome, int) else 0


def _give_up_output() -> None:
    """Nobody takes it any more: what is still buffered must not fail once more when the process ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _path(error: click.ClickException) -> list[str]:
    ctx = getattr(error, "ctx", None)
    return ctx.command_path.split()[1:] if ctx else []


def _sentence(message: str) -> str:
    line = " ".join(message.split())
    return line if line.endswith((".", "?", "!")) else f"{line}."
