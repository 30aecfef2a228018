from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import NotFound
from shared.runs import Executor, History
from shared.runs.holdings import Held
from tests.shared.runs.studio import add, fail

A, B = "a" * 64, "b" * 64


def test_a_file_is_its_owners_alone(history: History) -> None:
    files = history.files
    files.hold("anna", [Held(A, "scan.dcm", "application/dicom", 5), Held(B, "b", "text/plain", 1)])
    files.hold("ben", [Held(A, "other.dcm", "application/dicom", 5)])
    assert files.find("anna", A) == Held(A, "scan.dcm", "application/dicom", 5)
    assert files.find("ben", A).name == "other.dcm"
    files.hold("anna", [Held(A, "renamed.dcm", "application/dicom", 5)])
    assert files.find("anna", A).name == "renamed.dcm"
    with pytest.raises(NotFound):
        files.find("ben", B)
    assert files.held("ben", [A, B, "c" * 64]) == {A}
    assert files.held("anna", []) == set()
    many = [f"{number:064x}" for number in range(1_200)]
    files.hold("anna", [Held(many[-1], "last", "text/plain", 1)])
    assert files.held("anna", many) == {many[-1]}


def test_many_threads_hold_the_same(history: History) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: history.files.hold("anna", [Held(A, f"{number}", "text/plain", 1)]), range(40)))
    assert history.files.held("anna", [A]) == {A}


def test_what_a_run_made_is_its_owners(executor: Executor) -> None:
    run = executor.run(add, add.parse({}), owner="anna")
    (table,) = run.artifacts
    assert executor.history.files.find("anna", table.sha256).name == "table.bin"
    with pytest.raises(NotFound):
        executor.history.files.find("local", table.sha256)
    failed = executor.run(fail, fail.parse({"how": "after_file"}), owner="anna")
    assert executor.history.files.find("anna", failed.artifacts[0].sha256).media_type == "text/plain"
