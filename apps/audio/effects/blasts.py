"""Explosion, gunshot, impact and fireworks: a sharp onset, a body that falls, a tail of debris or echo."""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Parameter, Rng, Values

__all__ = ["CLASSES"]


def _thump(rng: Rng, pitch_hz: float, length_s: float, fall: float) -> Floats:
    """A sine whose pitch falls by the factor `fall`: the push of air or of a skin."""
    t = blocks.times(max(int(length_s * SAMPLE_RATE_HZ), 64))
    pitch = pitch_hz * (1 + fall * np.exp(-t / (0.12 * length_s)))
    return np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ + rng.uniform(0, 0.5)) * blocks.attack_decay(len(t), 0.002, length_s)


def _explosion(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    length = values["body"]
    for at, level in ((0.0, 1.0), *((rng.uniform(0.05, 0.5) * length, rng.uniform(0.2, 0.7)) for _ in range(int(values["blasts"])))):
        cutoff = values["cutoff_hz"] * 2 ** rng.normal(0, 0.3)
        for octaves, part, gain in ((1.0, 0.45, 1.0), (-0.5, 0.8, 0.8), (-2.0, 1.2, 0.7)):  # the higher, the sooner over
            layer = blocks.burst(rng, part * length, 0.004, blocks.lowpass(cutoff * 2**octaves, 1.0), -3.0)
            layer *= np.exp(blocks.drift(len(layer), rng, 3.0, 0.25) + blocks.drift(len(layer), rng, 11.0, 0.12))
            blocks.place(total, layer, at, gain * level)
        blocks.place(total, _thump(rng, values["thump_hz"], 0.5 * length, 1.5), at, values["thump"] * level)
        blocks.place(total, blocks.burst(rng, 0.04, 0.0005, blocks.band(2500, 4.0)), at, values["crack"] * level)
    falling = _debris_density(n, length)
    grains = [blocks.burst(rng, rng.uniform(0.01, 0.06), 0.001, blocks.band(rng.uniform(400, 4000), 1.5)) for _ in range(5)]
    return total + values["debris"] * blocks.scatter(n, rng, grains, 60.0, 6.0, density=falling) * falling


def _debris_density(n: int, length_s: float) -> Floats:
    """(n,) density of falling pieces: none at first, most after a third of the blast, then thinning out."""
    t = blocks.times(n) / max(length_s, 0.05)
    return np.minimum(t / 0.3, 1.0) * np.exp(-1.5 * t) + 1e-6


def _gunshot(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, values["spacing"], 0.03)[: max(1, int(values["shots"]))]:
        crack = blocks.burst(rng, values["crack_s"], 0.0003, blocks.band(values["crack_hz"] * 2 ** rng.normal(0, 0.08), 3.5))
        blocks.place(total, crack, float(at), 1.6 * rng.uniform(0.85, 1.0))
        body = blocks.burst(rng, values["body"], 0.001, blocks.lowpass(values["body_hz"] * 2 ** rng.normal(0, 0.08), 1.2), -2.0)
        blocks.place(total, body, float(at))
        blocks.place(total, _thump(rng, values["thump_hz"], 0.12, 2.0), float(at), values["thump"])
        for _ in range(4):
            echo = blocks.burst(rng, 1.5 * values["body"], 0.02, blocks.lowpass(0.4 * values["body_hz"], 1.0), -3.0)
            blocks.place(total, echo, float(at) + rng.uniform(0.03, 0.4), values["echo"] * rng.uniform(0.1, 0.5))
        blocks.place(
            total,
            blocks.modes(4800, rng, np.array([2900.0, 4300.0, 6100.0]), np.full(3, 0.03), np.full(3, 0.3)),
            float(at) + 0.045,
            values["bolt"],
        )
    return total


def _impact(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, values["spacing"], 0.2)[: max(1, int(values["hits"]))]:
        count = 9
        spread = np.sort(rng.uniform(1.0, 9.0, count)) ** values["inharmonic"]
        frequencies = values["pitch_hz"] * spread * 2 ** rng.normal(0, 0.02, count)
        decays = values["ring"] * (frequencies / frequencies[0]) ** -0.6 * rng.uniform(0.6, 1.4, count)
        ring = blocks.modes(
            min(n, int(1.3 * values["ring"] * SAMPLE_RATE_HZ) + 256), rng, frequencies, decays, rng.uniform(0.3, 1.0, count) / 2
        )
        blocks.place(total, ring, float(at), values["tone"])
        blocks.place(total, blocks.burst(rng, values["thud"], 0.001, blocks.lowpass(values["noise_hz"], 1.2), -1.5), float(at))
        blocks.place(total, _thump(rng, 0.5 * values["pitch_hz"] + 40, 0.1, 1.0), float(at), 0.7)
    return total


def _fireworks(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    seconds = n / SAMPLE_RATE_HZ
    launch = min(values["launch"], 0.45 * seconds)
    climb = blocks.times(max(int(launch * SAMPLE_RATE_HZ), 64))
    pitch = values["whistle_hz"] * (0.6 + 0.8 * climb / max(launch, 0.01)) * (1 + 0.02 * np.sin(2 * np.pi * 28 * climb))
    whistle = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ) + 0.5 * blocks.noise(
        len(climb), rng, blocks.band(values["whistle_hz"] * 2, 2.0)
    )
    blocks.place(total, whistle * np.minimum(climb / 0.05, 1) * np.linspace(0.7, 0.2, len(climb)), 0.0, values["whistle"])
    for at in launch + np.concatenate([[0.0], np.sort(rng.uniform(0, max(seconds - launch, 0.1), int(values["shells"])))]):
        blocks.place(total, blocks.burst(rng, 0.7, 0.002, blocks.lowpass(700 * 2 ** rng.normal(0, 0.5), 1.0), -3.0), float(at), 1.2)
        blocks.place(total, _thump(rng, 70, 0.25, 2.0), float(at), 0.8)
        tail = max(int(1.4 * SAMPLE_RATE_HZ), 64)
        fade = blocks.attack_decay(tail, 0.25, 1.3)
        grains = [blocks.burst(rng, 0.006, 0.0003, blocks.band(rng.uniform(2000, 6000), 1.5)) for _ in range(4)]
        blocks.place(total, blocks.scatter(tail, rng, grains, values["sparkles"], 6.0, density=fade + 1e-6) * fade, float(at) + 0.1, 1.5)
    return total


CLASSES = (
    EffectClass(
        "explosion",
        "Explosion",
        (
            Parameter("body", "s", 0.4, 5.0, "time to fall by 60 dB", log=True, axes={"length": 1, "size": 0.7}),
            Parameter("cutoff_hz", "Hz", 200, 6000, "brightness of the blast", log=True, axes={"bright": 1, "size": -0.5}),
            Parameter("thump_hz", "Hz", 28, 110, "pitch of the push of air", log=True, axes={"size": -1}),
            Parameter("thump", "x", 0.1, 3.0, "its level", log=True, axes={"weight": 1}),
            Parameter("crack", "x", 0.02, 2.0, "sharpness of the onset", log=True, axes={"sharp": 1, "near": 0.7}),
            Parameter("blasts", "1", 0, 4, "further blasts", typical=0.3, axes={"wild": 1}),
            Parameter("debris", "x", 0.01, 1.5, "falling pieces", log=True, axes={"wild": 0.5, "near": 0.5}),
        ),
        _explosion,
        (1.5, 4.0),
    ),
    EffectClass(
        "gunshot",
        "Gunshot",
        (
            Parameter("crack_s", "s", 0.01, 0.15, "length of the crack", log=True, axes={"sharp": -0.5}),
            Parameter("crack_hz", "Hz", 900, 6000, "its centre", log=True, axes={"bright": 1, "size": -0.7}),
            Parameter("body", "s", 0.08, 1.2, "time of the body to fall by 60 dB", log=True, axes={"length": 1, "size": 0.6}),
            Parameter("body_hz", "Hz", 300, 5000, "brightness of the body", log=True, axes={"bright": 0.7, "size": -0.5}),
            Parameter("thump_hz", "Hz", 45, 180, "pitch of the push of air", log=True, axes={"size": -1}),
            Parameter("thump", "x", 0.1, 2.5, "its level", log=True, axes={"weight": 1}),
            Parameter("echo", "x", 0.02, 1.0, "reflections from afar", log=True, axes={"near": -1}),
            Parameter("bolt", "x", 0.01, 0.5, "the mechanism's clicks", log=True, typical=0.35, axes={"metal": 1}),
            Parameter("shots", "1", 1, 6, "shots at most", typical=0.1, axes={"repeat": 1}),
            Parameter("spacing", "s", 0.08, 0.6, "between shots", log=True, axes={"speed": -1}),
        ),
        _gunshot,
        (0.4, 1.6),
    ),
    EffectClass(
        "impact",
        "Impact",
        (
            Parameter("pitch_hz", "Hz", 60, 1500, "lowest mode", log=True, axes={"size": -1, "weight": -0.5}),
            Parameter("inharmonic", "power", 0.6, 1.4, "how its modes spread: wood low, metal high", axes={"metal": 1}),
            Parameter("ring", "s", 0.02, 1.2, "time to fall by 60 dB", log=True, axes={"metal": 1, "length": 1}),
            Parameter("tone", "x", 0.02, 2.0, "level of the modes", log=True, axes={"metal": 0.8, "soft": -1}),
            Parameter("thud", "s", 0.02, 0.4, "length of the noise", log=True, axes={"weight": 0.5, "length": 0.5}),
            Parameter("noise_hz", "Hz", 200, 8000, "brightness of the noise", log=True, axes={"bright": 1, "soft": -1, "weight": -0.5}),
            Parameter("hits", "1", 1, 4, "blows at most", typical=0.05, axes={"repeat": 1}),
            Parameter("spacing", "s", 0.1, 0.6, "between blows", log=True, axes={"speed": -1}),
        ),
        _impact,
        (0.2, 1.0),
    ),
    EffectClass(
        "fireworks",
        "Fireworks",
        (
            Parameter("launch", "s", 0.1, 1.2, "time of the climb", log=True),
            Parameter("whistle_hz", "Hz", 900, 4000, "pitch of the climb", log=True, axes={"size": -0.7}),
            Parameter("whistle", "x", 0.02, 0.8, "its level", log=True),
            Parameter("shells", "1", 0, 5, "further shells", typical=0.35, axes={"wild": 1, "repeat": 1}),
            Parameter("sparkles", "1/s", 20, 500, "crackling stars", log=True, axes={"bright": 0.5, "wild": 0.5}),
        ),
        _fireworks,
        (1.5, 4.0),
    ),
)
