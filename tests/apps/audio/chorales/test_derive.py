"""What of the derivation needs no music21: bar lines and rests."""

from __future__ import annotations

import numpy as np
import pytest

from apps.audio.chorales.chorale import HOLD, REST
from apps.audio.chorales.derive import Unfit, merged_rests, metre


def test_a_pickup_stands_at_the_end_of_its_bar() -> None:
    position, bar_steps = metre([(0, 4), (4, 16), (20, 16)], 36)
    assert bar_steps == 16
    assert position[:8].tolist() == [12, 13, 14, 15, 0, 1, 2, 3]
    assert position[20] == 0 and position[35] == 15


def test_two_parts_of_a_bar_at_a_repeat_are_one_bar() -> None:
    position, _ = metre([(0, 16), (16, 12), (28, 4), (32, 16)], 48)
    assert position[16:32].tolist() == list(range(16))
    assert position[32] == 0


def test_a_last_measure_may_end_before_it_is_full() -> None:
    position, bar_steps = metre([(0, 12), (12, 12)], 20)
    assert bar_steps == 12
    assert position[12:].tolist() == list(range(8))


def test_a_piece_in_tiny_bars_is_refused() -> None:
    with pytest.raises(Unfit, match="2 16ths"):
        metre([(0, 2), (2, 2)], 4)


def test_a_rest_after_a_rest_goes_on() -> None:
    cells = np.array([[REST], [HOLD], [REST], [60], [REST]], np.uint8)
    assert merged_rests(cells)[:, 0].tolist() == [REST, HOLD, HOLD, 60, REST]
