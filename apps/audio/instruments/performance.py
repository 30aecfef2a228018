"""A chorale performed: four stems and their sum, at one loudness.

    performance = perform(chorale, tempo_bpm=76, instrument="organ", seed=3)
    write_wav(performance.mix, sample_rate_hz=48_000, bits=24)

The same chorale, tempo, instrument, seed and rate give the same samples on the same machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from apps.audio.chorales.chorale import VOICES, Chorale
from apps.audio.instruments import choir, organ, strings
from apps.audio.instruments.loudness import loudness_lufs
from apps.audio.instruments.notes import Line, Note, breaths_s, lines, notes_of
from apps.audio.instruments.room import TAIL_S, room
from apps.audio.instruments.signals import Bus, Floats, Rng
from shared.errors import BadInput

__all__ = ["INSTRUMENTS", "LOUDNESS_LUFS", "PEAK_DBFS", "Instrument", "Performance", "arranged", "finished", "perform"]

Instrument = Literal["organ", "strings", "choir"]
LOUDNESS_LUFS = -16.0
PEAK_DBFS = -1.0
RELEASE_S = 0.3
"""The longest release of an instrument: the recording ends so long, and the room's tail, after the last note."""
TEMPI_BPM = (20.0, 300.0)
RATES_HZ = (16_000, 96_000)


class Player(NamedTuple):
    """An instrument. azimuths_deg, levels_db: place and level of each voice."""

    play: Callable[[Line, Rng], list[Bus]]
    azimuths_deg: tuple[float, ...]
    levels_db: tuple[float, ...]


INSTRUMENTS: dict[str, Player] = {
    "organ": Player(organ.play, organ.AZIMUTHS_DEG, organ.LEVELS_DB),
    "strings": Player(strings.play, strings.AZIMUTHS_DEG, strings.LEVELS_DB),
    "choir": Player(choir.play, choir.AZIMUTHS_DEG, choir.LEVELS_DB),
}


@dataclass(frozen=True, eq=False)
class Performance:
    """stems: (4, n, 2) float32, soprano to bass; mix: (n, 2) float32, their sum, full scale 1; notes: what is played, voice by voice.

    loudness_lufs: of the mix, LOUDNESS_LUFS or what its peaks allow.
    """

    stems: Floats
    mix: Floats
    notes: tuple[Note, ...]
    rate_hz: int
    loudness_lufs: float

    @property
    def seconds(self) -> float:
        return len(self.mix) / self.rate_hz


def perform(
    chorale: Chorale,
    *,
    tempo_bpm: float,
    instrument: Instrument = "organ",
    seed: int = 0,
    rate_hz: int = 48_000,
    progress: Callable[[float, float], None] | None = None,
) -> Performance:
    """tempo_bpm: quarters a minute, without rubato. progress(done, total) is called before each voice; whatever it raises ends the work.

    Raises `BadInput` for an unknown instrument, a tempo or rate out of range, or a chorale without notes.
    """
    if instrument not in INSTRUMENTS:
        raise BadInput(f"There is no instrument {instrument}.", remedy=f"There are: {', '.join(INSTRUMENTS)}.", field="instrument")
    notes, parts = arranged(chorale, tempo_bpm=tempo_bpm, rate_hz=rate_hz, seed=seed)
    player, hall = INSTRUMENTS[instrument], room(rate_hz)
    stems = np.zeros((len(VOICES), parts[0].samples, 2), np.float32)
    for line in parts:
        if progress is not None:
            progress(line.voice, len(VOICES))
        if line.played:
            stems[line.voice] = hall.heard(player.play(line, np.random.default_rng([seed, line.voice])), player.azimuths_deg[line.voice])
            stems[line.voice] *= np.float32(10 ** (player.levels_db[line.voice] / 20))
    return finished(stems, notes, rate_hz)


def arranged(chorale: Chorale, *, tempo_bpm: float, rate_hz: int, seed: int = 0) -> tuple[list[Note], list[Line]]:
    """The notes, and what each voice has to play. Raises `BadInput` for a tempo or rate out of range, or a chorale without notes."""
    if not TEMPI_BPM[0] <= tempo_bpm <= TEMPI_BPM[1]:
        raise BadInput(
            f"A tempo of {tempo_bpm:g} was asked for; {TEMPI_BPM[0]:.0f} to {TEMPI_BPM[1]:.0f} quarters a minute are played.",
            field="tempo_bpm",
        )
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise BadInput(f"A rate of {rate_hz} Hz was asked for; {RATES_HZ[0]} to {RATES_HZ[1]} Hz are made.", field="rate_hz")
    notes = notes_of(chorale, tempo_bpm)
    if not notes:
        raise BadInput("The chorale has no notes: there is nothing to play.")
    breaths = breaths_s(chorale, tempo_bpm)
    samples = round((breaths[-1] + RELEASE_S + TAIL_S) * rate_hz)
    return notes, lines(notes, breaths, samples, rate_hz, seed)


def finished(stems: Floats, notes: list[Note], rate_hz: int) -> Performance:
    """Stems and mix by one common gain: LOUDNESS_LUFS, or less where the mix would rise above PEAK_DBFS. stems are changed in place."""
    mix = stems.sum(axis=0)
    loudness = loudness_lufs(mix, rate_hz)
    peak = float(np.abs(mix).max())
    if not np.isfinite(loudness) or peak == 0:
        raise BadInput("Nothing can be heard: the sound is silent or shorter than 0.4 s.")
    gain = np.float32(min(10 ** ((LOUDNESS_LUFS - loudness) / 20), 0.9999 * 10 ** (PEAK_DBFS / 20) / peak))
    stems *= gain
    np.sum(stems, axis=0, out=mix)
    return Performance(stems, mix, tuple(notes), rate_hz, loudness + 20 * float(np.log10(gain)))
