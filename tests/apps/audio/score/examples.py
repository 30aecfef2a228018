"""Made-up pieces and files for the tests of notation."""

from __future__ import annotations

import io
import zipfile

import mido
import numpy as np
from hypothesis import strategies as st

from apps.audio.chorales.chorale import HOLD, RANGES, REST, Chorale

TUNE = "X:1\nT:Tune\nM:4/4\nL:1/4\nQ:1/4=80\nK:G\nG | A B c d | !fermata!B3 G | A G F D | !fermata!G3 |]\n"


def same(one: Chorale, other: Chorale) -> bool:
    """Whether two grids hold the same music."""
    arrays = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("cells", "fermata", "position"))
    return arrays and (one.bar_steps, one.sharps) == (other.bar_steps, other.sharps)


@st.composite
def chorales(draw: st.DrawFn, voices: tuple[int, ...] = (0, 1, 2, 3)) -> Chorale:
    """Any music on the grid in 4/4 or 3/4, with a pickup or without, that begins and ends with a note."""
    bar_steps = draw(st.sampled_from((12, 16)))
    steps = bar_steps * draw(st.integers(1, 4)) + draw(st.integers(0, bar_steps - 1))
    pickup = draw(st.integers(0, bar_steps - 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    density = draw(st.sampled_from((0.1, 0.3, 0.8)))
    cells = np.full((steps, 4), HOLD, np.uint8)
    cells[0] = REST
    for voice in voices:
        low, high = RANGES[voice]
        begins = rng.random(steps) < density
        cells[begins, voice] = rng.integers(low, high + 1, begins.sum())
        silent = begins & (rng.random(steps) < 0.25)
        cells[silent, voice] = REST
        cells[0, voice] = cells[-1, voice] = low + voice
    for voice in range(4):  # a rest after a rest is a hold
        begun = np.flatnonzero(cells[:, voice])
        again = begun[1:][(cells[begun[1:], voice] == REST) & (cells[begun[:-1], voice] == REST)]
        cells[again, voice] = HOLD
    fermata = np.repeat(rng.random(steps // 3 + 1) < 0.2, 3)[:steps]
    fermata[-1] = True
    position = ((np.arange(steps) - pickup) % bar_steps).astype(np.uint8)
    sharps = draw(st.integers(-7, 7))
    return Chorale("made", cells, fermata, position, bar_steps, sharps, (7 * sharps + draw(st.sampled_from((0, 9)))) % 12)


def midi(notes: list[tuple[int, int, int]], *, ticks: int = 480, kind: int = 1, extra: tuple = (), channel: int = 0) -> bytes:
    """A MIDI file of one track from (begin, end, pitch) in ticks, and (tick, meta event) besides."""
    events = [(at, 0, event) for at, event in extra]
    for begin, end, pitch in notes:
        events.append((begin, 2, mido.Message("note_on", note=pitch, velocity=80, channel=channel)))
        events.append((end, 1, mido.Message("note_off", note=pitch, channel=channel)))
    track, now = mido.MidiTrack(), 0
    for at, _, event in sorted(events, key=lambda one: one[:2]):
        track.append(event.copy(time=at - now))
        now = at
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    file.tracks.append(track)
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def scale(count: int = 16, length: int = 480) -> list[tuple[int, int, int]]:
    """A melody up and down C major, one note after the other."""
    steps = (60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67, 65, 64, 62, 60)
    return [(number * length, (number + 1) * length, steps[number % 16]) for number in range(count)]


def zipped(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()
