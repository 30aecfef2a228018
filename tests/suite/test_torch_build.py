"""Which torch a machine gets: DESIGN 9, every combination of GPU, find-links and CPU index."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.torch_build import TORCH, PipSettings, candidates, flavour, has_nvidia, pip_settings

CPU = f"torch=={TORCH}+cpu"
PINS = ("-c", "constraints.txt")
INDEX = {"TORCH_CPU_INDEX": "file:///mirror/cpu"}
LINKS = PipSettings(find_links=("/wheels",))


@pytest.mark.parametrize(
    ("word", "gpu", "expected"),
    [("", False, "cpu"), ("", True, "cuda"), ("auto", True, "cuda"), ("cpu", True, "cpu"), ("cuda", False, "cuda")],
)
def test_flavour(tmp_path: Path, word: str, gpu: bool, expected: str) -> None:
    if gpu:
        (tmp_path / "nvidia0").touch()
    assert flavour({"SEXTANT_TORCH": word}, devices=tmp_path) == expected


def test_flavour_refuses_another_word() -> None:
    with pytest.raises(ValueError, match="takes auto, cpu or cuda"):
        flavour({"SEXTANT_TORCH": "rocm"})


def test_the_control_device_alone_is_no_gpu(tmp_path: Path) -> None:
    (tmp_path / "nvidiactl").touch()
    assert not has_nvidia(tmp_path)


def test_cpu_with_find_links_takes_the_local_build_first() -> None:
    first, *rest = candidates("cpu", LINKS, {}, "linux")
    assert first.uv == ("--find-links", "/wheels", *PINS, CPU)
    assert first.pip == (*PINS, CPU)  # pip reads its own find-links
    assert [f"torch=={TORCH}" in choice.pip for choice in rest] == [True]


def test_cpu_with_an_index_does_not_take_dependencies_from_it() -> None:
    first, last = candidates("cpu", PipSettings(), INDEX, "linux")
    assert first.uv == ("--no-deps", "--default-index", INDEX["TORCH_CPU_INDEX"], CPU)
    assert first.pip == ("--no-deps", "--index-url", INDEX["TORCH_CPU_INDEX"], CPU)
    assert last.uv == (*PINS, f"torch=={TORCH}")


def test_cpu_without_either_says_aloud_what_comes() -> None:
    (only,) = candidates("cpu", PipSettings(), {}, "linux")
    assert "several GB" in only.note
    assert "TORCH_CPU_INDEX" in only.note


def test_cuda_is_asked_for_exactly_so_that_a_cpu_build_in_find_links_does_not_win() -> None:
    (only,) = candidates("cuda", LINKS, INDEX, "linux")
    assert only.uv == ("--find-links", "/wheels", *PINS, f"torch==={TORCH}")
    assert only.pip == (*PINS, f"torch==={TORCH}")


def test_other_systems_have_one_build() -> None:
    (only,) = candidates("cpu", PipSettings(), INDEX, "darwin")
    assert only.pip == (*PINS, f"torch=={TORCH}")


def test_an_index_of_pip_reaches_uv() -> None:
    (only,) = candidates("cuda", PipSettings(index_url="file:///mirror"), {}, "linux")
    assert only.uv[:2] == ("--default-index", "file:///mirror")


def test_pip_settings_environment_beats_install_beats_global() -> None:
    listing = "\n".join(
        [
            "global.find-links='/a'",
            "install.find-links='/b /c'",
            "global.index-url='file:///global'",
            ":env:.index-url='file:///environment'",
            "global.no-index='true'",
            ":env:.default-timeout='180'",
            "not a setting",
        ]
    )
    assert pip_settings(listing) == PipSettings(("/b", "/c"), "file:///environment", no_index=True)


def test_a_folder_of_wheels_can_be_all_there_is() -> None:
    assert PipSettings(("/wheels",), "file:///mirror", no_index=True).for_uv == ("--find-links", "/wheels", "--no-index")


def test_pip_settings_of_nothing() -> None:
    assert pip_settings("") == PipSettings()
