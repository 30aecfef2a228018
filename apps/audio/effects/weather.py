"""Rain, thunder, wind, sea, running water and fire: noise whose level and colour never stand still.

Recordings of these are not stationary (measured: uniform noise is told apart at once), so each model drifts in level and in colour and
throws single drops, gusts, waves or crackles on top. After the physically informed models of Farnell, *Designing Sound* (2010).
"""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Parameter, Rng, Values

__all__ = ["CLASSES"]


def _rain(values: Values, n: int, rng: Rng) -> Floats:
    swell = np.exp(blocks.drift(n, rng, values["gust_rate"], values["gusts"]))
    far = blocks.noise(n, rng, blocks.band(values["wash_hz"], 4.0)) * swell
    near = blocks.noise(n, rng, blocks.band(values["hiss_hz"], 2.0)) * np.exp(
        blocks.drift(n, rng, 1.3 * values["gust_rate"], values["gusts"])
    )
    grains = []
    for _ in range(4):
        pitch = values["drop_hz"] * 2 ** rng.normal(0, 0.6)
        length = 0.003 + 0.02 * values["splash"] * rng.uniform(0.4, 1.6)
        grain = blocks.burst(rng, length, 0.0005, blocks.band(pitch, 1.2))
        ring = np.sin(2 * np.pi * pitch * (1 + 3 * blocks.times(len(grain))) * blocks.times(len(grain))) * blocks.attack_decay(
            len(grain), 0.0005, length
        )
        grains.append(grain + values["splash"] * ring)
    drops = blocks.scatter(n, rng, grains, values["drops"], 5.0, density=swell)
    loudest = np.sqrt(np.mean(drops**2)) + 1e-9
    body = far + values["hiss"] * near
    return body + 10 ** (values["drop_level"] / 20) * drops / loudest


def _thunder(values: Values, n: int, rng: Rng) -> Floats:
    seconds = n / SAMPLE_RATE_HZ
    total = np.zeros(n)
    claps = max(1, int(values["claps"] * min(seconds / 3, 2) + 0.5))
    for index in range(claps):
        at = 0.0 if index == 0 else rng.uniform(0.02, 0.6) * seconds
        length = min(values["rumble"] * rng.uniform(0.5, 1.2), seconds + 1)
        colour = values["cutoff_hz"] * 2 ** rng.normal(0, 0.5)
        clap = blocks.burst(rng, length, 0.01 + 0.2 * rng.uniform() * (index > 0), blocks.lowpass(colour, 1.0), -3.0)
        clap *= np.exp(blocks.drift(len(clap), rng, 2.5, 0.5) + blocks.drift(len(clap), rng, 9.0, 0.25))
        blocks.place(total, clap, at, rng.uniform(0.4, 1.0))
        crack = blocks.burst(rng, 0.12 + 0.2 * rng.uniform(), 0.002, blocks.band(1800, 4.0))
        crack *= np.exp(blocks.drift(len(crack), rng, 40.0, 0.8))
        blocks.place(total, crack, at, values["crack"] * rng.uniform(0.4, 1.5) * (index < 2))
    low = blocks.noise(n, rng, blocks.lowpass(90, 2.0), -3.0) * np.exp(blocks.drift(n, rng, 2.0, 0.6))
    return total + 0.4 * low * blocks.attack_decay(n, 0.05, 2 * values["rumble"])


def _wind(values: Values, n: int, rng: Rng) -> Floats:
    gusts = blocks.drift(n, rng, values["gust_rate"], 1.0) + blocks.drift(n, rng, 3 * values["gust_rate"], 0.3)
    level = np.exp(values["gusts"] * gusts)
    bright = 1 / (1 + np.exp(-1.5 * gusts))
    dark = blocks.noise(n, rng, blocks.band(values["body_hz"], 2.5), -2.0)
    light = blocks.noise(n, rng, blocks.band(2.8 * values["body_hz"], 2.0))
    total = dark * (1.2 - bright) + light * bright
    for index in range(3):  # a gap or a wire whistles at a pitch that follows the speed of the air
        pitch = values["whistle_hz"] * (1 + 0.45 * index) * np.exp(0.25 * gusts + blocks.drift(n, rng, 0.7, 0.05))
        wobble = np.cumsum(blocks.noise(n, rng, blocks.lowpass(25, 1.0))) * 0.004
        tone = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ + wobble)
        total += values["whistle"] * tone * bright**2 / (1 + index) * np.exp(blocks.drift(n, rng, 1.0, 0.5))
    return total * level


def _sea(values: Values, n: int, rng: Rng) -> Floats:
    seconds = n / SAMPLE_RATE_HZ
    period = values["period"]
    surge = np.zeros(n)
    edge, late = np.zeros(n), np.zeros(n)
    start = -rng.uniform(0.2, 1.0) * period
    while start < seconds:
        this = period * rng.uniform(0.7, 1.4)
        rise, fall = this * rng.uniform(0.25, 0.5), this * rng.uniform(0.6, 1.1)
        t = blocks.times(n) - start
        wave = np.where(t < rise, np.clip(t / rise, 0, 1) ** 2, np.exp(-2.2 * (t - rise) / fall)) * (t > 0)
        height = rng.uniform(0.5, 1.2)
        surge += height * wave
        edge += height * np.exp(-0.5 * ((t - rise) / (0.35 * rise)) ** 2) + 0.3 * height * wave
        late += rng.uniform(0.3, 1.2) * height * np.exp(-0.5 * ((t - rise - 0.5 * fall) / (0.5 * fall)) ** 2)  # it hisses as it runs back
        start += this
    calm = 1 - values["swell"]
    roll = blocks.noise(n, rng, blocks.lowpass(values["roll_hz"], 1.2), -3.0) * (calm + surge) * np.exp(blocks.drift(n, rng, 1.5, 0.2))
    foam = blocks.noise(n, rng, blocks.band(values["foam_hz"], 2.6)) * (0.5 * calm + edge) * np.exp(blocks.drift(n, rng, 4.0, 0.25))
    fizz = blocks.scatter(
        n, rng, [blocks.burst(rng, 0.004, 0.0004, blocks.band(5000, 1.5)) for _ in range(3)], 400.0, 6.0, density=0.05 + edge
    )
    hiss = blocks.noise(n, rng, blocks.band(min(2.2 * values["foam_hz"], 11_000), 2.0)) * late
    return roll + values["foam"] * (foam + 0.6 * fizz + 0.4 * hiss)


def _water(values: Values, n: int, rng: Rng) -> Floats:
    flow = blocks.noise(n, rng, blocks.band(values["flow_hz"], 3.0)) * np.exp(blocks.drift(n, rng, 3.0, 0.35)) * values["flow"]
    bubbles = np.zeros(n)
    for at in blocks.pulses(n, rng, 1 / values["bubbles"], 0.7):
        pitch = values["bubble_hz"] * 2 ** rng.normal(0, 0.7)
        length = min(0.25, 12 / pitch * rng.uniform(0.7, 3.0))
        t = blocks.times(max(int(length * SAMPLE_RATE_HZ), 64))
        rise = 1 + rng.uniform(0.5, 4.0) * t  # a bubble's pitch rises as it nears the surface (Minnaert 1933; van den Doel 2005)
        blocks.place(
            bubbles,
            np.sin(2 * np.pi * pitch * rise * t) * blocks.attack_decay(len(t), 0.002, length),
            float(at),
            10 ** rng.normal(-0.2, 0.35),
        )
    return flow + bubbles


def _fire(values: Values, n: int, rng: Rng) -> Floats:
    flame = blocks.noise(n, rng, blocks.lowpass(values["roar_hz"], 1.0), -3.0) * np.exp(
        blocks.drift(n, rng, 5.0, 0.4) + blocks.drift(n, rng, 0.8, 0.3)
    )
    hiss = blocks.noise(n, rng, blocks.band(5500, 2.5)) * np.exp(blocks.drift(n, rng, 1.5, 0.7))
    activity = np.exp(blocks.drift(n, rng, 1.2, 1.0))
    grains = []
    for _ in range(6):
        pitch = values["crackle_hz"] * 2 ** rng.normal(0, 0.8)
        grains.append(blocks.burst(rng, 0.002 + 0.012 * rng.uniform() ** 2, 0.0003, blocks.band(pitch, 1.6)))
    crackle = blocks.scatter(n, rng, grains, values["crackles"], 7.0, density=activity)
    pops = blocks.scatter(
        n, rng, [blocks.burst(rng, 0.05, 0.0005, blocks.band(700, 3.0)) for _ in range(3)], values["pops"], 5.0, density=activity
    )
    return flame + values["hiss"] * hiss + values["crackle"] * crackle + 1.5 * values["crackle"] * pops


_GUSTS = Parameter("gusts", "nepers", 0.03, 0.8, "how much the level wanders", typical=0.4, axes={"wild": 1})

CLASSES = (
    EffectClass(
        "rain",
        "Rain",
        (
            Parameter("wash_hz", "Hz", 200, 4000, "centre of the distant wash", log=True, axes={"bright": 1}),
            Parameter("hiss_hz", "Hz", 3000, 14000, "centre of the near hiss", log=True, axes={"bright": 1}),
            Parameter("hiss", "x", 0.05, 2.0, "level of the near hiss", log=True, axes={"bright": 0.5}),
            Parameter("drops", "1/s", 8, 900, "single drops heard", log=True, axes={"weight": 1}),
            Parameter("drop_hz", "Hz", 500, 8000, "pitch of a drop", log=True, axes={"size": -1, "metal": 0.5}),
            Parameter("drop_level", "dB", -24, 10, "level of the drops over the wash", axes={"weight": 0.7}),
            Parameter("splash", "x", 0.0, 1.0, "length and ring of a drop: on leaves, in a puddle", axes={"wet": 1, "metal": 1}),
            _GUSTS,
            Parameter("gust_rate", "Hz", 0.1, 2.0, "how fast it wanders", log=True),
        ),
        _rain,
        (3.0, 8.0),
        True,
        (4.0, 8.0),
    ),
    EffectClass(
        "thunder",
        "Thunder",
        (
            Parameter("claps", "1", 1, 6, "claps in three seconds", axes={"wild": 1, "speed": 0.5}),
            Parameter("rumble", "s", 1.0, 6.0, "how long a clap rolls", log=True, axes={"length": 1}),
            Parameter("cutoff_hz", "Hz", 60, 900, "brightness of the rumble", log=True, axes={"bright": 1, "size": -0.5}),
            Parameter("crack", "x", 0.02, 3.0, "the sharp crack of a near strike", log=True, axes={"near": 1, "sharp": 1}),
        ),
        _thunder,
        (3.0, 6.0),
    ),
    EffectClass(
        "wind",
        "Wind",
        (
            Parameter("body_hz", "Hz", 90, 900, "centre of the body", log=True, axes={"bright": 1, "size": -0.7}),
            Parameter("whistle_hz", "Hz", 250, 1400, "lowest whistling pitch", log=True, axes={"bright": 0.5}),
            Parameter("whistle", "x", 0.0, 0.8, "how much it whistles", typical=0.25, axes={"howl": 1}),
            Parameter("gusts", "nepers", 0.1, 1.0, "how much the level wanders", axes={"wild": 1}),
            Parameter("gust_rate", "Hz", 0.1, 1.2, "how fast it wanders", log=True, axes={"speed": 1}),
        ),
        _wind,
        (3.0, 8.0),
        True,
        (4.0, 8.0),
    ),
    EffectClass(
        "sea",
        "Sea waves",
        (
            Parameter("period", "s", 2.5, 12, "time between waves", log=True, axes={"size": 0.7, "speed": -1}),
            Parameter("swell", "x", 0.2, 1.0, "how much waves stand out of the roll", axes={"wild": 1}),
            Parameter("roll_hz", "Hz", 150, 2500, "brightness of the roll", log=True, axes={"size": -0.7, "bright": 0.7}),
            Parameter("foam_hz", "Hz", 900, 8000, "centre of the foam", log=True, axes={"bright": 1}),
            Parameter("foam", "x", 0.05, 1.5, "level of the breaking edge", log=True, axes={"near": 1, "sharp": 0.5}),
        ),
        _sea,
        (4.0, 12.0),
        True,
        (6.0, 10.0),
    ),
    EffectClass(
        "water",
        "Running water",
        (
            Parameter("flow_hz", "Hz", 300, 6000, "centre of the flow", log=True, axes={"bright": 1, "size": -0.5}),
            Parameter("flow", "x", 0.02, 1.5, "level of the flow", log=True, axes={"weight": 1, "speed": 0.5}),
            Parameter("bubbles", "1/s", 2, 120, "bubbles", log=True, axes={"speed": 1, "wet": 0.5}),
            Parameter("bubble_hz", "Hz", 250, 3000, "pitch of a bubble", log=True, axes={"size": -1}),
        ),
        _water,
        (2.0, 8.0),
        True,
        (4.0, 8.0),
    ),
    EffectClass(
        "fire",
        "Fire",
        (
            Parameter("roar_hz", "Hz", 60, 900, "brightness of the flames", log=True, axes={"size": -0.5, "bright": 0.5}),
            Parameter("hiss", "x", 0.005, 0.5, "escaping gas", log=True, axes={"wet": 1, "bright": 0.5}),
            Parameter("crackles", "1/s", 4, 250, "crackles", log=True, axes={"wild": 1, "speed": 0.5}),
            Parameter("crackle_hz", "Hz", 900, 9000, "pitch of a crackle", log=True, axes={"size": -1}),
            Parameter("crackle", "x", 0.3, 8.0, "level of the crackles", log=True, axes={"near": 0.7, "sharp": 1}),
            Parameter("pops", "1/s", 0.1, 8.0, "pops of larger pieces", log=True, axes={"size": 0.5}),
        ),
        _fire,
        (3.0, 8.0),
        True,
        (4.0, 8.0),
    ),
)
