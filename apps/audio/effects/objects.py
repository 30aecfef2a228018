"""Bell, glass, door, footsteps and clock: things that are struck, broken, rubbed or that tick."""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Pace, Parameter, Rng, Values

__all__ = ["CLASSES"]

CHURCH_BELL = np.array([0.5, 1.0, 1.19, 1.5, 2.0, 2.5, 2.66, 3.01, 4.1, 5.4])
"""Partials of a minor-third bell over its prime: hum, prime, tierce, quint, nominal ... (Rossing, *Science of Percussion*, 2000)."""
BAR = np.array([1.0, 2.756, 5.404, 8.933, 13.34, 18.64, 24.8, 31.9, 39.8, 48.6])
"""Modes of a free bar (Fletcher and Rossing, *Physics of Musical Instruments*): chimes, triangles, handles."""


def _bell(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    mix = values["bar"]
    ratios = CHURCH_BELL ** (1 - mix) * BAR**mix
    for index, at in enumerate(blocks.pulses(n, rng, values["spacing"], 0.06)[: max(1, int(values["strokes"]))]):
        pitch = values["pitch_hz"] * (values["interval"] if index % 2 else 1.0)
        frequencies = pitch * ratios * (1 + 0.002 * rng.standard_normal(len(ratios)))
        decays = values["ring"] * np.maximum(frequencies / frequencies[0], 1.0) ** -values["damping"] * rng.uniform(0.8, 1.2, len(ratios))
        levels = rng.uniform(0.5, 1.0, len(ratios)) * np.linspace(1, values["hard"], len(ratios))
        length = min(n, int(1.3 * values["ring"] * SAMPLE_RATE_HZ))
        strike = blocks.modes(length, rng, frequencies, decays, levels) + blocks.modes(
            length, rng, frequencies * 1.0015, decays, 0.6 * levels
        )
        blocks.place(total, strike, float(at), rng.uniform(0.8, 1.0))
        blocks.place(total, blocks.burst(rng, 0.02, 0.0004, blocks.band(min(6 * pitch, 9000), 2.0)), float(at), values["hard"])
    return total


def _glass(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    blocks.place(total, blocks.burst(rng, 0.09, 0.0004, blocks.band(values["crash_hz"], 2.5)), 0.0, values["crash"])
    pieces = int(values["pieces"])
    spread = values["spread"]
    for at in np.concatenate([[0.0], rng.gamma(1.2, spread / 2.5, pieces)]):
        base = values["pitch_hz"] * 2 ** rng.normal(0, 0.6)
        frequencies = base * np.array([1.0, 1.58, 2.32, 2.92, 3.87]) * (1 + 0.05 * rng.standard_normal(5))
        ring = values["ring"] * rng.uniform(0.4, 1.6)
        shard = blocks.modes(
            min(n, int(1.3 * ring * SAMPLE_RATE_HZ) + 64),
            rng,
            frequencies,
            ring * np.array([1, 0.8, 0.6, 0.5, 0.4]),
            rng.uniform(0.2, 1, 5),
        )
        blocks.place(total, shard, float(at), np.exp(-1.2 * at / max(spread, 0.05)) * rng.uniform(0.15, 0.8))
    debris = [blocks.burst(rng, rng.uniform(0.003, 0.02), 0.0003, blocks.band(rng.uniform(4000, 11000), 1.0)) for _ in range(4)]
    fading = blocks.attack_decay(n, 0.01, 2.5 * spread) + 1e-7
    return total + 0.5 * blocks.scatter(n, rng, debris, 40 + 2.0 * pieces, 6.0, density=fading) * np.sqrt(fading)


def _slam(values: Values, rng: Rng, n: int) -> Floats:
    count = 12
    frequencies = values["panel_hz"] * np.sort(rng.uniform(1, 12, count)) ** 0.9
    decays = values["ring"] * (frequencies / frequencies[0]) ** -0.5
    hit = blocks.modes(n, rng, frequencies, decays, rng.uniform(0.3, 1, count) * np.linspace(1, 0.3 + 0.5 * values["metal"], count))
    blocks.place(hit, blocks.burst(rng, 0.5 * values["ring"] + 0.05, 0.001, blocks.lowpass(values["cutoff_hz"], 1.2), -2.0), 0.0, 2.0)
    return hit


def _door(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    seconds = n / SAMPLE_RATE_HZ
    creak_s = min(values["creak_s"], 0.7 * seconds) * (values["creak"] > 0.08)
    if creak_s > 0.05:
        length = int(creak_s * SAMPLE_RATE_HZ)
        slip = values["creak_hz"] * np.exp(blocks.drift(length, rng, 1.5, 0.5) + blocks.drift(length, rng, 30.0, 0.12))
        stick = blocks.train(slip, 200) * np.exp(blocks.drift(length, rng, 5.0, 0.6))
        peaks = [(values["creak_hz"] * r, 120.0, 1.0) for r in rng.uniform(3, 30, 6)]
        rub = blocks.shape(stick, blocks.formants(peaks, 0.03))
        rub *= np.minimum(np.arange(length) / 2000, 1) * np.minimum(np.arange(length)[::-1] / 2000, 1)
        blocks.place(total, rub / (np.abs(rub).max() + 1e-9), 0.0, values["creak"])
    hits = max(1, int(values["knocks"]))
    for at in creak_s + np.arange(hits) * values["spacing"] * (1 + 0.1 * rng.standard_normal(hits)):
        length = min(n, int(1.5 * values["ring"] * SAMPLE_RATE_HZ) + 9600)
        slam = _slam(values, rng, length)
        blocks.place(total, slam / (np.abs(slam).max() + 1e-9), float(at), rng.uniform(0.7, 1.0))
        click = blocks.modes(4800, rng, values["latch_hz"] * np.array([1, 1.7, 2.6, 3.9]), np.full(4, 0.04), np.full(4, 0.25))
        blocks.place(total, click, float(at) + rng.uniform(-0.03, 0.07), values["latch"])
    return total


def _footsteps(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for index, at in enumerate(blocks.pulses(n, rng, values["spacing"], 0.05, 0.01)):
        side = 1.0 + 0.08 * (index % 2)
        for part, delay in ((1.0, 0.0), (values["toe"], rng.uniform(0.06, 0.13) * min(values["spacing"], 1) * 2)):
            pitch = values["heel_hz"] * side * 2 ** rng.normal(0, 0.12)
            heel = blocks.burst(rng, values["thud"], 0.002, blocks.lowpass(pitch, 1.5), -1.0)
            blocks.place(total, heel, float(at) + delay, part * rng.uniform(0.7, 1.0))
            ring = blocks.modes(9600, rng, pitch * np.array([1.0, 2.3, 3.9, 6.1]), np.full(4, 0.09), np.full(4, 0.4))
            blocks.place(total, ring, float(at) + delay, part * values["hard"])
            length = max(int(0.22 * SAMPLE_RATE_HZ * (0.5 + values["grit_s"])), 256)
            grains = [
                blocks.burst(rng, rng.uniform(0.002, 0.012), 0.0004, blocks.band(values["grit_hz"] * 2 ** rng.normal(0, 0.4), 1.5))
                for _ in range(3)
            ]
            crunch = blocks.scatter(length, rng, grains, 700.0, 5.0) * blocks.attack_decay(length, 0.02, 0.25 * (0.5 + values["grit_s"]))
            blocks.place(total, crunch, float(at) + delay, part * values["grit"])
    return total


def _clock(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    modes_hz = np.array([values["pitch_hz"] * 2 ** rng.normal(0, 0.02) * r for r in (1.0, 1.83, 2.6, 3.7, 5.2)])
    case = np.array([values["case_hz"] * r for r in (1.0, 1.6, 2.3)])
    for index, at in enumerate(blocks.pulses(n, rng, values["spacing"], 0.008, rng.uniform(0.0, 0.3) * values["spacing"])):
        tock = 2 ** (-values["tock"] * (index % 2))
        level = rng.uniform(0.85, 1.0) * (1 - 0.3 * (index % 2) * values["tock"])
        for delay, part in ((0.0, 1.0), (values["double_s"], 0.5)):
            tick = blocks.modes(4800, rng, modes_hz * tock, values["ring"] * np.array([1, 0.8, 0.6, 0.5, 0.4]), rng.uniform(0.4, 1.0, 5))
            blocks.place(total, tick, float(at) + delay, level * part)
            blocks.place(total, blocks.burst(rng, 0.006, 0.0003, blocks.band(6000, 2.0)), float(at) + delay, level * part)
            blocks.place(
                total,
                blocks.modes(9600, rng, case * tock, np.full(3, 0.12), np.full(3, 0.5)),
                float(at) + delay,
                level * part * values["case"],
            )
    return total


CLASSES = (
    EffectClass(
        "bell",
        "Bell",
        (
            Parameter("pitch_hz", "Hz", 120, 3000, "prime of the bell", log=True, axes={"size": -1}),
            Parameter("bar", "1", 0.0, 1.0, "partials: 0 of a cast bell, 1 of a bar or chime", axes={"metal": 0.3}),
            Parameter("ring", "s", 0.2, 8.0, "time to fall by 60 dB", log=True, axes={"length": 1, "size": 0.5}),
            Parameter("damping", "power", 0.2, 1.2, "how much sooner high partials die", axes={"bright": -0.7}),
            Parameter("hard", "x", 0.05, 1.0, "hardness of the clapper", log=True, axes={"bright": 0.7, "soft": -1}),
            Parameter("strokes", "1", 1, 8, "strokes at most", typical=0.2, axes={"repeat": 1}),
            Parameter("spacing", "s", 0.08, 2.0, "between strokes", log=True, axes={"speed": -1}),
            Parameter("interval", "ratio", 0.7, 1.1, "pitch of every second stroke: a doorbell's falling third is 0.8", typical=0.75),
        ),
        _bell,
        (1.0, 4.0),
    ),
    EffectClass(
        "glass",
        "Breaking glass",
        (
            Parameter("pitch_hz", "Hz", 900, 7000, "pitch of a shard", log=True, axes={"size": -1}),
            Parameter("ring", "s", 0.03, 0.8, "how long a shard rings", log=True, axes={"length": 0.5}),
            Parameter("pieces", "1", 1, 45, "shards", log=True, axes={"size": 0.7, "wild": 0.5}),
            Parameter("spread", "s", 0.05, 1.2, "how long they fall", log=True, axes={"length": 1}),
            Parameter("crash", "x", 0.05, 2.0, "the first crack", log=True, axes={"sharp": 1, "weight": 0.7}),
            Parameter("crash_hz", "Hz", 800, 7000, "its centre", log=True, axes={"bright": 1}),
        ),
        _glass,
        (0.4, 1.5),
    ),
    EffectClass(
        "door",
        "Door",
        (
            Parameter("panel_hz", "Hz", 40, 400, "lowest mode of the panel", log=True, axes={"size": -1, "weight": -0.7}),
            Parameter("ring", "s", 0.05, 1.0, "time to fall by 60 dB", log=True, axes={"metal": 1, "length": 0.5}),
            Parameter("metal", "1", 0.0, 1.0, "wood to steel", axes={"metal": 1}),
            Parameter("cutoff_hz", "Hz", 200, 5000, "brightness of the slam", log=True, axes={"bright": 1, "soft": -0.7}),
            Parameter("latch", "x", 0.02, 1.5, "the lock's click", log=True, axes={"metal": 0.5}),
            Parameter("latch_hz", "Hz", 900, 5000, "its pitch", log=True),
            Parameter("creak", "x", 0.0, 1.0, "creaking hinge", typical=0.25, axes={"creak": 2.0}),
            Parameter("creak_s", "s", 0.2, 2.0, "how long it creaks", log=True, axes={"creak": 0.7, "length": 0.5}),
            Parameter("creak_hz", "Hz", 25, 250, "stick and slip a second", log=True, axes={"size": -0.5}),
            Parameter("knocks", "1", 1, 5, "blows: 1 a slam, more a knock", typical=0.15, axes={"repeat": 1.5}),
            Parameter("spacing", "s", 0.12, 0.5, "between blows", log=True, axes={"speed": -1}),
        ),
        _door,
        (0.4, 2.0),
    ),
    EffectClass(
        "footsteps",
        "Footsteps",
        (
            Parameter("spacing", "s", 0.22, 1.1, "between steps", log=True, axes={"speed": -1, "weight": 0.4}),
            Parameter("heel_hz", "Hz", 60, 900, "pitch of the heel", log=True, axes={"weight": -1, "size": -0.5, "bright": 0.5}),
            Parameter("thud", "s", 0.02, 0.2, "length of the heel", log=True, axes={"weight": 0.7}),
            Parameter("hard", "x", 0.01, 1.5, "hardness of the floor", log=True, axes={"metal": 1, "soft": -1}),
            Parameter("toe", "x", 0.05, 1.0, "level of the toe after the heel", log=True),
            Parameter("grit", "x", 0.02, 3.0, "gravel, snow, leaves", log=True, axes={"grit": 1}),
            Parameter("grit_hz", "Hz", 700, 8000, "its centre", log=True, axes={"bright": 0.7}),
            Parameter("grit_s", "1", 0.05, 1.0, "how long it goes on", log=True, axes={"grit": 0.5, "soft": 0.3}),
        ),
        _footsteps,
        (0.3, 4.0),
        True,
        Pace("spacing", 4, 8, end=0.7),
    ),
    EffectClass(
        "clock",
        "Ticking clock",
        (
            Parameter("spacing", "s", 0.16, 1.1, "between ticks", log=True, axes={"speed": -1, "size": 0.5}),
            Parameter("pitch_hz", "Hz", 700, 6000, "pitch of the tick", log=True, axes={"size": -1, "bright": 0.7}),
            Parameter("tock", "octaves", 0.0, 0.6, "how much lower every second tick is", typical=0.3),
            Parameter("ring", "s", 0.008, 0.12, "how long a tick rings", log=True, axes={"metal": 1}),
            Parameter("double_s", "s", 0.01, 0.12, "from the tick to its echo in the escapement", log=True),
            Parameter("case_hz", "Hz", 120, 900, "pitch of the case", log=True, axes={"size": -1}),
            Parameter("case", "x", 0.01, 1.5, "its level", log=True, axes={"size": 0.7, "weight": 0.5}),
        ),
        _clock,
        (2.0, 8.0),
        True,
        Pace("spacing", 6, 12, end=0.6),
    ),
)
