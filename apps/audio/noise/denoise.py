"""Noise reduction of a whole sound: what it is, its hum, then the gains of its frames, a block at a time.

    reduced = reduce(sound, mask_of=mask_of)                 # a voice, music or an effect: heard by itself
    reduced.clean + reduced.removed                          # the sound again

`mask_of` takes (n,) float32 at 16 kHz of about -26 dB RMS and gives (n // 256 + 1, 257) gains: `model.py` in the engine, or a stand-in.
It is asked for at most 34 s at a time and looks no further than 2 s, so blocks join without a seam. All channels get the same gains: the
stereo image stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from apps.audio.noise.gains import SteadyGains, VoiceGains, steady_profile
from apps.audio.noise.hum import Hum, find_hum, line_level_db, remove_hum
from apps.audio.noise.material import Heard, hear
from apps.audio.noise.spectra import BINS, HOP_S, NETWORK_RATE_HZ, REACH_FRAMES, Floats, Grid
from apps.audio.sound import Sound
from shared.errors import BadInput

__all__ = ["LEVEL", "HumMode", "MaskOf", "Material", "Progress", "Reduced", "reduce"]

Material = Literal["auto", "speech", "music", "effects"]
HumMode = Literal["auto", "off", "remove"]
MaskOf = Callable[[Floats], Floats]
Progress = Callable[[float, float], None]
BlockGains = Callable[[Floats, range], Floats]

LEVEL = 0.05
"""RMS of what the network is given: what it was trained on, -26 dB."""
FLOOR_DB = {"speech": -36.0, "music": -14.0, "effects": -20.0}
"""At full strength no bin is turned down by more: hiss under music is better lowered than gone."""
BLOCK_FRAMES = 1875
"""30 s."""
PROFILE_FRAMES = 6000
HOP = round(HOP_S * NETWORK_RATE_HZ)
CANCELLED = 0.1
"""Channels whose sum has less than this share of their power are out of phase: the loudest is listened to instead."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """clean, removed: (n, channels) float32, together the sound. hum_hz: None where no hum was found or it was to stay.

    hum_reduction_db: how much lower its lines are now. noise_before_db, noise_after_db: RMS of the quietest tenth, dB on full scale.
    """

    clean: Floats
    removed: Floats
    material: Literal["speech", "music", "effects"]
    heard: Heard | None
    hum_hz: float | None
    hum_reduction_db: float
    noise_before_db: float
    noise_after_db: float
    notes: tuple[str, ...] = ()


def reduce(
    sound: Sound,
    *,
    mask_of: MaskOf,
    material: Material = "auto",
    strength: float = 1.0,
    hum: HumMode = "auto",
    step: Progress | None = None,
) -> Reduced:
    """Take the noise out of a sound.

    material: "auto" listens whether somebody speaks. strength: 0 changes nothing, 1 takes all it can. hum: "auto" removes what is found,
    "remove" says so where there is none, "off" leaves it. step: told how much is done. Raises `BadInput`.
    """
    _check(material, strength, hum)
    notes: list[str] = []
    samples = np.asarray(sound.samples, np.float32)
    told = step or (lambda done, total: None)
    if strength == 0 or not samples.any():
        level = _quiet_db(samples, sound.rate_hz)
        kind = "effects" if material == "auto" else material
        if strength > 0:
            notes.append("There is nothing to hear in it: nothing was changed.")
        return Reduced(samples.copy(), np.zeros_like(samples), kind, None, None, 0.0, level, level, tuple(notes))
    found, without, lower_db = _without_hum(samples, sound.rate_hz, hum, strength, notes)
    guide = _guide(without)
    voice = _for_network(guide, sound.rate_hz)
    heard = None
    if material == "auto":
        heard = hear(voice, mask_of)
        material = heard.material
    gains = _gains(material, guide, voice, sound.rate_hz, mask_of)
    if gains is None:
        notes.append("The sound never pauses, so a steady noise cannot be told from it: no noise was removed.")
        clean = without.copy()
    else:
        clean = _apply(without, sound.rate_hz, _softened(gains, strength, FLOOR_DB[material]), told)
    told(1.0, 1.0)
    return Reduced(
        clean,
        samples - clean,
        material,
        heard,
        found.hz if found else None,
        lower_db,
        _quiet_db(samples, sound.rate_hz),
        _quiet_db(clean, sound.rate_hz),
        tuple(notes),
    )


def _check(material: str, strength: float, hum: str) -> None:
    for name, value, kind in (("material", material, Material), ("hum", hum, HumMode)):
        if value not in get_args(kind):
            raise BadInput(f"There is no {name} {value!r}.", remedy=f"There are: {', '.join(get_args(kind))}.", field=name)
    if not 0 <= strength <= 1:  # NaN fails too
        raise BadInput(f"strength is {strength:g}; 0 (nothing) to 1 (all) is expected.", field="strength")


def _without_hum(samples: Floats, rate_hz: int, hum: HumMode, strength: float, notes: list[str]) -> tuple[Hum | None, Floats, float]:
    """(what was found, the samples without it, how many dB lower its lines are)"""
    if hum == "off":
        return None, samples, 0.0
    mono = _guide(samples)
    found = find_hum(mono, rate_hz)
    if found is None:
        if hum == "remove":
            notes.append("No hum of 50 or 60 Hz was found: none was removed.")
        return None, samples, 0.0
    rest = remove_hum(samples, rate_hz, found)
    if strength < 1:
        rest = samples + np.float32(strength) * (rest - samples)
    return found, rest, line_level_db(mono, rate_hz, found) - line_level_db(_guide(rest), rate_hz, found)


def _gains(material: str, guide: Floats, voice: Floats, rate_hz: int, mask_of: MaskOf) -> BlockGains | None:
    """Gains of a block from its power; None where nothing can be told from the noise."""
    grid = Grid.of(rate_hz)
    if material == "speech":
        by_ear = VoiceGains(grid)
        return lambda power, block: by_ear(power, _mask(voice, block, mask_of))
    profile, trust = steady_profile(_some_power(guide, grid, grid.frames(len(guide))))
    if trust == 0:
        return None
    by_profile = SteadyGains(profile)
    return lambda power, block: by_profile(power)


def _softened(gains: BlockGains, strength: float, floor_db: float) -> BlockGains:
    floor = np.float32(10 ** (floor_db / 20))
    return lambda power, block: 1 - np.float32(strength) * (1 - np.maximum(gains(power, block), floor))


def _apply(samples: Floats, rate_hz: int, gains: BlockGains, told: Progress) -> Floats:
    """(n, channels) with the gains applied, a block of frames at a time."""
    grid = Grid.of(rate_hz)
    channels = np.ascontiguousarray(samples.T)
    frames = grid.frames(len(samples))
    total, weight = np.zeros_like(channels), np.zeros(len(samples), np.float32)
    for block in _blocks(frames):
        told(block.start, frames)
        spectrum = grid.analyse(channels, block)
        power = (spectrum.real**2 + spectrum.imag**2).mean(axis=0)
        grid.add(spectrum * gains(power, block), block, total, weight)
    total /= np.maximum(weight, np.float32(1e-3))
    return np.ascontiguousarray(total.T)


def _blocks(frames: int) -> Iterator[range]:
    for first in range(0, frames, BLOCK_FRAMES):
        yield range(first, min(first + BLOCK_FRAMES, frames))


def _mask(voice: Floats, block: range, mask_of: MaskOf) -> Floats:
    """(frames, 257) of a block, heard with 2 s to each side."""
    first = max(0, block.start - REACH_FRAMES)
    end = min(len(voice), (block.stop + REACH_FRAMES) * HOP)
    found = np.zeros((0, BINS), np.float32)
    if end > first * HOP:
        found = np.asarray(mask_of(voice[first * HOP : end]), np.float32)[block.start - first :][: len(block)]
    missing = len(block) - len(found)  # a frame more than at 16 kHz, where the rates do not divide
    return np.concatenate([found, np.repeat(found[-1:], missing, axis=0)]) if missing and len(found) else found


def _guide(samples: Floats) -> Floats:
    """(n,) what is listened to: the channels' mean, or the loudest where they cancel out."""
    if samples.shape[1] == 1:
        return samples[:, 0]
    mono = _mean(samples)
    each = np.einsum("nc,nc->c", samples, samples, dtype=np.float64)
    if float(np.dot(mono, mono)) < CANCELLED * float(each.mean()):
        return np.ascontiguousarray(samples[:, int(np.argmax(each))])
    return mono


def _mean(samples: Floats) -> Floats:
    """(n,) of the channels: as a product, ten times as fast as a mean over so short an axis."""
    return samples @ np.full(samples.shape[1], 1 / samples.shape[1], np.float32)


def _for_network(mono: Floats, rate_hz: int) -> Floats:
    """(m,) at 16 kHz, the frames that are not much quieter than the rest at -26 dB RMS."""
    from scipy.signal import resample_poly

    common = int(np.gcd(rate_hz, NETWORK_RATE_HZ))
    low = mono if rate_hz == NETWORK_RATE_HZ else resample_poly(mono, NETWORK_RATE_HZ // common, rate_hz // common)
    power = _frame_power(low, HOP)
    loud = power[power > 1e-4 * np.quantile(power, 0.95)] if power.any() else np.ones(1)
    return (low * np.float32(LEVEL / np.sqrt(max(float(loud.mean()), 1e-12)))).astype(np.float32)


def _some_power(guide: Floats, grid: Grid, frames: int) -> Floats:
    """(up to 6000, bins) power of frames from all over the sound, a run of 50 at a time."""
    runs = max(1, PROFILE_FRAMES // 50)
    starts = range(0, frames, 50) if frames <= PROFILE_FRAMES else np.linspace(0, frames - 50, runs).astype(int)
    parts = []
    for start in starts:
        spectrum = grid.analyse(guide, range(int(start), min(int(start) + 50, frames)))
        parts.append(spectrum.real**2 + spectrum.imag**2)
    return np.concatenate(parts)


def _frame_power(mono: Floats, size: int) -> Floats:
    """(frames,) mean square of stretches of `size` samples."""
    whole = mono[: max(len(mono) // size, 1) * size]
    found: Floats = np.square(whole.reshape(-1, size) if len(whole) >= size else whole[None]).mean(axis=1)
    return found


def _quiet_db(samples: Floats, rate_hz: int) -> float:
    """RMS of the quietest tenth of its tenths of seconds, dB; those of digital silence do not count."""
    power = _frame_power(_mean(samples), max(1, round(0.1 * rate_hz)))
    power = power[power > 1e-12]
    return 10 * float(np.log10(np.quantile(power, 0.1))) if len(power) else -120.0
