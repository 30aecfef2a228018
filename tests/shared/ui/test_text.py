"""Numbers and names as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.ui.text import ago, bytes_text, figure, humanised, plain, seconds_text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "0.1 s"), (0.42, "0.4 s"), (11.3, "11 s"), (89, "89 s"), (125, "2 min 5 s"), (120, "2 min"), (7_260, "2 h 1 min")],
)
def test_seconds(seconds: float, said: str) -> None:
    assert seconds_text(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1.0 KiB"), (12_345_678, "11.8 MiB"), (20 << 30, "20.0 GiB")]
)
def test_bytes(size: int, said: str) -> None:
    assert bytes_text(size) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.0853, "0.0853"),
        (83.41, "83.4"),
        (-4.5, "\N{MINUS SIGN}4.5"),
        (1234.5, "1\N{NARROW NO-BREAK SPACE}234"),
        (1e-9, "0"),
        (float("nan"), "not finite"),
        (float("inf"), "not finite"),
    ],
)
def test_figures(value: float, said: str) -> None:
    assert figure(value) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("noise_sigma", "Noise sigma"), ("spacing_mm", "Spacing (mm)"), ("copy_", "Copy"), ("mm", "Mm"), ("rate_hz", "Rate (Hz)")],
)
def test_names(name: str, said: str) -> None:
    assert humanised(name) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "just now"), (61, "1 min ago"), (7_200, "2 h ago"), (86_400, "1 day ago"), (200_000, "2 days ago")]
)
def test_times(seconds: int, said: str) -> None:
    assert ago(datetime.now(UTC) - timedelta(seconds=seconds)) == said


def test_nothing_typed_is_markdown() -> None:
    text = "![x](https://evil.example) **b** <b> $a$ :red[no] `c`\n# d"
    escaped = plain(text)
    assert escaped.replace("\\", "") == " ".join(text.split())
    assert all(escaped[place - 1] == "\\" for place, letter in enumerate(escaped) if letter in "*[]()`$<>:#!")
