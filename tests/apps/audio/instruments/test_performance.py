"""Performances of a few bars: exact in time, additive, at one loudness, without clicks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from apps.audio.chorales.chorale import HOLD, REST, Chorale
from apps.audio.instruments.loudness import loudness_lufs
from apps.audio.instruments.notes import BREATH_S, REPEAT_GAP_S, breaths_s, lines, notes_of
from apps.audio.instruments.performance import INSTRUMENTS, LOUDNESS_LUFS, PEAK_DBFS, Instrument, Performance, perform
from shared.errors import BadInput, Cancelled

RATE_HZ = 24_000
TEMPO_BPM = 90.0
CHORDS = ((67, 62, 59, 43), (69, 64, 60, 45), (71, 62, 59, 43), (71, 62, 59, 43), (72, 64, 60, 48), (74, 62, 57, 50), (71, 62, 55, 43))
NAMES: tuple[Instrument, ...] = ("organ", "strings", "choir")


def tune() -> Chorale:
    """Seven quarters in G and a rest in the soprano; the fourth and the last under a fermata."""
    cells = np.full((4 * len(CHORDS), 4), HOLD, np.uint8)
    cells[::4] = CHORDS
    cells[22, 0] = REST
    steps = np.arange(len(cells))
    return Chorale("tune", cells, (steps // 4 == 3) | (steps // 4 == 6), (steps % 16).astype(np.uint8), 16, 1, 7)


@cache
def played(instrument: Instrument) -> Performance:
    return perform(tune(), tempo_bpm=TEMPO_BPM, instrument=instrument, seed=2, rate_hz=RATE_HZ)


def energies(signal: np.ndarray, parts: int = 480) -> np.ndarray:
    """(n // parts,) mean power of pieces of a stereo signal."""
    mono = signal.mean(axis=1)
    return (mono[: len(mono) // parts * parts].reshape(-1, parts) ** 2).mean(axis=1)


def test_notes_are_exact_in_time() -> None:
    notes = notes_of(tune(), TEMPO_BPM)
    assert notes == list(played("organ").notes)
    soprano = [note for note in notes if note.voice == 0]
    assert [note.pitch for note in soprano] == [67, 69, 71, 71, 72, 74, 71]
    assert soprano[1].start_s == pytest.approx(60 / 90) and soprano[1].end_s == soprano[2].start_s
    assert soprano[5].end_s == pytest.approx(5.5 * 60 / 90) and soprano[6].start_s == 4.0, "the rest"
    assert len({note.end_s for note in notes if note.end_s > 4.5}) == 1, "the last chord ends together"


def test_keys_go_up_early_only_before_a_repeated_note_and_a_breath() -> None:
    notes, breaths = notes_of(tune(), 60), breaths_s(tune(), 60)
    assert breaths == (4.0, 7.0)
    soprano = lines(notes, breaths, 10_000, 1_000, 0)[0].played
    lengths = [note.length for note in soprano]
    assert lengths == [1000, 1000, 1000 - 1000 * REPEAT_GAP_S, 1000 - 1000 * BREATH_S, 1000, 500, 1000]
    assert [note.start for note in soprano] == [0, 1000, 2000, 3000, 4000, 5000, 6000]


@pytest.mark.parametrize("name", NAMES)
def test_stems_add_up_to_a_mix_of_the_right_loudness(name: Instrument) -> None:
    found = played(name)
    assert found.stems.dtype == found.mix.dtype == np.float32 and found.stems.shape == (4, *found.mix.shape)
    assert (found.stems.sum(axis=0) == found.mix).all()
    assert np.isfinite(found.mix).all()
    peak_db = 20 * np.log10(np.abs(found.mix).max())
    assert peak_db <= PEAK_DBFS
    loudness = loudness_lufs(found.mix, RATE_HZ)
    assert loudness == pytest.approx(found.loudness_lufs, abs=0.01)
    assert loudness == pytest.approx(LOUDNESS_LUFS, abs=0.05) or peak_db == pytest.approx(PEAK_DBFS, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_the_voices_are_balanced_and_placed(name: Instrument) -> None:
    stems = played(name).stems
    levels = [loudness_lufs(stem, RATE_HZ) for stem in stems]
    assert max(levels) - min(levels) < 6
    power = (stems[0] ** 2).sum(axis=0)
    assert power[0] > 1.3 * power[1], "the soprano stands left"


@pytest.mark.parametrize("name", NAMES)
def test_no_offset_no_click_a_beginning_and_an_end(name: Instrument) -> None:
    found = played(name)
    mix = found.mix
    assert np.abs(mix.mean(axis=0)).max() < 1e-5
    spectrum = np.fft.rfft(mix[:, 0])
    spectrum[: round(11_400 / RATE_HZ * len(mix))] = 0  # above every instrument's highest partial
    click_db = 20 * np.log10(np.abs(np.fft.irfft(spectrum, len(mix))).max() / np.abs(mix).max())
    assert click_db < -60
    power_db = 10 * np.log10(energies(mix) / np.mean(mix**2) + 1e-20)
    assert power_db[2:8].max() > -15, "sounds within 0.16 s"
    assert power_db[-1] < -60 and mix[-1] == pytest.approx([0, 0], abs=1e-5)
    end = round((found.seconds - 2.4) * 50)
    assert power_db[end + 25] < power_db[end] - 10, "half a second after the end"


@pytest.mark.parametrize("name", NAMES)
def test_what_sounds_is_what_is_written(name: Instrument) -> None:
    found = played(name)
    begin, end = round(4.1 * RATE_HZ), round(4.6 * RATE_HZ)
    last = found.stems[0, begin:end].mean(axis=1) * np.hanning(end - begin)
    power = np.abs(np.fft.rfft(last, 8 * RATE_HZ)) ** 2
    hertz = np.arange(len(power)) / 8
    fundamental = 440 * 2 ** ((71 - 69) / 12)
    near = np.abs(1200 * np.log2(np.maximum(hertz, 1) / fundamental)) < 100
    assert abs(1200 * np.log2(hertz[near][power[near].argmax()] / fundamental)) < 20
    centroid = (hertz * power).sum() / power.sum()
    assert 400 < centroid < 2_500


def test_a_seed_is_repeatable_and_another_sounds_different() -> None:
    short = Chorale("short", tune().cells[:8], np.zeros(8, bool), tune().position[:8], 16, 1)
    one, two, other = (perform(short, tempo_bpm=160, instrument="choir", seed=seed, rate_hz=16_000).mix for seed in (1, 1, 5))
    assert (one == two).all()
    assert np.abs(one - other).max() > 0.01


def test_a_silent_voice_is_a_silent_stem() -> None:
    cells = tune().cells[:4].copy()
    cells[0, 2] = REST
    found = perform(Chorale("trio", cells, np.zeros(4, bool), tune().position[:4], 16, 1), tempo_bpm=120, rate_hz=16_000)
    assert not found.stems[2].any() and found.stems[1].any()


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(BadInput, match="no instrument kazoo"):
        perform(tune(), tempo_bpm=90, instrument="kazoo")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="tempo"):
        perform(tune(), tempo_bpm=1)
    with pytest.raises(BadInput, match="rate"):
        perform(tune(), tempo_bpm=90, rate_hz=8_000)
    cells = np.full((4, 4), HOLD, np.uint8)
    cells[0] = REST
    with pytest.raises(BadInput, match="no notes"):
        perform(Chorale("silence", cells, np.zeros(4, bool), np.zeros(4, np.uint8), 16, 0), tempo_bpm=90)


def test_progress_is_told_and_can_stop_the_work() -> None:
    def stop(done: float, total: float) -> None:
        assert (done, total) == (0, 4)
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        perform(tune(), tempo_bpm=90, rate_hz=RATE_HZ, progress=stop)


def test_every_instrument_is_offered() -> None:
    assert tuple(INSTRUMENTS) == NAMES
