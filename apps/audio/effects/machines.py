"""Engine, helicopter, chainsaw, drone: pulse trains and rotors that never turn quite evenly."""

from __future__ import annotations

import numpy as np

from apps.audio.effects import blocks
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Parameter, Rng, Values

__all__ = ["CLASSES"]


def _revs(n: int, rng: Rng, rate_hz: float, unsteady: float, sweep: float) -> Floats:
    """(n,) turns a second: wandering, jittering from turn to turn, and speeding up or down by the factor 2^sweep."""
    path = (
        blocks.drift(n, rng, 0.4, 0.03 + 2.5 * unsteady) + blocks.drift(n, rng, 6.0, unsteady) + blocks.drift(n, rng, 25.0, 0.5 * unsteady)
    )
    slope = sweep * np.linspace(-0.5, 0.5, n)
    return rate_hz * np.exp(path) * 2**slope


def _engine(values: Values, n: int, rng: Rng) -> Floats:
    revs = _revs(n, rng, values["rate_hz"], values["unsteady"], values["sweep"])
    firing = blocks.train(revs, 120)
    cylinders = 1 + values["lumpy"] * np.sin(np.cumsum(2 * np.pi * revs / SAMPLE_RATE_HZ) / 4 + rng.uniform(0, 6.28))
    body = blocks.formants([(values["body_hz"] * (1 + 1.3 * k), 0.5 * values["body_hz"], 1 / (1 + k)) for k in range(4)], 0.05)
    exhaust = blocks.shape(
        firing * cylinders * np.exp(blocks.drift(n, rng, 8.0, 0.25)), lambda f: body(f) * blocks.lowpass(values["cutoff_hz"], 0.8)(f)
    )
    exhaust /= np.sqrt(np.mean(exhaust**2)) + 1e-9
    gate = 0.35 + np.maximum(np.sin(np.cumsum(2 * np.pi * revs / SAMPLE_RATE_HZ)), 0)
    air = blocks.noise(n, rng, blocks.band(values["air_hz"], 3.5)) * gate * np.exp(blocks.drift(n, rng, 3.0, 0.3))
    whine = np.sin(np.cumsum(2 * np.pi * revs * values["gear"] / SAMPLE_RATE_HZ)) * np.exp(blocks.drift(n, rng, 2.0, 0.6))
    rumble = blocks.noise(n, rng, blocks.lowpass(120, 1.5), -3.0) * np.exp(blocks.drift(n, rng, 3.0, 0.4))
    return exhaust + values["air"] * air + values["whine"] * whine + 0.3 * rumble


def _helicopter(values: Values, n: int, rng: Rng) -> Floats:
    revs = _revs(n, rng, values["blade_hz"], 0.01, 0.05 * rng.standard_normal())
    phase = np.cumsum(2 * np.pi * revs / SAMPLE_RATE_HZ)
    chop = np.exp(values["slap"] * (np.cos(phase) - 1)) * (1 + 0.25 * np.cos(phase / 2 + 1)) * np.exp(blocks.drift(n, rng, 5.0, 0.25))
    blade = blocks.noise(n, rng, blocks.lowpass(values["cutoff_hz"], 1.0), -2.0) * chop
    thump = blocks.shape(np.cos(phase) * chop, blocks.lowpass(110, 2.0))
    turbine = blocks.noise(n, rng, blocks.band(values["turbine_hz"], 1.5)) * np.exp(blocks.drift(n, rng, 1.0, 0.3))
    tone = np.sin(np.cumsum(2 * np.pi * values["turbine_hz"] * (1 + blocks.drift(n, rng, 0.7, 0.01)) / SAMPLE_RATE_HZ))
    passing = np.exp(blocks.drift(n, rng, 0.2, 0.4))
    return (2.0 * blade + values["thump"] * thump + values["turbine"] * (turbine + 0.3 * tone)) * passing


def _chainsaw(values: Values, n: int, rng: Rng) -> Floats:
    throttle = 1 / (1 + np.exp(-3 * (blocks.drift(n, rng, values["bursts_hz"], 1.2) + values["throttle"])))
    revs = values["rate_hz"] * (0.45 + 0.9 * throttle) * np.exp(blocks.drift(n, rng, 12.0, 0.03) + blocks.drift(n, rng, 60.0, 0.02))
    buzz = blocks.shape(
        blocks.train(revs, 90), blocks.formants([(700, 500, 1.0), (1900, 900, 0.8), (3400, 1600, 0.7), (6000, 3000, 0.4)], 0.08)
    )
    buzz /= np.sqrt(np.mean(buzz**2)) + 1e-9
    chain = blocks.noise(n, rng, blocks.band(values["chain_hz"], 2.5)) * (0.15 + throttle) * np.exp(blocks.drift(n, rng, 20.0, 0.3))
    return buzz * (0.3 + throttle) + values["chain"] * chain + 0.2 * blocks.noise(n, rng, blocks.lowpass(200, 1.5), -3.0)


def _drone(values: Values, n: int, rng: Rng) -> Floats:
    total = np.zeros(n)
    t = blocks.times(n)
    for index in range(7):
        ratio = (1, 1.005, 1.5, 2, 2.01, 3, 4)[index]
        detune = 1 + 0.004 * rng.standard_normal()
        level = np.exp(blocks.drift(n, rng, values["motion_hz"], 0.7)) / (1 + 0.5 * index) ** (1.2 - values["bright"])
        total += level * np.sin(2 * np.pi * values["pitch_hz"] * ratio * detune * t + rng.uniform(0, 6.28) + blocks.drift(n, rng, 0.5, 0.6))
    air = blocks.noise(n, rng, blocks.band(values["air_hz"], 1.6)) * np.exp(blocks.drift(n, rng, values["motion_hz"], 0.6))
    grit = blocks.shape(np.tanh(3 * total), blocks.band(4 * values["pitch_hz"], 3.0))
    return total + values["air"] * air + values["grit"] * grit


CLASSES = (
    EffectClass(
        "engine",
        "Engine",
        (
            Parameter("rate_hz", "Hz", 12, 220, "firings a second", log=True, axes={"speed": 1, "size": -0.7}),
            Parameter("unsteady", "nepers", 0.003, 0.06, "jitter of the turns", log=True, axes={"wild": 1}),
            Parameter("lumpy", "x", 0.0, 0.9, "difference between cylinders", axes={"wild": 0.7}),
            Parameter("sweep", "octaves", -1.2, 1.2, "revving down or up", axes={"rise": 1}),
            Parameter("body_hz", "Hz", 60, 500, "resonance of the exhaust", log=True, axes={"size": -1}),
            Parameter("cutoff_hz", "Hz", 200, 8000, "brightness", log=True, axes={"bright": 1, "near": 0.3}),
            Parameter("air", "x", 0.02, 3.0, "intake and jet noise", log=True, axes={"air": 1}),
            Parameter("air_hz", "Hz", 300, 6000, "its centre", log=True, axes={"bright": 0.5}),
            Parameter("whine", "x", 0.002, 0.5, "gear and turbine whine", log=True, axes={"howl": 1, "metal": 0.5}),
            Parameter("gear", "ratio", 4, 40, "teeth: pitch of the whine over the firing rate", log=True),
        ),
        _engine,
        (2.5, 8.0),
        True,
        (4.0, 8.0),
    ),
    EffectClass(
        "helicopter",
        "Helicopter",
        (
            Parameter("blade_hz", "Hz", 8, 32, "blades a second", log=True, axes={"speed": 1, "size": -0.7}),
            Parameter("slap", "power", 0.3, 6.0, "sharpness of each blade", log=True, axes={"sharp": 1, "near": 0.5}),
            Parameter("cutoff_hz", "Hz", 150, 5000, "brightness of the blades", log=True, axes={"bright": 1}),
            Parameter("thump", "x", 0.05, 3.0, "low thump", log=True, axes={"weight": 1}),
            Parameter("turbine_hz", "Hz", 700, 7000, "pitch of the turbine", log=True),
            Parameter("turbine", "x", 0.01, 1.5, "its level", log=True, axes={"howl": 1, "near": 0.3}),
        ),
        _helicopter,
        (3.0, 8.0),
        True,
        (4.0, 8.0),
    ),
    EffectClass(
        "chainsaw",
        "Chainsaw",
        (
            Parameter("rate_hz", "Hz", 50, 260, "firings a second", log=True, axes={"speed": 1, "size": -0.7}),
            Parameter("throttle", "1", -1.5, 2.0, "idle to full throttle", axes={"wild": 0.5}),
            Parameter("bursts_hz", "Hz", 0.1, 1.5, "how often the throttle changes", log=True, axes={"repeat": 1}),
            Parameter("chain", "x", 0.05, 2.0, "the chain's noise", log=True, axes={"sharp": 0.7}),
            Parameter("chain_hz", "Hz", 1500, 9000, "its centre", log=True, axes={"bright": 1}),
        ),
        _chainsaw,
        (3.0, 8.0),
        True,
        (4.0, 8.0),
    ),
    EffectClass(
        "drone",
        "Ambient drone",
        (
            Parameter("pitch_hz", "Hz", 35, 300, "lowest tone", log=True, axes={"size": -1, "bright": 0.4}),
            Parameter("motion_hz", "Hz", 0.05, 1.0, "how fast partials come and go", log=True, axes={"speed": 1}),
            Parameter("bright", "power", 0.0, 1.0, "level of the upper partials", axes={"bright": 1}),
            Parameter("air", "x", 0.01, 1.0, "breathing noise", log=True, axes={"air": 1}),
            Parameter("air_hz", "Hz", 200, 4000, "its centre", log=True, axes={"bright": 0.5}),
            Parameter("grit", "x", 0.0, 1.0, "distortion", typical=0.3, axes={"wild": 1, "metal": 0.5}),
        ),
        _drone,
        (3.0, 10.0),
        True,
        (6.0, 12.0),
    ),
)
