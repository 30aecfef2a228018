from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shared.errors import BadInput, NotFound, Unavailable
from shared.runs import Executor, RunHandle
from shared.serving import CpuDevice, DType, Engine
from tests.shared.runs import studio
from tests.shared.runs.conftest import wait_until
from tests.shared.runs.studio import add, count, fail, make_adder, read


class OtherDevice(CpuDevice):
    """The CPU under another name and in another number format."""

    name = "xpu"
    dtypes = (DType.BFLOAT16, DType.FLOAT32)


@pytest.mark.parametrize("requests", [1, 3, 10])
def test_a_repeat_gives_the_same_bytes(executor: Executor, requests: int) -> None:
    run = executor.run(add, add.parse({"count": requests, "seed": 11}))
    again = executor.repeat(run.id[:10], task=add)
    assert (again.status, again.parent, again.seed) == ("done", run.id, 11)
    assert again.id != run.id
    assert again.models == run.models
    assert again.artifacts == run.artifacts
    assert again.artifacts[0].read() == run.artifacts[0].read()
    assert again.result == run.result


def test_other_runs_beside_it_change_nothing(executor: Executor) -> None:
    run = executor.run(add, add.parse({"count": 3}))
    handles: list[RunHandle] = [executor.submit(add, add.parse({"count": 9, "seed": seed})) for seed in range(6)]
    again = [executor.repeat(run.id, task=add) for _ in range(5)]
    for handle in handles:
        handle.wait(10)
    assert {one.artifacts[0].sha256 for one in again} == {run.artifacts[0].sha256}


def test_a_failed_run_can_be_tried_again(executor: Executor) -> None:
    run = executor.run(fail, fail.parse({"how": "bad_input"}))
    again = executor.repeat(run.id, task=fail)
    assert (again.status, again.error, again.parent) == ("failed", run.error, run.id)


def test_a_run_that_goes_on_is_not_repeated(executor: Executor) -> None:
    handle = executor.submit(count, count.parse({"steps": 500, "wait_s": 0.01}))
    wait_until(lambda: executor.history.get(handle.run_id).status == "running")
    with pytest.raises(BadInput, match="is running"):
        executor.repeat(handle.run_id, task=count)
    handle.cancel()
    handle.wait(10)


def test_another_device_is_refused_with_what_differs(executor: Executor) -> None:
    run = executor.run(add, add.parse({}))
    with Engine(OtherDevice()) as other, pytest.raises(Unavailable) as caught:
        executor.repeat(run.id, task=add, engine=other)
    assert "device 'xpu' instead of 'cpu', number format 'bfloat16' instead of 'float32'" in caught.value.message
    assert "SEXTANT_DEVICE" in caught.value.remedy
    assert len(executor.history.list()) == 1


def test_another_revision_is_refused(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = executor.run(add, add.parse({}))
    monkeypatch.setattr(studio.app, "_models", [make_adder(revision="2")])
    with pytest.raises(Unavailable, match="adder would run with revision '2' instead of '1'"):
        executor.repeat(run.id, task=add)
    monkeypatch.setattr(studio.app, "_models", [])
    with pytest.raises(Unavailable, match="no longer has"):
        executor.repeat(run.id, task=add)


def test_a_repeat_that_went_elsewhere_after_all_is_no_repeat(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of memory it may go to the CPU: better no bytes than other bytes under the same claim."""
    run = executor.run(add, add.parse({}))
    monkeypatch.setattr("shared.runs.executor.refuse_changes", lambda *arguments: None)
    with Engine(OtherDevice()) as other:
        again = executor.repeat(run.id, task=add, engine=other)
    with pytest.raises(Unavailable, match="cannot be repeated exactly"):
        again.result_of(add)


def test_the_task_is_found_among_the_installed_studios(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = executor.run(count, count.parse({"steps": 2}))
    monkeypatch.setenv("SEXTANT_APPS", "tally=tests.shared.runs.studio:app")
    assert executor.repeat(run.id).result_of(count).steps == 2
    monkeypatch.setenv("SEXTANT_APPS", "")
    with pytest.raises(NotFound, match="tally"):
        executor.repeat(run.id)


def test_a_run_of_another_owner_cannot_be_repeated(executor: Executor) -> None:
    run = executor.run(count, count.parse({}), owner="ada")
    with pytest.raises(NotFound):
        executor.repeat(run.id, task=count, owner="eve")
    assert executor.repeat(run.id, task=count, owner="ada").owner == "ada"


def test_a_run_whose_file_was_removed_is_refused(executor: Executor, tmp_path: Path) -> None:
    run = executor.run(read, read.parse({"file": ("scan.png", b"pixels")}))
    shutil.rmtree(tmp_path / "artifacts")
    with pytest.raises(NotFound, match="Give the file again"):
        executor.repeat(run.id, task=read)
