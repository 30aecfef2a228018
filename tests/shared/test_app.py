from __future__ import annotations

import subprocess
import sys
from typing import assert_type

import pytest

from shared.app import App, Context, Field, Request, Result, Task
from shared.errors import DeclarationError, NotFound
from tests.studios import echo


class Asked(Request):
    count: int = Field(default=1, description="how many")


class Answered(Result):
    count: int


def new_app() -> App:
    return App("odd", "Odd", "For declarations.")


def test_a_task_is_named_after_its_function_and_helped_by_its_docstring() -> None:
    assert echo.say.key == "echo/say" and echo.say.summary == "Say a text as often as wanted."
    assert echo.app.find_task("say") is echo.say


def test_types_are_inferred_through_the_decorator() -> None:
    app = new_app()

    @app.task
    def plain(request: Asked, context: Context) -> Answered:
        """Count."""
        return Answered(count=request.count)

    @app.task(examples=())
    def called(request: Asked, context: Context) -> Answered:
        """Count."""
        return Answered(count=request.count)

    assert_type(plain, Task[Asked, Answered])
    assert_type(called, Task[Asked, Answered])
    assert [task.request_type for task in app.tasks.values()] == [Asked, Asked]


def test_request_classes_may_be_local_to_a_function() -> None:
    class Local(Request):
        x: int = 1

    app = new_app()

    @app.task
    def local(request: Local, context: Context) -> Answered:
        """Count."""
        return Answered(count=request.x)

    assert local.request_type is Local


@pytest.mark.filterwarnings("ignore:Field name .json.")
@pytest.mark.parametrize("name", ["engine", "history", "json", "out", "help"])
def test_reserved_field_names_are_refused_at_declaration(name: str) -> None:
    reserved = type("Reserved", (Request,), {"__annotations__": {name: int}, "__module__": __name__})

    def task(request, context):  # type: ignore[no-untyped-def]
        """Never runs."""

    task.__annotations__ = {"request": reserved, "context": Context, "return": Answered}
    with pytest.raises(DeclarationError, match=f"reserved field names: {name}"):
        new_app().task(task)


def test_from_is_reserved_too() -> None:
    class Reserved(Request):
        from_: str = Field(default="", alias="from")

    with pytest.raises(DeclarationError, match="reserved"):

        @new_app().task
        def task(request: Reserved, context: Context) -> Answered:
            """Never runs."""
            return Answered(count=1)


def test_what_is_missing_is_named() -> None:
    app = new_app()
    with pytest.raises(DeclarationError, match="no docstring"):

        @app.task
        def silent(request: Asked, context: Context) -> Answered:
            return Answered(count=1)

    with pytest.raises(DeclarationError, match="request type derived from Request"):

        @app.task  # type: ignore[type-var]
        def untyped(request: int, context: Context) -> Answered:
            """No request."""
            return Answered(count=1)

    with pytest.raises(DeclarationError, match="result type derived from Result"):

        @app.task  # type: ignore[type-var]
        def answerless(request: Asked, context: Context) -> None:
            """No result."""


def test_two_tasks_of_one_name_clash() -> None:
    app = new_app()
    for _ in range(2):

        def same(request: Asked, context: Context) -> Answered:
            """Count."""
            return Answered(count=1)

        if not app.tasks:
            app.task(same)
    with pytest.raises(DeclarationError, match="two tasks named 'same'"):
        app.task(same)


@pytest.mark.parametrize("key", ["Echo", "two words", "a-b", "", "1st"])
def test_a_key_is_a_lower_case_word(key: str) -> None:
    with pytest.raises(DeclarationError, match="no studio key"):
        App(key, "T", "S")


def test_the_description_has_a_json_schema_for_each_task() -> None:
    described = echo.app.describe()
    assert {key: type(value) for key, value in described.items()} == {"key": str, "title": str, "summary": str, "tasks": list}
    say = described["tasks"][0]
    assert say["name"] == "say" and say["help"].startswith("Say a text")
    assert say["request"]["properties"]["times"]["maximum"] == 1000


def test_an_unknown_task_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="It has: say, copy, join"):
        echo.app.find_task("sing")


def test_the_contract_is_light() -> None:
    heavy = ("sqlalchemy", "fastapi", "torch", "pydantic_settings", "streamlit", "numpy", "fsspec")
    code = f"import sys, shared.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
