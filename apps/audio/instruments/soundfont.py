"""A chorale through a SoundFont of the user's (.sf2, .sf3): the notes and the room are ours, the sounds are the file's.

Needs `tinysoundfont` (MIT), which is in no extra: its dependency pyaudio, for live playing, has to be built, and is not used here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from apps.audio.chorales.chorale import VOICES, Chorale
from apps.audio.instruments import choir
from apps.audio.instruments.notes import Line
from apps.audio.instruments.performance import Performance, arranged, finished
from apps.audio.instruments.room import room
from apps.audio.instruments.signals import Bus, Floats
from shared.errors import BadInput, NotFound, Unavailable, Unsupported

__all__ = ["CHURCH_ORGAN", "perform_soundfont"]

CHURCH_ORGAN = 19
"""General MIDI's program 20, counted from 0."""
SUFFIXES = (".sf2", ".sf3")
VELOCITY = 92


def perform_soundfont(
    chorale: Chorale,
    soundfont: Path,
    *,
    tempo_bpm: float,
    program: int = CHURCH_ORGAN,
    bank: int = 0,
    rate_hz: int = 48_000,
    progress: Callable[[float, float], None] | None = None,
) -> Performance:
    """As `perform`, with program 0 ... 127 of a bank of the file. Its own stereo is folded: each voice has its place in the room.

    Raises `Unavailable` without tinysoundfont, `NotFound`, `Unsupported` or `BadInput` for a file that is not there, is no SoundFont,
    or lacks the program.
    """
    module = tinysoundfont()
    if soundfont.suffix.lower() not in SUFFIXES:
        raise Unsupported(f"{soundfont.name} is no SoundFont.", remedy=f"Give a file that ends in {' or '.join(SUFFIXES)}.")
    if not soundfont.is_file():
        raise NotFound(f"There is no file {soundfont}.")
    notes, parts = arranged(chorale, tempo_bpm=tempo_bpm, rate_hz=rate_hz)
    synth = module.Synth(samplerate=rate_hz)
    try:
        number = synth.sfload(str(soundfont))
    except Exception as error:  # the package raises its own class for a broken file, and others for odd ones
        raise BadInput(f"{soundfont.name} cannot be read as a SoundFont: {error}.") from error
    stems = np.zeros((len(VOICES), parts[0].samples, 2), np.float32)
    for line in parts:
        if progress is not None:
            progress(line.voice, len(VOICES))
        try:
            synth.program_select(line.voice, number, bank, program)
        except RuntimeError as error:
            raise BadInput(
                f"{soundfont.name} has no program {program} in bank {bank}.", remedy=f"It has: {programs(synth, number)}.", field="program"
            ) from error
        if line.played:
            stems[line.voice] = room(rate_hz).heard([Bus(played(synth, line))], choir.AZIMUTHS_DEG[line.voice])
    return finished(stems, notes, rate_hz)


def tinysoundfont() -> ModuleType:
    """The package. Raises `Unavailable`."""
    try:
        return import_module("tinysoundfont")
    except ImportError as missing:
        raise Unavailable(
            "SoundFonts are played by the package tinysoundfont, which is missing.",
            remedy="Install it: pip install --no-deps tinysoundfont",
        ) from missing


def programs(synth: Any, number: int, most: int = 12) -> str:
    """The first programs of a file, as a text."""
    names = ((bank, program, synth.sfpreset_name(number, bank, program)) for bank in range(128) for program in range(128))
    found = [f"{name.strip()} (bank {bank}, program {program})" for bank, program, name in names if name]
    return ", ".join(found[:most]) + (f", and {len(found) - most} more" if len(found) > most else "") if found else "none in banks 0 to 127"


def played(synth: Any, line: Line) -> Floats:
    """(samples,) of one voice, from silence."""
    synth.sounds_off()
    events = [(note.start, 1, note.pitch) for note in line.played] + [(note.start + note.length, 0, note.pitch) for note in line.played]
    signal = np.zeros(line.samples, np.float32)
    now = 0
    for at, pressed, pitch in [*sorted(events), (line.samples, -1, 0)]:
        if at > now:
            signal[now:at] = np.frombuffer(synth.generate(at - now), np.float32).reshape(-1, 2).mean(axis=1)
            now = at
        if pressed > 0:
            synth.noteon(line.voice, pitch, VELOCITY)
        elif pressed == 0:
            synth.noteoff(line.voice, pitch)
    return signal
