"""What is made of the heads' answers."""

from __future__ import annotations

import numpy as np

from apps.deepfake.learned import _box, _part


def test_a_sentence_put_into_a_recording_is_named() -> None:
    spans = [(float(second), second + 1.0, 0.96 if 60 <= second < 64 else 0.2) for second in range(100)]
    (evidence,) = _part(spans)
    assert evidence.span_s == (60.0, 64.0) and evidence.strength >= 0.5


def test_a_stretch_with_a_gap_in_it_is_two_short_ones() -> None:
    assert _part([(0.0, 2.0, 0.95), (5.0, 7.0, 0.95)]) == [] == _part([])


def test_the_largest_region_that_reacts_is_boxed() -> None:
    heatmap = np.full((20, 30), 0.1, np.float32)
    heatmap[4:8, 5:11] = 0.9
    heatmap[18, 28] = 0.95
    assert _box(heatmap, 16, (320, 480, 3)) == (80, 64, 96, 64)


def test_no_box_where_half_the_picture_reacts_or_nothing() -> None:
    assert _box(np.full((20, 30), 0.9, np.float32), 16, (320, 480, 3)) is None
    assert _box(np.full((20, 30), 0.1, np.float32), 16, (320, 480, 3)) is None
