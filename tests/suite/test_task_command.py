"""How a task's fields are laid out on the command line."""

from __future__ import annotations

from apps.molecules.tasks import app
from suite.task_command import task_command


def test_where_nothing_is_required_files_are_typed_by_position() -> None:
    command = task_command(app.tasks["score"])
    given = command.make_context("score", ["a.sdf", "b.smi", "--salts", "strip"]).params
    assert given["file"] == ("a.sdf", "b.smi")
    assert given["field_salts"] == "strip"
    assert command.make_context("score", ["--molecules", "CCO"]).params["file"] == ()
    assert command.make_context("score", ["--file", "a.sdf"]).params["field_file"] == "a.sdf"


def test_a_task_with_neither_takes_no_arguments() -> None:
    assert "Usage: generate [OPTIONS]\n" in task_command(app.tasks["generate"]).make_context("generate", []).get_help()
