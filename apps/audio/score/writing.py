"""The chorale grid -> files: Standard MIDI and MusicXML. What they hold is read back by `read_score` as the same grid.

    write_midi(chorale, tempo_bpm=72, title="Old Hundredth", origin="Harmonised by Sextant, seed 3.")
    write_musicxml(chorale, tempo_bpm=72, title="Old Hundredth", origin="Harmonised by Sextant, seed 3.")

The grid knows 16ths in a bar: 12 is written as 3/4, 16 as 4/4, and 24 as 3/2 (which is read back in 3/4, note values halved). Silence of
all voices before the first note and after the last is not read back.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from apps.audio.chorales.chorale import VOICES, Chorale
from apps.audio.score.durations import bounds_of_bars
from apps.audio.score.midi import MAJOR_KEYS, MINOR_KEYS
from apps.audio.score.partwise import legible, partwise, regions, spans, time_signature
from apps.audio.score.sheet import major

__all__ = ["CHURCH_ORGAN", "write_midi", "write_musicxml"]

TICKS_A_QUARTER = 480
TICKS_A_STEP = TICKS_A_QUARTER // 4
CHURCH_ORGAN = 19
"""General MIDI program, counted from 0."""
VELOCITY = 80


def write_musicxml(chorale: Chorale, *, tempo_bpm: float, title: str, origin: str) -> bytes:
    """MusicXML 4.0, a closed score on two staves (see `partwise`). tempo_bpm: quarters a minute. origin: how the music came about."""
    return partwise(chorale, tempo_bpm=tempo_bpm, title=title, origin=origin)


def write_midi(
    chorale: Chorale, *, tempo_bpm: float, title: str, origin: str, programs: Sequence[int] = (CHURCH_ORGAN,) * len(VOICES)
) -> bytes:
    """A type 1 file: a conductor's track, then a track and channel for each voice. programs: General MIDI, 0 ... 127, of each voice.

    A pickup is a bar of its own with its own time signature, so that bar lines stand right in every sequencer; fermatas are text events.
    tempo_bpm: quarters a minute, 4 or more.
    """
    mido = import_module("mido")
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_A_QUARTER, charset="utf-8")
    file.tracks.append(track_of(mido, conducted(mido, chorale, tempo_bpm, title, origin), len(chorale)))
    for voice, program in zip(range(len(VOICES)), programs, strict=True):
        events = [
            (0, mido.MetaMessage("track_name", name=VOICES[voice].capitalize())),
            (0, mido.Message("program_change", channel=voice, program=program)),
        ]
        for begin, end, pitch in spans(chorale, voice):
            if pitch:
                events.append((begin, mido.Message("note_on", channel=voice, note=pitch, velocity=VELOCITY)))
                events.append((end, mido.Message("note_off", channel=voice, note=pitch, velocity=0)))
        file.tracks.append(track_of(mido, events, len(chorale)))
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def conducted(mido: Any, chorale: Chorale, tempo_bpm: float, title: str, origin: str) -> list[tuple[int, Any]]:
    """(step, event) of the conductor's track."""
    minor = chorale.tonic is not None and (chorale.tonic - major(chorale.sharps)) % 12 == 9
    events = [
        (0, mido.MetaMessage("track_name", name=legible(title))),
        (0, mido.MetaMessage("text", text=legible(origin))),
        (0, mido.MetaMessage("set_tempo", tempo=min(mido.bpm2tempo(tempo_bpm), 0xFFFFFF))),
        (0, mido.MetaMessage("key_signature", key=(MINOR_KEYS if minor else MAJOR_KEYS)[chorale.sharps + 7])),
    ]
    bars = bounds_of_bars(chorale.position.tolist(), chorale.bar_steps)
    before = None
    for number, (first, last) in enumerate(bars):
        steps = chorale.bar_steps if number == len(bars) - 1 else last - first
        metre = time_signature(chorale.bar_steps) if steps == chorale.bar_steps else time_signature_of_part(steps)
        if metre != before:
            events.append((first, mido.MetaMessage("time_signature", numerator=metre[0], denominator=metre[1])))
            before = metre
    for first, last in regions(chorale.fermata):
        plural = "s" if last - first > 1 else ""
        events.append((first, mido.MetaMessage("text", text=f"fermata, {last - first} sixteenth{plural}")))
    return events


def time_signature_of_part(steps: int) -> tuple[int, int]:
    """Of a short bar: as few, as long beats as measure it."""
    unit = 4 if steps % 4 == 0 else 8 if steps % 2 == 0 else 16
    return steps * unit // 16, unit


def track_of(mido: Any, events: list[tuple[int, Any]], steps: int) -> Any:
    """A track of (step, event): at one step ends come before beginnings, else in the order given."""
    track, now = mido.MidiTrack(), 0
    for step, event in sorted(events, key=lambda pair: (pair[0], pair[1].type != "note_off")):
        track.append(event.copy(time=(step - now) * TICKS_A_STEP))
        now = step
    track.append(mido.MetaMessage("end_of_track", time=(steps - now) * TICKS_A_STEP))
    return track
