"""Laser, user-interface tones, whoosh and alarm: sounds that were made by a circuit or by air."""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Parameter, Rng, Values

__all__ = ["CLASSES"]


def _laser(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, values["spacing"], 0.05)[: max(1, int(values["shots"]))]:
        length = max(int(min(1.1 * values["length"], n / SAMPLE_RATE_HZ) * SAMPLE_RATE_HZ), 480)
        t = blocks.times(length)
        fall = 2 ** (values["fall"] * np.exp(-t / (values["bend"] * values["length"])) - values["fall"] * 0.5)
        wobble = 2 ** (values["wobble"] * np.sin(2 * np.pi * values["wobble_hz"] * t + rng.uniform(0, 6.28)))
        pitch = np.clip(values["pitch_hz"] * 2 ** rng.normal(0, 0.05) * fall * wobble, 30, 14_000)
        phase = np.cumsum(2 * np.pi * pitch / SAMPLE_RATE_HZ)
        tone = np.sin(phase + values["fm"] * np.sin(phase * values["fm_ratio"])) + values["buzz"] * blocks.train(pitch, 30)
        hiss = blocks.noise(length, rng, blocks.band(float(np.median(pitch)) * 2, 3.0)) * np.exp(blocks.drift(length, rng, 20.0, 0.3))
        blocks.place(
            total, (tone + values["noise"] * hiss) * blocks.attack_decay(length, values["attack"], 1.3 * values["length"]), float(at)
        )
        blocks.place(total, blocks.burst(rng, 0.15, 0.001, blocks.band(150, 2.5)), float(at), values["thump"])
    return total


def _interface(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    notes = max(1, int(values["notes"]))
    for index in range(notes):
        pitch = values["pitch_hz"] * 2 ** (values["step"] * index / 12)
        length = values["ring"] if index == notes - 1 else min(values["ring"], 2.5 * values["spacing"])
        size = max(int(length * SAMPLE_RATE_HZ), 240)
        glide = 2 ** (values["glide"] * blocks.times(size) / length)
        phase = np.cumsum(2 * np.pi * pitch * glide / SAMPLE_RATE_HZ) + rng.uniform(0, 6.28)
        partials = (
            np.sin(phase)
            + values["metal"] * (0.6 * np.sin(2.76 * phase) + 0.4 * np.sin(5.4 * phase))
            + values["square"] * np.sign(np.sin(phase)) * 0.5
        )
        at = index * values["spacing"]
        blocks.place(total, partials * blocks.attack_decay(size, values["attack"], length), at, rng.uniform(0.9, 1.0))
        blocks.place(total, blocks.burst(rng, 0.012, 0.0003, blocks.band(min(4 * pitch, 9000), 2.5)), at, values["click"])
    return total


def _whoosh(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    for at in blocks.pulses(n, rng, 1.5 * values["length"], 0.15):
        length = max(int(min(values["length"] * rng.uniform(0.85, 1.15), n / SAMPLE_RATE_HZ) * SAMPLE_RATE_HZ), 960)
        t = np.arange(length) / length
        swell = np.exp(-0.5 * ((t - values["peak"]) / np.where(t < values["peak"], 0.5 * values["peak"], 0.35 * (1 - values["peak"]))) ** 2)
        swell *= np.minimum(t / 0.02, 1) * np.minimum((1 - t) / 0.05, 1)
        made = np.zeros(length)
        for index in range(4):  # bands an octave apart take turns: the pitch of passing air rises and falls with its speed
            level = np.exp(-2.0 * (index - 3 * values["sweep"] * swell) ** 2 / 1.5)
            made += blocks.noise(length, rng, blocks.band(values["low_hz"] * 2**index, values["width"])) * level
        tone = np.sin(np.cumsum(2 * np.pi * values["low_hz"] * 2 ** (1.5 * swell) / SAMPLE_RATE_HZ))
        blocks.place(
            total, (made + values["tone"] * tone) * swell * np.exp(blocks.drift(length, rng, 14.0, 0.2)), float(at), rng.uniform(0.8, 1.0)
        )
    return total


def _alarm(values: Values, n: int, rng: Rng) -> Floats:
    t = blocks.times(n)
    rate = values["rate_hz"] * (1 + blocks.drift(n, rng, 0.3, 0.01))
    phase = np.cumsum(rate) / SAMPLE_RATE_HZ + rng.uniform(0, 1) * values["wail"]
    turn = phase % 1.0
    stepped, smooth = (turn > 0.5) * 1.0, 0.5 - 0.5 * np.cos(2 * np.pi * turn)
    path = values["wail"] * smooth + (1 - values["wail"]) * stepped
    pitch = values["pitch_hz"] * 2 ** (values["interval"] * path + blocks.drift(n, rng, 3.0, 0.004))
    gate = 1 - values["pulse"] * (1 / (1 + np.exp(-40 * (turn - values["duty"]))))
    reed = blocks.train(pitch, 60) + 0.7 * blocks.train(pitch * values["chord"], 60)
    horn = blocks.shape(
        reed, blocks.formants([(values["horn_hz"] * r, 0.5 * values["horn_hz"], 1 / (1 + k)) for k, r in enumerate((1.0, 2.1, 3.4))], 0.05)
    )
    horn /= np.sqrt(np.mean(horn**2)) + 1e-9
    pure = np.sin(np.cumsum(2 * np.pi * pitch / SAMPLE_RATE_HZ))
    made = (values["buzz"] * horn + (1 - values["buzz"]) * 1.4 * pure) * gate * np.exp(blocks.drift(n, rng, 4.0, 0.08))
    air = blocks.noise(n, rng, blocks.band(values["horn_hz"] * 2, 2.0)) * gate
    return (made + values["air"] * air) * np.minimum(t / 0.02, 1) * blocks.curve(n, [(0, 1), (0.93, 1), (1, values["ends"])])


CLASSES = (
    EffectClass(
        "laser",
        "Laser",
        (
            Parameter("pitch_hz", "Hz", 120, 4000, "middle pitch", log=True, axes={"size": -1, "bright": 0.5}),
            Parameter("fall", "octaves", -2.0, 4.5, "how far the pitch falls", typical=0.6, axes={"rise": -1}),
            Parameter("bend", "1", 0.05, 1.0, "how soon it falls", log=True),
            Parameter("length", "s", 0.06, 1.6, "length of a shot", log=True, axes={"length": 1, "size": 0.5}),
            Parameter("attack", "s", 0.001, 0.2, "rise of a shot", log=True, typical=0.25, axes={"sharp": -1}),
            Parameter("wobble", "octaves", 0.0, 0.5, "depth of the vibrato", typical=0.2, axes={"wild": 1}),
            Parameter("wobble_hz", "Hz", 5, 90, "its rate", log=True),
            Parameter("fm", "rad", 0.0, 6.0, "frequency modulation", typical=0.25, axes={"metal": 1}),
            Parameter("fm_ratio", "ratio", 0.25, 4.0, "its ratio", log=True),
            Parameter("buzz", "x", 0.01, 1.5, "pulse wave", log=True, axes={"rough": 1}),
            Parameter("noise", "x", 0.01, 2.0, "hiss", log=True, axes={"air": 1}),
            Parameter("thump", "x", 0.01, 2.0, "kick of the weapon", log=True, axes={"weight": 1}),
            Parameter("shots", "1", 1, 6, "shots at most", typical=0.1, axes={"repeat": 1}),
            Parameter("spacing", "s", 0.07, 0.5, "between shots", log=True, axes={"speed": -1}),
        ),
        _laser,
        (0.4, 1.5),
    ),
    EffectClass(
        "ui_coin",
        "Coin, click, notification",
        (
            Parameter("pitch_hz", "Hz", 250, 4500, "pitch of the first note", log=True, axes={"size": -1, "bright": 0.7}),
            Parameter("notes", "1", 1, 5, "notes", typical=0.3, axes={"repeat": 1}),
            Parameter("step", "semitones", -7, 9, "from note to note", typical=0.6, axes={"rise": 1}),
            Parameter("spacing", "s", 0.03, 0.18, "between notes", log=True, axes={"speed": -1}),
            Parameter("ring", "s", 0.02, 1.0, "time of the last note to fall by 60 dB", log=True, axes={"length": 1}),
            Parameter("attack", "s", 0.0005, 0.03, "rise", log=True, typical=0.3, axes={"sharp": -1, "soft": 1}),
            Parameter("glide", "octaves", -1.5, 1.5, "glide within a note", axes={"rise": 0.5}),
            Parameter("metal", "x", 0.005, 1.0, "partials of a bar: a coin", log=True, axes={"metal": 1}),
            Parameter("square", "x", 0.005, 1.5, "square wave: an old console", log=True, typical=0.4, axes={"retro": 1}),
            Parameter("click", "x", 0.01, 1.5, "click at the onset", log=True, axes={"sharp": 1}),
        ),
        _interface,
        (0.2, 0.9),
    ),
    EffectClass(
        "whoosh",
        "Whoosh",
        (
            Parameter("length", "s", 0.12, 2.5, "length of a pass", log=True, axes={"length": 1, "speed": -1, "size": 0.5}),
            Parameter("low_hz", "Hz", 100, 1600, "lowest band", log=True, axes={"size": -1, "weight": -0.5, "bright": 0.7}),
            Parameter("width", "octaves", 0.5, 2.5, "width of a band", axes={"howl": -1}),
            Parameter("sweep", "1", 0.2, 1.0, "how far the bands move", axes={"speed": 0.5}),
            Parameter("peak", "1", 0.2, 0.8, "where the pass is nearest"),
            Parameter("tone", "x", 0.0, 0.6, "whistle", typical=0.15, axes={"howl": 1}),
        ),
        _whoosh,
        (0.3, 1.2),
    ),
    EffectClass(
        "alarm",
        "Alarm, siren, horn",
        (
            Parameter("pitch_hz", "Hz", 180, 2500, "lower pitch", log=True, axes={"size": -1, "bright": 0.4}),
            Parameter("interval", "octaves", 0.0, 1.2, "between the lower and the upper pitch", axes={"wild": 0.5}),
            Parameter("rate_hz", "Hz", 0.15, 6.0, "turns a second", log=True, axes={"speed": 1}),
            Parameter("wail", "1", 0.0, 1.0, "steps to glides: two-tone horn to siren", axes={"howl": 1}),
            Parameter("pulse", "1", 0.0, 1.0, "silence between tones", axes={"repeat": 1}),
            Parameter("duty", "1", 0.3, 0.9, "part of a turn that sounds"),
            Parameter("buzz", "1", 0.0, 1.0, "electronic tone to horn", axes={"rough": 1}),
            Parameter("chord", "ratio", 1.0, 1.5, "second reed of the horn", typical=0.3),
            Parameter("horn_hz", "Hz", 300, 3000, "resonance of the horn", log=True, axes={"bright": 1, "size": -0.5}),
            Parameter("air", "x", 0.005, 0.5, "breath or steam", log=True, axes={"air": 1}),
            Parameter("ends", "1", 0.0, 1.0, "whether it fades at the end", typical=0.7),
        ),
        _alarm,
        (1.0, 4.0),
        True,
        (4.0, 8.0),
    ),
)
