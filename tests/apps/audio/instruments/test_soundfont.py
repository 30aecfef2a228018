"""A SoundFont is played by a package that may be missing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from apps.audio.instruments.soundfont import perform_soundfont
from shared.errors import BadInput, NotFound, Unavailable, Unsupported
from tests.apps.audio.instruments.test_performance import tune

RATE_HZ = 16_000


class Synth:
    """The part of tinysoundfont's that is used: keys are square waves."""

    def __init__(self, samplerate: int) -> None:
        self.rate, self.down = samplerate, set[int]()

    def sfload(self, path: str) -> int:
        if Path(path).read_bytes() != b"sound":
            raise ValueError("not a SoundFont")
        return 7

    def program_select(self, channel: int, number: int, bank: int, program: int) -> None:
        if (number, bank, program) != (7, 0, 19):
            raise RuntimeError("no such preset")

    def sfpreset_name(self, _: int, bank: int, program: int) -> str | None:
        return "Church Organ" if (bank, program) == (0, 19) else None

    def sounds_off(self) -> None:
        self.down.clear()

    def noteon(self, _: int, key: int, velocity: int) -> None:
        assert 0 < velocity < 128
        self.down.add(key)

    def noteoff(self, _: int, key: int) -> None:
        self.down.remove(key)

    def generate(self, samples: int) -> memoryview:
        t = np.arange(samples) / self.rate
        one = sum((np.sign(np.sin(2 * np.pi * 440 * 2 ** ((key - 69) / 12) * t)) for key in self.down), np.zeros(samples))
        return memoryview(np.stack([one, one], axis=1).astype(np.float32).tobytes())


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    (tmp_path / "organ.sf2").write_bytes(b"sound")
    return tmp_path / "organ.sf2"


def test_without_the_package_the_error_says_what_to_install(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinysoundfont", None)
    with pytest.raises(Unavailable, match="pip install --no-deps tinysoundfont"):
        perform_soundfont(tune(), sound, tempo_bpm=90)


def test_with_it_the_notes_sound(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinysoundfont", SimpleNamespace(Synth=Synth))
    found = perform_soundfont(tune(), sound, tempo_bpm=240, rate_hz=RATE_HZ)
    assert (found.stems.sum(axis=0) == found.mix).all() and len(found.notes) == 28
    assert all(np.abs(stem).max() > 0.01 for stem in found.stems)
    after = round((7 * 0.25 + 1.5) * RATE_HZ)
    assert np.abs(found.mix[after:]).max() < 0.02, "every key went up"


def test_files_and_programs_that_are_not_there(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinysoundfont", SimpleNamespace(Synth=Synth))
    with pytest.raises(NotFound):
        perform_soundfont(tune(), sound.with_name("other.sf3"), tempo_bpm=90)
    with pytest.raises(Unsupported, match=r"\.sf2 or \.sf3"):
        perform_soundfont(tune(), sound.with_suffix(".wav"), tempo_bpm=90)
    with pytest.raises(BadInput, match=r"no program 3 in bank 0.*Church Organ \(bank 0, program 19\)"):
        perform_soundfont(tune(), sound, tempo_bpm=90, program=3)
    sound.write_bytes(b"noise")
    with pytest.raises(BadInput, match="cannot be read"):
        perform_soundfont(tune(), sound, tempo_bpm=90)
