"""New sounds out of the user's own clips: one-shots that differ each time, textures of any length. We ship no audio.

    steps = [("step 1.wav", samples, 44_100), ("step 2.wav", others, 48_000)]     # (n,) or (n, 2) float32
    vary(steps, seed=7, variation=3)                                               # the attack of one, the body of another
    vary([("rain.wav", samples, 48_000)], seed=7, duration_s=30.0, looped=True)    # a seamless half minute

The result says how much of it came from which clip: it is made of recordings, so their licence goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from apps.audio.effects.blocks import SAMPLE_RATE_HZ, Floats
from apps.audio.effects.finishing import Finish, finish, loop, widen
from apps.audio.effects.making import OVERLAP_S, Made, without_silent_end
from apps.audio.effects.parameters import smooth_curves
from apps.audio.effects.sources import SHORTEST_TEXTURE_S, Clip, Source, is_sustained, levels_db, read_sources, resampled
from apps.audio.effects.synthesis import MAX_DURATION_S, MIN_DURATION_S, band_spectrum, coloured
from shared.errors import BadInput

__all__ = ["Varied", "vary"]

SEMITONES, COLOUR_DB, STRETCH = 1.5, 2.5, 0.12
"""Deviations of a one-shot's pitch, of its colour and of the logarithm of its length."""
ATTACK_S = (0.03, 0.12)
"""Where the attack of one clip goes over into the body of another, behind the onset."""
LAYER_CHANCE, LAYER_DB = 0.5, (-16.0, -9.0)
GRAIN_S, FADE_S = (0.3, 1.6), 0.08
"""Long enough that drops, crackles and waves stay whole."""
CANDIDATES = 12
LONGEST_STRETCH = 2.0


@dataclass(frozen=True)
class Varied(Made):
    """As `Made`; values: what was drawn. sources: {clip: its share of the energy, 1 in all}; grains: {clip: pieces taken from it}."""

    sources: Mapping[str, float] = field(default_factory=dict)
    grains: Mapping[str, int] = field(default_factory=dict)


class _Shares:
    """What came from which clip."""

    def __init__(self) -> None:
        self.energy: dict[str, float] = {}
        self.grains: dict[str, int] = {}

    def add(self, name: str, grain: Floats) -> None:
        self.energy[name] = self.energy.get(name, 0.0) + float((grain**2).sum())
        self.grains[name] = self.grains.get(name, 0) + 1

    def of_all(self) -> dict[str, float]:
        total = sum(self.energy.values()) or 1.0
        return {name: energy / total for name, energy in sorted(self.energy.items())}


def vary(
    clips: Sequence[Clip],
    *,
    seed: int,
    variation: int = 0,
    duration_s: float | None = None,
    how: Finish = Finish(),  # noqa: B008 - frozen
    looped: bool = False,
    width: float = 0.0,
    texture: bool | None = None,
) -> Varied:
    """A new sound out of clips that go together (steps, shots, minutes of rain). The same arguments give the same samples.

    texture: True chains long grains to any duration, False varies what happens once (attack, body, pitch, length, colour, a layer);
    None: as most of the clips are. duration_s None: as long as one of the clips; a one-shot is stretched by at most 2, so that it may be
    shorter than asked for. Channels are averaged; `width` widens the result. Raises `BadInput` naming the clip that cannot be used.
    """
    sources = read_sources(clips)
    if duration_s is not None and not MIN_DURATION_S <= duration_s <= MAX_DURATION_S:
        raise BadInput(f"duration_s is {duration_s:g}; {MIN_DURATION_S:g} to {MAX_DURATION_S:g} s is expected.", field="duration_s")
    if texture is None:
        texture = looped or sum(is_sustained(each.samples) for each in sources) * 2 > len(sources)
    if looped and not texture:
        raise BadInput("What happens once cannot loop.", remedy="Leave out looped, or ask for a texture.", field="loop")
    rng = np.random.default_rng([seed, variation])
    shares = _Shares()
    overlap = 0.0
    if texture:
        short = [each.name for each in sources if len(each.samples) < SHORTEST_TEXTURE_S * SAMPLE_RATE_HZ]
        if short:
            raise BadInput(f"The clip {short[0]!r} is too short for a texture; {SHORTEST_TEXTURE_S} s are needed.", field="clips")
        longest_s = max(len(each.samples) for each in sources) / SAMPLE_RATE_HZ
        seconds = min(max(longest_s, 2.0), 60.0) if duration_s is None else duration_s
        overlap = min(OVERLAP_S, seconds / 2) if looped else 0.0
        made, values = _texture(sources, round((seconds + overlap) * SAMPLE_RATE_HZ), rng, shares)
    else:
        made, values = _one_shot(sources, duration_s, rng, shares)
    signal = finish(made.astype(np.float32), how, rng)
    if not texture and duration_s is None:
        signal = without_silent_end(signal)
    if width > 0:
        signal = widen(signal, width, rng)
    points = None
    if looped:
        joined = loop(signal, overlap)
        signal, points = joined.signal, (joined.start, joined.end)
    return Varied(signal, values, len(signal) / SAMPLE_RATE_HZ, points, 0, shares.of_all(), shares.grains)


def _one_shot(
    sources: list[Source], duration_s: float | None, rng: np.random.Generator, shares: _Shares
) -> tuple[Floats, dict[str, float]]:
    """The attack of one clip with the body of another, at another pitch, length and colour; sometimes a third one quietly with it."""
    first, second, third = (sources[int(rng.integers(len(sources)))] for _ in range(3))
    if len(sources) > 1 and second is first:
        second = sources[(sources.index(first) + 1 + int(rng.integers(len(sources) - 1))) % len(sources)]
    pitch = float(np.clip(SEMITONES * rng.standard_normal(), -4, 4))
    split_s = float(np.exp(rng.uniform(*np.log(ATTACK_S))))
    attack = resampled(first.samples[first.onset :], 2 ** (-(pitch + 0.3 * rng.standard_normal()) / 12))
    body = resampled(second.samples[second.onset :], 2 ** (-pitch / 12))
    split = min(round(split_s * SAMPLE_RATE_HZ), len(attack) // 2, len(body) // 2)
    stretch = float(np.exp(np.clip(STRETCH * rng.standard_normal(), -0.3, 0.3)))
    if duration_s is not None:
        stretch = float(np.clip((duration_s * SAMPLE_RATE_HZ - split) / max(len(body) - split, 1), 1 / LONGEST_STRETCH, LONGEST_STRETCH))
    rest = _stretched(body[split // 2 :], stretch)
    rest = rest[split - split // 2 :]
    made = _joined(attack, rest, split, shares, (first, second))
    layer_db = 0.0
    if len(sources) > 1 and rng.uniform() < LAYER_CHANCE:
        layer_db = float(rng.uniform(*LAYER_DB))
        layer = (
            10 ** (layer_db / 20) * resampled(third.samples[third.onset :], 2 ** (-(pitch + 2 * rng.standard_normal()) / 12))[: len(made)]
        )
        made[: len(layer)] += layer
        shares.add(third.name, layer)
    made = coloured(made, COLOUR_DB * smooth_curves(rng)[:1], rng)
    if duration_s is not None:
        made = made[: round(duration_s * SAMPLE_RATE_HZ)]
    end = min(len(made), round(0.01 * SAMPLE_RATE_HZ))
    made[len(made) - end :] *= np.linspace(1, 0, end)
    return made, {"pitch_semitones": pitch, "split_s": split / SAMPLE_RATE_HZ, "stretch": stretch, "layer_db": layer_db}


def _joined(attack: Floats, rest: Floats, split: int, shares: _Shares, parts: tuple[Source, Source]) -> Floats:
    """attack[:split] and rest, faded over 10 ms (less in very short clips); the body is brought to the attack's level by 12 dB at most."""
    fade = min(round(0.01 * SAMPLE_RATE_HZ), split, len(rest))
    around = max(min(round(0.02 * SAMPLE_RATE_HZ), split, len(rest)), 1)
    before, after = (np.sqrt((part**2).mean()) + 1e-6 for part in (attack[split - around : split], rest[:around]))
    gain = 1.0 if parts[0] is parts[1] else float(np.clip(before / after, 0.25, 4.0))
    turn = np.linspace(0, np.pi / 2, fade)
    head, tail = attack[: split + fade].copy(), gain * rest
    head[split:] *= np.cos(turn)
    tail[:fade] *= np.sin(turn)
    made = np.zeros(max(split + len(tail), len(head)))
    made[: len(head)] += head
    made[split : split + len(tail)] += tail
    shares.add(parts[0].name, head)
    shares.add(parts[1].name, tail)
    return made


def _stretched(signal: Floats, factor: float) -> Floats:
    """Longer or shorter at the same pitch: grains of 40 ms, each moved by up to 8 ms to where it fits the last (WSOLA, Verhelst 1993)."""
    size, reach = round(0.04 * SAMPLE_RATE_HZ), round(0.008 * SAMPLE_RATE_HZ)
    hop = size // 2
    if abs(factor - 1) < 0.01 or len(signal) < 3 * size:
        return signal
    window = np.hanning(size + 1)[:size]
    wanted = round(len(signal) * factor)
    padded = np.pad(signal, (0, 2 * size + reach))
    made = np.zeros(wanted + 2 * size)
    made[:hop] = padded[:hop] * window[hop:]
    at = 0
    for place in range(0, wanted, hop):
        if place:
            natural = padded[at + hop : at + hop + size]  # what would have followed the last grain
            low = max(min(round(place / factor), len(signal)) - reach, 0)
            area = padded[low : low + size + 2 * reach]
            area = np.pad(area, (0, size + 2 * reach - len(area)))
            at = low + int(np.argmax(np.correlate(area[::4], natural[::4], "valid"))) * 4
        made[place : place + size] += padded[at : at + size] * window
    return made[:wanted]


def _texture(sources: list[Source], n: int, rng: np.random.Generator, shares: _Shares) -> tuple[Floats, dict[str, float]]:
    """Grains chained with crossfades; each next one is drawn from those that begin most like the last one ends."""
    pitch = float(np.clip(0.5 * rng.standard_normal(), -1, 1))
    walk = _Walk([Source(each.name, resampled(each.samples, 2 ** (-pitch / 12)), 0) for each in sources], rng)
    turn = np.linspace(0, np.pi / 2, walk.fade)
    made = np.zeros(n + 3 * walk.fade)
    filled = 0
    while filled < n:
        name, grain = walk.next(n + 2 * walk.fade - filled)
        if filled:
            grain[: walk.fade] *= np.sin(turn)
        grain[len(grain) - walk.fade :] *= np.cos(turn)
        made[filled : filled + len(grain)] += grain
        shares.add(name, grain)
        filled += len(grain) - walk.fade
    return coloured(made[:n], COLOUR_DB * smooth_curves(rng), rng), {"pitch_semitones": pitch}


class _Walk:
    """Through clips from grain to grain; a long clip is visited more often, by the root of its length."""

    def __init__(self, sources: list[Source], rng: np.random.Generator) -> None:
        self.sources, self.rng = sources, rng
        lengths = np.array([len(each.samples) for each in sources])
        self.chances = lengths**0.5 / (lengths**0.5).sum()
        self.fade = min(round(FADE_S * SAMPLE_RATE_HZ), int(lengths.min()) // 3)
        self._ending: Floats | None = None
        self._last = (-1, 0)

    def next(self, longest: int) -> tuple[str, Floats]:
        """(clip, a grain of at most `longest` samples): one of the three that fit of some drawn at random, not what was just heard."""
        size = round(float(np.exp(self.rng.uniform(*np.log(GRAIN_S)))) * SAMPLE_RATE_HZ) + 2 * self.fade
        drawn = []
        for _ in range(CANDIDATES):
            index = int(self.rng.choice(len(self.sources), p=self.chances))
            start = int(self.rng.integers(max(len(self.sources[index].samples) - size, 0) + 1))
            recent = index == self._last[0] and abs(start - self._last[1]) < size // 2
            drawn.append((self._misfit(self.sources[index].samples[start : start + self.fade]) + 100.0 * recent, index, start))
        _, index, start = sorted(drawn)[int(self.rng.integers(3))]
        self._last = (index, start)
        grain = self.sources[index].samples[start : start + min(size, max(longest, 2 * self.fade))].copy()
        self._ending = grain[len(grain) - self.fade :].copy()
        return self.sources[index].name, grain

    def _misfit(self, beginning: Floats) -> float:
        """dB between the last grain's end and a beginning: of level, and of spectrum in bands."""
        if self._ending is None:
            return 0.0
        level = float(levels_db(self._ending, 1.0)[0] - levels_db(beginning, 1.0)[0])
        return abs(level) + 0.5 * float(np.abs(band_spectrum(self._ending) - band_spectrum(beginning)).mean())
