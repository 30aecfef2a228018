from __future__ import annotations

from pathlib import Path

import pytest

from shared.app import App, Context, Request, Result
from shared.errors import BadInput, NotFound, RunFailed
from shared.serving import Engine
from tests.studios.echo import CopyRequest, SayRequest, copy, say


@pytest.fixture(scope="module")
def engine():  # type: ignore[no-untyped-def]
    engine = Engine(device="cpu")
    yield engine
    engine.close()


def test_a_task_is_called_like_a_function(engine: Engine) -> None:
    result = say(text="ahoy", times=3, engine=engine)
    assert len(result.lines) == 3 and all(line.startswith("AHOY") for line in result.lines)
    assert result.sheet.read().decode().splitlines() == result.lines


def test_fields_may_be_strings_as_on_a_command_line(engine: Engine) -> None:
    assert len(say(text="a", times="2", engine=engine).lines) == 2


def test_the_same_seed_gives_the_same_result_and_items_have_their_own_randomness(engine: Engine) -> None:
    first, again, other = (say(text="a", times=9, seed=seed, engine=engine) for seed in (7, 7, 8))
    assert first == again and first != other
    assert len(set(first.lines)) == 9
    assert say(text="a", times=3, seed=7, engine=engine).lines == first.lines[:3]


def test_a_request_made_before_and_a_path_do_as_well(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("hi")
    assert say(SayRequest(text="a"), engine=engine).lines
    assert copy(file=str(path), engine=engine).copy_.read().startswith(b"HI")
    assert copy(file=b"hi", engine=engine).copy_.read().startswith(b"HI")


def test_the_default_model_is_named_in_the_request_and_an_unknown_one_refused() -> None:
    assert say.parse({"text": "a"}).model == "shout"
    assert say.parse({"text": "a", "model": "murmur"}).model == "murmur"
    with pytest.raises(NotFound, match=r"no model 'copier'. It has: shout, murmur") as caught:
        say.parse({"text": "a", "model": "copier"})
    assert caught.value.exit_status == 2 and caught.value.field == "model"


def test_a_request_and_fields_together_are_refused(engine: Engine) -> None:
    with pytest.raises(BadInput, match="request and fields"):
        say(SayRequest(text="a"), times=2, engine=engine)
    with pytest.raises(BadInput, match="takes a SayRequest, not a CopyRequest"):
        say(CopyRequest(file=b""), engine=engine)  # type: ignore[arg-type]


def test_a_bug_in_a_task_is_a_typed_error(engine: Engine) -> None:
    with pytest.raises(RunFailed, match="echo/say failed: ZeroDivisionError: a bug"):
        say(text="explode", engine=engine)


def test_a_task_that_answers_wrongly_is_found_out(engine: Engine) -> None:
    app = App("liar", "Liar", "Answers wrongly.")

    class Truth(Result):
        x: int

    @app.task
    def lie(request: Request, context: Context) -> Truth:
        """Lie."""
        return Result()  # type: ignore[return-value]

    @app.task
    def mistype(request: Request, context: Context) -> Truth:
        """Mistype."""
        return Truth(x="many")  # type: ignore[arg-type]

    with pytest.raises(RunFailed, match="answered a Result, not a Truth"):
        lie(engine=engine)
    with pytest.raises(RunFailed, match="answered wrongly: x:"):
        mistype(engine=engine)


def test_an_estimate_comes_from_the_benchmark_until_there_is_a_history() -> None:
    class Past:
        def seconds_a_unit(self, app: str, task: str, model: str | None, units: float) -> float | None:
            return {"shout": 2.0}.get(model or "")

    estimate = say.estimate(text="a", times=10)
    assert (estimate.seconds, estimate.size_bytes, estimate.model) == (5.0, 1010, "shout")
    assert "benchmark" in estimate.basis
    known = say.estimate(text="a", times=10, history=Past())  # type: ignore[arg-type]
    assert (known.seconds, known.basis) == (20.0, "earlier runs here")
    assert copy.estimate(file=b"a").seconds is None


def test_a_call_leaves_a_run_only_when_asked(engine: Engine) -> None:
    from shared.runs import default_executor

    say(text="a", engine=engine)
    assert default_executor().history.list() == []
    result = say(text="a", engine=engine, history=True)
    (run,) = default_executor().history.list()
    assert run.status == "done" and run.result_of(say) == result and result.sheet.read()
