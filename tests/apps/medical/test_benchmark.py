from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from apps.medical import benchmark, splits
from apps.medical.benchmark import Runner, Sample, denoising, lost_sets, super_resolution, table
from shared.serving import Engine


@pytest.fixture(scope="module")
def sample(phantom: np.ndarray) -> Sample:
    return Sample("phantom", "disc and bars", phantom * 1000, "gaussian")


def test_a_table_with_a_column_for_each_method(engine: Engine, sample: Sample) -> None:
    runner = Runner(engine)
    scores = super_resolution([sample], 2, runner)
    assert list(scores["phantom"]) == ["nearest (control)", "bicubic", "bicubic+IBP", "SRMD+IBP"]
    assert lost_sets(scores) == []
    assert lost_sets({"set": {"bicubic+IBP": [(30.0, 0.9)], "SRMD+IBP": [(29.9, 0.9)]}}) == ["set"]
    assert "| phantom (1) |" in table(scores, "Super-resolution x2")
    assert runner.seconds["srmd super-resolve"] > 0


def test_denoising_beats_doing_nothing_for_every_kind(engine: Engine, phantom: np.ndarray) -> None:
    for kind in ("gaussian", "poisson", "rician"):
        scores = denoising([Sample("phantom", kind, phantom * 1000, kind)], 0.05, Runner(engine))["phantom"]
        assert scores["SRMD-down"][0][0] > scores["noisy"][0][0] + 5


def test_without_the_data_folder_the_package_images_are_left(tmp_path: Path) -> None:
    found = list(benchmark.samples(tmp_path, quick=False))
    assert {one.group for one in found} == {"CT (pydicom)", "MR (pydicom)", "MNI152 (nilearn)"}


def test_no_patient_serves_two_purposes(tmp_path: Path) -> None:
    """On a made-up folder: every patient lands in one split, whatever his number of images."""
    (tmp_path / "xray").mkdir()
    rows = ["patient_id,image_id,modality,projection"]
    for number in range(60):
        for view in range(2):
            rows.append(f"p{number},i{number}_{view},CR,pa")
            (tmp_path / "xray" / f"i{number}_{view}.png").touch()
    (tmp_path / "xray" / "data.csv").write_text("\n".join(rows))
    dealt = [set(splits.xray_paths(tmp_path, split)) for split in ("train", "demo", "benchmark")]
    assert sum(map(len, dealt)) == len(set.union(*dealt)) == 60
    assert all(dealt)
    assert splits.xray_split("a47d90bc") == "demo"  # the committed X-ray's patient
    assert set(splits.MRI_SPLIT.values()) == {"train", "demo", "benchmark"}
