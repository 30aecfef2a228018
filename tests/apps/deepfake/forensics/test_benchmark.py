import pytest

from apps.deepfake.forensics.benchmark import Row, measure, wilson
from tests.apps.deepfake.forensics.made import jpeg, scene


def test_wilsons_interval():
    assert wilson(0, 1_000) == pytest.approx((0.0, 0.00383), abs=1e-4)
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)


def test_rows_are_printed_with_their_interval():
    assert str(Row("watermark", "sdxl", 46, 46)) == "| watermark | sdxl | 46/46 = 1.000 | 0.923-1.000 |"
    assert "12 ms" in str(Row("spectrum", "1920 x 1080", milliseconds=12.3))


def test_a_folder_is_measured(tmp_path):
    for index in range(4):
        (tmp_path / f"{index}.jpg").write_bytes(jpeg(scene(index, (400, 400)), 95))
    rows = list(measure(tmp_path, quick=True, only="spectrum"))
    assert {row.check for row in rows} == {"spectrum"}
    assert all(row.hits == 0 for row in rows if row.case.startswith("FALSE"))
