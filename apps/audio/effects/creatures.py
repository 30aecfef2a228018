"""Roar, dog bark, baby cry, rooster, sneeze and farm animal: a source (voice, breath) through a throat.

A call never repeats exactly: pitch contour, length, throat and level are drawn anew for each (measured: identical barks give a dog away).
"""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Pace, Parameter, Rng, Values

__all__ = ["CLASSES"]


def _voice(
    n: int, rng: Rng, pitch_hz: Floats, throat_hz: float, *, breath: float, rough: float, open_path: Floats, width: float = 0.25
) -> Floats:
    """(n,) a voiced call of unit peak: pitch curve, throat resonances that open and close (open_path 0 to 1), breath and roughness."""
    jitter = np.exp(blocks.drift(n, rng, 90.0, 0.05 * rough) + blocks.drift(n, rng, 12.0, 0.02))
    growl = 1 + rough * 0.8 * np.sin(
        np.cumsum(2 * np.pi * (35 + 25 * rng.uniform()) * np.exp(blocks.drift(n, rng, 9.0, 0.3)) / SAMPLE_RATE_HZ)
    )
    glottis = blocks.train(pitch_hz * jitter, 150) * growl
    air = blocks.noise(n, rng, None, -1.0) * (0.5 + np.abs(growl))
    source = (1 - breath) * glottis + breath * air
    ratios = (1.0, 1.9, 3.3, 4.8)
    closed = blocks.formants([(0.7 * throat_hz * r, 2 * width * throat_hz, 1 / (1 + k)) for k, r in enumerate(ratios)], 0.01)
    opened = blocks.formants([(1.35 * throat_hz * r, 2 * width * throat_hz, 1 / (1 + 0.6 * k)) for k, r in enumerate(ratios)], 0.02)
    tilt = lambda f: 1 / (1 + (f / 3500) ** 1.2)  # noqa: E731 - a curve, used twice below
    made = (
        blocks.shape(source, lambda f: closed(f) * tilt(f)) * (1 - open_path)
        + blocks.shape(source, lambda f: opened(f) * tilt(f)) * open_path
    )
    return made / (np.abs(made).max() + 1e-9)


def _roar(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, values["length"] * (1.2 + values["pause"]), 0.2):
        length = max(int(values["length"] * rng.uniform(0.8, 1.2) * SAMPLE_RATE_HZ), 1200)
        length = min(length, n) if at == 0 else length
        bend = blocks.curve(length, [(0, 0.8), (rng.uniform(0.15, 0.4), 1.0 + values["bend"]), (1, 0.7)])
        pitch = values["pitch_hz"] * 2 ** rng.normal(0, 0.08) * bend * np.exp(blocks.drift(length, rng, 5.0, 0.06))
        mouth = blocks.curve(length, [(0, 0.1), (rng.uniform(0.2, 0.4), 1.0), (0.7, rng.uniform(0.4, 1.0)), (1, 0.0)])
        call = _voice(length, rng, pitch, values["throat_hz"], breath=values["breath"], rough=values["rough"], open_path=mouth)
        under = _voice(length, rng, 0.5 * pitch, 0.6 * values["throat_hz"], breath=0.3, rough=1.0, open_path=mouth)
        shaped = np.tanh((call + values["under"] * under) * (1 + 3 * values["rough"]))
        fade = blocks.curve(length, [(0, 0), (values["attack"], 1), (0.6, 0.8), (1, 0)]) ** 1.3
        blocks.place(total, shaped * fade * np.exp(blocks.drift(length, rng, 6.0, 0.2)), float(at), rng.uniform(0.75, 1.0))
    return total


def _bark(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    at = rng.uniform(0.0, 0.05)
    while at < n / SAMPLE_RATE_HZ:
        for _ in range(int(rng.integers(1, 2 + round(values["group"])))):
            length = int(values["length"] * 2 ** rng.normal(0, 0.25) * SAMPLE_RATE_HZ)
            if total.any() and at + length / SAMPLE_RATE_HZ > n / SAMPLE_RATE_HZ:
                return total  # rather a bark less than half a bark
            peak = rng.uniform(0.15, 0.4)
            bend = blocks.curve(length, [(0, 0.7), (peak, 1 + values["bend"] * rng.uniform(0.5, 1.4)), (1, rng.uniform(0.5, 0.8))])
            pitch = values["pitch_hz"] * 2 ** rng.normal(0, 0.1) * bend
            mouth = blocks.curve(length, [(0, 0.1), (rng.uniform(0.25, 0.5), 1.0), (1, 0.1)])
            throat = values["throat_hz"] * 2 ** rng.normal(0, 0.07)
            breath = float(np.clip(values["breath"] + 0.1 * rng.standard_normal(), 0.02, 0.95))
            call = _voice(length, rng, pitch, throat, breath=breath, rough=values["rough"] * rng.uniform(0.5, 1.3), open_path=mouth)
            fade = np.minimum(np.arange(length) / (0.012 * SAMPLE_RATE_HZ), 1) * blocks.curve(length, [(0, 1), (0.5, 0.7), (1, 0)]) ** 1.5
            blocks.place(total, np.tanh(2 * call) * fade, at, rng.uniform(0.55, 1.0))
            at += length / SAMPLE_RATE_HZ + rng.uniform(0.03, 0.18)
        at += values["pause"] * rng.uniform(0.5, 1.6)
    return total


def _cry(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, values["length"] + values["pause"], 0.15):
        length = int(values["length"] * rng.uniform(0.7, 1.3) * SAMPLE_RATE_HZ)
        bend = blocks.curve(
            length, [(0, 0.75), (0.15, 1.0), (rng.uniform(0.4, 0.7), 1.0 + values["bend"] * rng.uniform(0.5, 1.2)), (1, 0.7)]
        )
        vibrato = 1 + 0.02 * np.sin(2 * np.pi * rng.uniform(5, 8) * blocks.times(length))
        pitch = values["pitch_hz"] * 2 ** rng.normal(0, 0.06) * bend * vibrato
        mouth = blocks.curve(length, [(0, 0.2), (0.2, 1.0), (0.8, rng.uniform(0.6, 1.0)), (1, 0.1)])
        call = _voice(length, rng, pitch, values["throat_hz"], breath=values["breath"], rough=values["rough"], open_path=mouth)
        blocks.place(
            total, call * blocks.edges(length, 0.05, 0.12) * np.exp(blocks.drift(length, rng, 5.0, 0.15)), float(at), rng.uniform(0.7, 1.0)
        )
        gasp = blocks.burst(rng, 0.3, 0.15, blocks.formants([(1800, 900, 1.0), (3600, 1500, 0.7)]))
        blocks.place(total, gasp, float(at) + length / SAMPLE_RATE_HZ + 0.03, 0.05)
    return total


def _rooster(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    when = rng.uniform(0, 0.1)
    last = values["last"]
    for index, part in enumerate((0.16, 0.14, 0.26, last)):
        length = int(part * rng.uniform(0.8, 1.2) * SAMPLE_RATE_HZ)
        lift = (0.0, 0.25, 0.45, 0.5)[index] * values["lift"]
        path = [(0, lift - 0.3), (0.15, lift), (0.7, lift - 0.1 * (index == 3)), (1, lift - values["fall"] * (index == 3) - 0.2)]
        pitch = values["pitch_hz"] * 2 ** (blocks.curve(length, path) + blocks.drift(length, rng, 8.0, 0.015))
        mouth = blocks.curve(length, [(0, 0.2), (0.3, 1.0), (1, 0.3)])
        call = _voice(length, rng, pitch, values["throat_hz"], breath=values["breath"], rough=values["rough"], open_path=mouth)
        blocks.place(total, call * blocks.edges(length, 0.02, 0.05 + 0.4 * (index == 3) * last), when, (0.5, 0.6, 0.9, 1.0)[index])
        when += length / SAMPLE_RATE_HZ + rng.uniform(0.02, 0.09)
    return total


def _sneeze(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for index, at in enumerate(blocks.pulses(n, rng, 1.8, 0.3)[: 1 + int(rng.uniform() < 0.25)]):
        length = int(values["inhale"] * rng.uniform(0.7, 1.2) * SAMPLE_RATE_HZ)
        pitch = values["pitch_hz"] * blocks.curve(length, [(0, 0.8), (1, 1.3)])
        ah = _voice(length, rng, pitch, 650, breath=0.75, rough=0.2, open_path=blocks.curve(length, [(0, 0.3), (1, 1.0)]))
        blocks.place(total, ah * blocks.curve(length, [(0, 0), (0.8, 1), (1, 0)]), float(at), values["ah"] * (0.6 if index else 1.0))
        start = float(at) + length / SAMPLE_RATE_HZ + rng.uniform(0.01, 0.08)
        hiss = blocks.burst(
            rng, values["length"], 0.008, lambda f: blocks.band(values["hiss_hz"], 2.2)(f) + 0.3 * blocks.band(1400, 1.5)(f)
        )
        blocks.place(total, hiss, start, 0.9)
        voiced = int(0.8 * values["length"] * SAMPLE_RATE_HZ)
        oo = _voice(
            voiced,
            rng,
            values["pitch_hz"] * blocks.curve(voiced, [(0, 1.6), (1, 0.8)]),
            480,
            breath=0.3,
            rough=0.3,
            open_path=blocks.curve(voiced, [(0, 1), (1, 0)]),
        )
        blocks.place(total, oo * blocks.attack_decay(voiced, 0.015, 1.2 * values["length"]), start + 0.03, values["voice"])
    return total


def _farm(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, values["length"] + values["pause"], 0.25):
        length = max(int(values["length"] * rng.uniform(0.7, 1.3) * SAMPLE_RATE_HZ), 1200)
        bleat = np.exp(
            values["bleat"] * np.sin(2 * np.pi * values["bleat_hz"] * blocks.times(length) * np.exp(blocks.drift(length, rng, 3.0, 0.05)))
        )
        bend = blocks.curve(length, [(0, 0.8), (0.3, 1 + values["bend"]), (1, 0.75)])
        pitch = values["pitch_hz"] * 2 ** rng.normal(0, 0.07) * bend * bleat**0.15
        mouth = blocks.curve(length, [(0, 0.0), (0.3, 1.0), (1, rng.uniform(0.3, 0.9))])
        call = _voice(length, rng, pitch, values["throat_hz"], breath=values["breath"], rough=values["rough"], open_path=mouth)
        blocks.place(
            total,
            call * bleat / np.exp(values["bleat"]) * blocks.edges(length, 0.04, 0.15 * values["length"] + 0.01),
            float(at),
            rng.uniform(0.7, 1.0),
        )
    return total


def _pitch(low: float, high: float) -> Parameter:
    return Parameter("pitch_hz", "Hz", low, high, "pitch of the voice", log=True, axes={"size": -1, "weight": -0.5, "bright": 0.3})


def _throat(low: float, high: float) -> Parameter:
    return Parameter("throat_hz", "Hz", low, high, "lowest resonance of the throat", log=True, axes={"size": -1, "bright": 0.5})


_BREATH = Parameter("breath", "1", 0.02, 0.9, "voice to breath", typical=0.35, axes={"air": 1})
_ROUGH = Parameter("rough", "1", 0.0, 1.0, "growl", axes={"wild": 1})
_BEND = Parameter("bend", "x", 0.0, 0.9, "rise of the pitch within a call", typical=0.4)


def _length(low: float, high: float) -> Parameter:
    return Parameter("length", "s", low, high, "length of a call", log=True, axes={"length": 1, "size": 0.4})


def _pause(low: float, high: float) -> Parameter:
    return Parameter("pause", "s", low, high, "between calls", log=True, axes={"speed": -1, "repeat": -1})


CLASSES = (
    EffectClass(
        "roar",
        "Roar, growl",
        (
            _pitch(35, 260),
            _throat(220, 900),
            _BREATH,
            _ROUGH,
            _BEND,
            _length(0.25, 3.0),
            _pause(0.1, 2.0),
            Parameter("under", "x", 0.02, 1.5, "the octave below", log=True, axes={"size": 1, "weight": 1}),
            Parameter("attack", "1", 0.02, 0.4, "part of the call in which it swells", log=True, axes={"sharp": -1}),
        ),
        _roar,
        (0.6, 3.0),
    ),
    EffectClass(
        "dog_bark",
        "Dog bark",
        (
            _pitch(150, 1000),
            _throat(350, 1400),
            _BREATH,
            _ROUGH,
            _BEND,
            _length(0.06, 0.35),
            _pause(0.15, 1.8),
            Parameter("group", "1", 0, 4, "barks in a row", axes={"repeat": 1}),
        ),
        _bark,
        (1.0, 4.0),
        True,
        Pace("length", 1, 3, gap_s=0.15),
    ),
    EffectClass(
        "baby_cry",
        "Crying baby",
        (_pitch(280, 700), _throat(700, 1500), _BREATH, _ROUGH, _BEND, _length(0.3, 1.6), _pause(0.1, 0.9)),
        _cry,
        (2.0, 6.0),
        True,
        (2.5, 5.0),
    ),
    EffectClass(
        "rooster",
        "Rooster",
        (
            _pitch(350, 900),
            _throat(700, 1800),
            _BREATH,
            _ROUGH,
            Parameter("lift", "octaves", 0.0, 1.6, "rise from the first to the last note"),
            Parameter("fall", "octaves", 0.0, 1.0, "fall at the end"),
            Parameter("last", "s", 0.3, 1.4, "length of the last note", log=True, axes={"length": 1}),
        ),
        _rooster,
        (1.6, 2.6),
    ),
    EffectClass(
        "sneeze",
        "Sneeze",
        (
            _pitch(110, 450),
            Parameter("inhale", "s", 0.1, 0.9, "the breath before", log=True, axes={"length": 0.7}),
            Parameter("ah", "x", 0.02, 0.8, "its level", log=True),
            Parameter("length", "s", 0.15, 0.7, "length of the outburst", log=True, axes={"length": 1}),
            Parameter("hiss_hz", "Hz", 1500, 8000, "centre of the outburst", log=True, axes={"bright": 1}),
            Parameter("voice", "x", 0.02, 1.2, "voice in it", log=True, axes={"weight": 0.7}),
        ),
        _sneeze,
        (0.8, 2.0),
    ),
    EffectClass(
        "farm_animal",
        "Farm animal",
        (
            _pitch(80, 600),
            _throat(300, 1200),
            _BREATH,
            _ROUGH,
            _BEND,
            _length(0.15, 2.0),
            _pause(0.2, 2.0),
            Parameter("bleat", "nepers", 0.0, 1.2, "tremble: cow 0, sheep 1", axes={"tremble": 1}),
            Parameter("bleat_hz", "Hz", 6, 22, "trembles a second", log=True, axes={"speed": 0.7}),
        ),
        _farm,
        (0.8, 2.5),
    ),
)
