from __future__ import annotations

import json
import re
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput, Cancelled, RunFailed
from shared.runs import Executor, Run, RunProgress
from shared.runs.run import as_json, new_id
from tests.shared.runs.studio import add, count, fail


def test_ids_need_no_quoting_and_never_look_like_an_option() -> None:
    ids = {new_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(re.fullmatch(r"[a-z2-7]{24}", run_id) for run_id in ids)


finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text() | finite, st.lists, max_leaves=20)


@settings(deadline=None)
@given(json_values)
def test_json_comes_back(value: Any) -> None:
    assert json.loads(as_json(value)) == value


def test_numbers_that_json_lacks_become_strings() -> None:
    """Python's own "Infinity" is no JSON: a browser refuses the whole answer."""
    given = {"psnr": float("inf"), "low": [-float("inf")], "none": (float("nan"), 1.0)}
    assert json.loads(as_json(given)) == {"psnr": "Infinity", "low": ["-Infinity"], "none": ["NaN", 1.0]}


def test_an_infinite_figure_survives(executor: Executor) -> None:
    """The signal-to-noise ratio of two equal images."""
    run = executor.run(fail, fail.parse({"how": "infinite"}))
    assert run.result_of(fail).last == float("inf")
    assert executor.history.get(run.id).result_of(fail).last == float("inf")
    assert run.as_dict()["result"]["last"] == "Infinity"


def test_a_run_says_everything(executor: Executor) -> None:
    run = executor.run(add, add.parse({"count": 2, "seed": 7}))
    for seen in (run, executor.history.get(run.id), executor.history.list()[0]):
        shape = seen.as_dict()
        assert json.loads(json.dumps(shape, allow_nan=False)) == shape
        assert (shape["id"], shape["app"], shape["task"], shape["status"], shape["seed"]) == (run.id, "tally", "add", "done", 7)
        assert shape["models"] == [{"name": "adder", "revision": "1", "device": "cpu", "dtype": "float32", "batch_size": 2}]
        assert shape["request"] == {"seed": 7, "model": "adder", "count": 2}
        assert shape["result"]["table"] == shape["artifacts"][0]
        assert shape["error"] is None
        assert shape["created_at"] <= shape["started_at"] <= shape["finished_at"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shape["finished_at"])
        assert shape["seconds"] == pytest.approx((seen.finished_at - seen.started_at).total_seconds(), abs=1e-4)  # type: ignore[operator]
        assert (seen.created_at.tzinfo, seen.heartbeat_at.tzinfo, seen.process_started_at.tzinfo) == (UTC, UTC, UTC)  # type: ignore[union-attr]
        assert len(seen.result_of(add).table.read()) == len(seen.artifacts[0].read()) == 32
    assert repr(run) == f"Run({run.id!r}, tally/add, done)"


def test_a_result_is_asked_of_its_own_task(executor: Executor) -> None:
    run = executor.run(count, count.parse({}))
    with pytest.raises(BadInput, match=r"tally/count, not of tally/add"):
        run.result_of(add)


def of_row(run: Run, **changes: Any) -> Run:
    return Run({**run.row, **changes})


def test_a_run_without_a_result_says_why(executor: Executor) -> None:
    run = executor.run(count, count.parse({}))
    with pytest.raises(BadInput, match="running: it has no result yet"):
        of_row(run, status="running", result=None).result_of(count)
    with pytest.raises(Cancelled, match="stopped"):
        of_row(run, status="cancelled", result=None, error=as_json(Cancelled("It was stopped.").as_dict())).result_of(count)
    with pytest.raises(RunFailed, match=rf"last: .*sextant runs repeat {run.id}"):
        of_row(run, result='{"steps": 1, "last": "many"}').result_of(count)


def test_a_queued_run_has_taken_no_time(executor: Executor) -> None:
    run = executor.run(count, count.parse({}))
    assert of_row(run, started_at=None, finished_at=None).seconds is None
    assert of_row(run, finished_at=None).seconds > 0  # type: ignore[operator]


def test_progress_of_a_row_from_before_there_was_text_is_read(executor: Executor) -> None:
    run = executor.run(count, count.parse({"steps": 2}))
    executor.history.update(run.id, {"progress": '[1,2,"tile"]'})
    assert executor.history.get(run.id).progress == RunProgress(1, 2, "tile", "")
