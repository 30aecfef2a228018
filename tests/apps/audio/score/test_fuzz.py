"""Nothing but a grid or a `SextantError` comes out of any bytes."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.audio.score.reading import read_score
from shared.errors import SextantError
from tests.apps.audio.score.examples import TUNE, midi, scale, zipped

EXAMPLES = Path(__file__).parents[4] / "apps/audio/examples"
MEASURE = (
    "<measure><attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
    "<note><pitch><step>C</step><octave>5</octave></pitch><duration>16</duration></note></measure>"
)
SCORE = f'<score-partwise><part-list><score-part id="a"/></part-list><part id="a">{MEASURE}</part></score-partwise>'.encode()
SEEDS = {
    "abc": TUNE.encode(),
    "midi": midi(scale(8)),
    "example": (EXAMPLES / "ode_to_joy.mid").read_bytes()[:300],
    "musicxml": SCORE,
    "mxl": zipped({"a.xml": SCORE}),
}


def survives(data: bytes) -> None:
    with contextlib.suppress(SextantError):
        assert len(read_score(data, "x").chorale)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x40", b"PK\3\4", b"<score-partwise>", b"X:1\nK:C\n"]),
)
def test_random_bytes(data: bytes, start: bytes) -> None:
    survives(start + data)


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_files(kind: str, data: st.DataObject) -> None:
    found = bytearray(SEEDS[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(found) - 1))
        change = data.draw(st.sampled_from(("byte", "cut", "repeat", "insert")))
        if change == "byte":
            found[at] = data.draw(st.integers(0, 255))
        elif change == "cut":
            del found[at : at + data.draw(st.integers(1, 20))]
        elif change == "repeat":
            found[at:at] = found[at : at + data.draw(st.integers(1, 40))]
        else:
            found[at:at] = data.draw(
                st.sampled_from((b"9", b"999999999", b"-", b"/", b"(", b"|", b"[", b"\xff", b"\0", b"<", b"z", b"Z9", b"%"))
            )
        if not found:
            break
    survives(bytes(found))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ABCGabcdg^_=,'0123456789/|:[]()<>-zxZ{}!H\"% \n&VKLM\\", max_size=120))
def test_abc_like_text(music: str) -> None:
    survives(b"X:1\nM:4/4\nL:1/4\nK:C\n" + music.encode())
