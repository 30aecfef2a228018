"""Keys by name, signature and tonic."""

from __future__ import annotations

import pytest

from apps.audio.keys import Key

KNOWN = {
    "C major": (0, False, 0),
    "G major": (1, False, 7),
    "e minor": (1, True, 4),
    "Bb major": (-2, False, 10),
    "B flat": (-2, False, 10),
    "f#m": (3, True, 6),
    "F sharp minor": (3, True, 6),
    "d": (-1, True, 2),
    "Cb major": (-7, False, 11),
    "a# minor": (7, True, 10),
    "H-dur": (5, False, 11),
    "h-moll": (2, True, 11),
    "B-Dur": (-2, False, 10),
    "es moll": (-6, True, 3),
    "As-Dur": (-4, False, 8),
    "fis-moll": (3, True, 6),
}


@pytest.mark.parametrize("text", KNOWN)
def test_a_name_gives_signature_and_tonic(text: str) -> None:
    key = Key.parse(text)
    assert (key.sharps, key.minor, key.tonic) == KNOWN[text]


@pytest.mark.parametrize("sharps", range(-7, 8))
@pytest.mark.parametrize("minor", [False, True])
def test_every_key_is_read_back_from_its_name(sharps: int, minor: bool) -> None:
    key = Key(sharps, minor)
    assert Key.parse(key.name) == key
    assert Key.of(sharps, key.tonic) == key


@pytest.mark.parametrize("text", ["H major", "X-dur", "G dorian", "", "G# major", "major", "12"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|accidentals"):
        Key.parse(text)
