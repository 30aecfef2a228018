"""Bird song and insects: tones that glide, trill and pulse, without a throat."""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Parameter, Rng, Values

__all__ = ["CLASSES"]


def _bird(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    shapes = [rng.normal(0, values["bend"], 4) for _ in range(3)]
    for at in blocks.pulses(n, rng, values["phrase"] + values["pause"], 0.3):
        when = float(at)
        motif = shapes[int(rng.integers(len(shapes)))]
        while when < at + values["phrase"]:
            length = max(int(values["note"] * rng.uniform(0.7, 1.3) * SAMPLE_RATE_HZ), 480)
            octaves = blocks.curve(length, [(k / 3, float(m)) for k, m in enumerate(motif)]) + rng.normal(0, 0.05)
            trill = values["trill"] * np.sin(2 * np.pi * values["trill_hz"] * blocks.times(length) + rng.uniform(0, 6))
            phase = np.cumsum(2 * np.pi * values["pitch_hz"] * 2 ** (octaves + trill) / SAMPLE_RATE_HZ)
            tone = np.sin(phase) + values["rich"] * (0.5 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase))
            blocks.place(total, tone * blocks.edges(length, 0.006, 0.012), when, rng.uniform(0.5, 1.0))
            when += length / SAMPLE_RATE_HZ * (1 + values["gap"])
    return total + values["breath"] * blocks.noise(n, rng, blocks.band(values["pitch_hz"], 2.0)) * np.minimum(np.abs(total) + 0.05, 1)


def _insects(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    t = blocks.times(n)
    for index in range(int(values["voices"])):
        pitch = values["pitch_hz"] * 2 ** rng.normal(0, values["spread"]) * np.exp(blocks.drift(n, rng, 2.0, 0.006))
        rate = values["rate_hz"] * 2 ** rng.normal(0, 0.08)
        pulse = np.maximum(np.sin(2 * np.pi * rate * t + rng.uniform(0, 6.28) + blocks.drift(n, rng, 2.0, 0.5)), 0) ** values["sharp"]
        song = 1 / (1 + np.exp(-8 * (np.sin(2 * np.pi * values["song_hz"] * t + rng.uniform(0, 6.28)) + values["steady"])))
        tone = np.sin(np.cumsum(2 * np.pi * pitch / SAMPLE_RATE_HZ)) + values["buzz"] * blocks.noise(
            n, rng, blocks.band(float(pitch[0]), 0.4)
        )
        total += tone * pulse * song * np.exp(blocks.drift(n, rng, 0.6, 0.4)) / (1 + 0.4 * index)
    return total


CLASSES = (
    EffectClass(
        "bird",
        "Bird song",
        (
            Parameter("pitch_hz", "Hz", 900, 6500, "pitch", log=True, axes={"size": -1, "bright": 0.5}),
            Parameter("bend", "octaves", 0.03, 0.8, "how far notes glide", log=True, axes={"wild": 1}),
            Parameter("note", "s", 0.03, 0.4, "length of a note", log=True, axes={"speed": -1}),
            Parameter("gap", "x", 0.1, 1.5, "silence after a note over its length", log=True),
            Parameter("phrase", "s", 0.1, 1.6, "length of a phrase", log=True, axes={"length": 1}),
            Parameter("pause", "s", 0.1, 2.0, "between phrases", log=True, axes={"speed": -1, "repeat": -1}),
            Parameter("trill", "octaves", 0.0, 0.3, "trill", typical=0.3, axes={"wild": 0.5}),
            Parameter("trill_hz", "Hz", 12, 60, "trills a second", log=True, axes={"speed": 0.7}),
            Parameter("rich", "x", 0.02, 2.0, "overtones: whistle to caw", log=True, axes={"rough": 1}),
            Parameter("breath", "x", 0.005, 0.6, "breath", log=True, axes={"air": 1}),
        ),
        _bird,
        (1.0, 4.0),
        True,
        (1.5, 4.0),
    ),
    EffectClass(
        "insects",
        "Insects",
        (
            Parameter("pitch_hz", "Hz", 180, 9000, "pitch", log=True, typical=0.75, axes={"size": -1, "bright": 0.5}),
            Parameter("spread", "octaves", 0.005, 0.4, "difference between the singers", log=True),
            Parameter("voices", "1", 1, 6, "singers", axes={"wild": 0.5, "repeat": 0.5}),
            Parameter("rate_hz", "Hz", 6, 120, "wing strokes heard a second", log=True, axes={"speed": 1}),
            Parameter("sharp", "power", 0.3, 4.0, "how separate they are", log=True),
            Parameter("song_hz", "Hz", 0.3, 4.0, "chirps a second", log=True, axes={"speed": 0.7}),
            Parameter("steady", "1", -0.7, 1.5, "chirping to steady"),
            Parameter("buzz", "x", 0.02, 2.0, "noise in the tone", log=True, axes={"air": 1}),
        ),
        _insects,
        (2.0, 8.0),
        True,
        (4.0, 8.0),
    ),
)
