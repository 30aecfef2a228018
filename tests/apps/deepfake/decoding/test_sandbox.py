from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from apps.deepfake.decoding import sandbox
from apps.deepfake.decoding.sandbox import DecodingFailed, run_limited
from shared.errors import BadInput, SextantError, TooLarge
from tests.apps.deepfake.decoding.made import hostile, noise, png, saved
from tests.checkout import ROOT

BIG = 512 << 20


def reason(function: str, **keywords: object) -> str:
    with pytest.raises(DecodingFailed) as failure:
        hostile(function, **keywords)  # type: ignore[arg-type]
    assert failure.value.message.endswith(".") and failure.value.remedy
    assert failure.value.status == 422
    return failure.value.reason


def test_a_function_gets_the_bytes_and_the_arguments_and_little_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    data = bytes(range(256)) * 5000
    facts, arrays = hostile("echo", data, arguments={"number": 3})
    assert facts["bytes"] == len(data) and facts["arguments"] == {"number": 3}
    assert not {"AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "HOME", "PATH"} & set(facts["environment"])
    assert facts["folder"] == "/" and "/somewhere" not in facts["path"]
    assert arrays["data"].tobytes() == data and arrays["none"].shape == (0, 3)


def test_open_files_of_the_server_stay_closed_in_the_child(tmp_path: Path) -> None:
    with (tmp_path / "database").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        facts, _ = hostile("descriptors")
    assert facts["open"] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("abort", "crash"),
        ("leave", "crash"),
        ("fail", "crash"),
        ("connect", "refused"),
        ("look_up", "refused"),
        ("start", "refused"),
        ("fork", "refused"),
        ("load_machine_code", "refused"),
        ("not_numbers", "crash"),
        ("nested", "crash"),
        ("no such name", "crash"),
    ],
)
def test_what_a_hostile_file_makes_of_its_decoder_is_told_apart(function: str, expected: str) -> None:
    assert reason(function) == expected


@pytest.mark.parametrize("function", ["huge_array", "negative_array", "object_array", "short_array", "many_arrays", "huge_facts"])
def test_sizes_and_types_that_the_child_claims_are_not_believed(function: str) -> None:
    assert reason(function) == "crash"


@pytest.mark.parametrize("function", ["write", "write_low", "remove"])
def test_files_are_neither_written_nor_removed(function: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if function == "remove":
        path.write_text("kept")
    assert reason(function, arguments={"path": str(path)}) == "refused"
    assert path.exists() == (function == "remove")


def test_memory_is_limited() -> None:
    assert reason("allocate", memory_bytes=BIG) == "memory"


def test_memory_is_limited_where_the_kernel_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS refuses RLIMIT_AS: the parent watches instead. Here the kernel's limit is far above what the parent allows."""
    monkeypatch.setattr(sandbox, "KERNEL_LIMITS_MEMORY", False)
    monkeypatch.setattr(sandbox._Child, "_resident_bytes", lambda child: 2 * BIG)
    assert reason("sleep", memory_bytes=BIG) == "memory"


def test_the_watched_memory_is_that_of_the_process() -> None:
    with sandbox._Child(BIG, 1e12) as child:
        assert 0 < child._resident_bytes() < BIG
    assert child._resident_bytes() == 0


@pytest.mark.parametrize("function", ["sleep", "spin"])
def test_time_is_limited(function: str) -> None:
    assert reason(function, seconds=1.5) == "time"


def test_no_process_is_left_behind() -> None:
    with sandbox._Child(BIG, 1e12) as child:
        process = child._process
    assert process.returncode is not None


def test_production_knows_no_function_of_the_tests() -> None:
    with pytest.raises(DecodingFailed) as failure:
        run_limited("echo", b"")
    assert failure.value.reason == "crash"


def test_what_a_function_says_of_a_file_comes_through_as_it_is() -> None:
    with pytest.raises(TooLarge, match="100 million"):
        run_limited("image", png(30_000, 30_000))


def test_a_child_may_report_errors_of_the_file_alone() -> None:
    shape = {"code": "unauthorized", "message": "Give your\x1b[31m password.", "remedy": "x" * 5000}
    error = sandbox._told(shape)
    assert type(error) is BadInput and "\x1b" not in error.message and len(error.remedy) == 1000
    assert isinstance(error, SextantError)


def test_a_file_beyond_the_limit_never_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(sandbox, "CHILD", Path("/nowhere"))
    with pytest.raises(TooLarge):
        run_limited("image", bytes(1001))


def test_it_works_from_a_bare_checkout_and_from_any_folder(tmp_path: Path) -> None:
    """`-I` in the child leaves out the caller's folder and PYTHONPATH: the checkout is found by where the script lies."""
    (tmp_path / "picture.png").write_bytes(saved(noise(), "PNG"))
    (tmp_path / "PIL.py").write_text("raise SystemExit('a module of the caller was imported')")
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from apps.deepfake.decoding.sandbox import run_limited; "
        "print(run_limited('image', open('picture.png', 'rb').read())[1]['pixels'].shape)"
    )
    result = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout.strip() == "(48, 64, 3)", result.stderr


def test_an_answer_of_many_megabytes_comes_whole() -> None:
    data = np.random.default_rng(0).bytes(20 << 20)
    _, arrays = hostile("echo", data)
    assert arrays["data"].tobytes() == data
