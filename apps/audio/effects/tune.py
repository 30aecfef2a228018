"""After the fit: how far each class may stray, so that its sounds are of the class and yet no clip's copy.

    python -m apps.audio.effects.tune --data FOLDER [--draws 12] [--price 0.8]

Only the training split is heard. For each class the variety of the colour, the fraction of the way to the class's spectrum and the
temperature are chosen in turn: what has the most of (chance that a guide gives the sound to its class) - price x (nearness to copies of
training clips, a smooth count of log-mel correlations above .9). The guide is a classifier trained on the training split with another
seed than the fit's. All settings of a class are judged by the same random draws. It takes about 2 CPU-minutes and rewrites the weights.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from apps.audio.effects.classifier import Array, Judge
from apps.audio.effects.hearing import features, log_mel, picture, read_clips
from apps.audio.effects.judge import COPY, hear
from apps.audio.effects.parameters import WEIGHTS, ClassModel, draw, fitted_model, render_draw, save_models
from apps.audio.effects.synthesis import SAMPLE_RATE_HZ
from shared.errors import SextantError

__all__ = ["choose", "main"]

CHOICES = {"variety": (1.0, 0.5, 1.6), "match": (1.0, 0.6), "temperature": (1.0, 0.7, 1.3)}
SOFTNESS = 0.02
"""Of the count of copies: a correlation of .9 counts half, .94 counts .88."""
LONGEST_S = 4.0
SEED = 7


def measure(kind: str, model: ClassModel, guide: Judge, pictures: Array, draws: int) -> tuple[float, float]:
    """(mean chance that the guide gives to the class, smooth share of copies) of `draws` sounds."""
    rows, seen = [], []
    for place in range(draws):
        rng = np.random.default_rng([SEED, place])
        drawn = draw(kind, rng, model=model)
        signal = render_draw(kind, drawn, rng, min(drawn.duration_s, LONGEST_S))
        rows.append(features(signal, SAMPLE_RATE_HZ))
        seen.append(picture(log_mel(signal, SAMPLE_RATE_HZ)))
    nearest = (np.stack(seen) @ pictures.T).max(axis=1)
    own = guide.chances(np.stack(rows))[:, guide.kinds.index(kind)]
    return float(own.mean()), float((1 / (1 + np.exp((COPY - nearest) / SOFTNESS))).mean())


def choose(kind: str, model: ClassModel, guide: Judge, pictures: Array, *, draws: int, price: float) -> tuple[ClassModel, str]:
    """The model with its best settings, and a line that says what they are."""
    first = found = measure(kind, model, guide, pictures, draws)
    for name, choices in CHOICES.items():
        if name == "match" and model.spectrum is None:
            continue
        for value in choices[1:]:
            setting: dict[str, Any] = {name: value}
            other = replace(model, **setting)
            got = measure(kind, other, guide, pictures, draws)
            if got[0] - price * got[1] > found[0] - price * found[1]:
                model, found = other, got
    chosen = ", ".join(f"{name} {getattr(model, name)}" for name in CHOICES)
    return model, f"{kind}: {chosen}; own class {first[0]:.2f} -> {found[0]:.2f}, copies {first[1]:.2f} -> {found[1]:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Choose for every class, then write the weights."""
    parser = argparse.ArgumentParser(prog="python -m apps.audio.effects.tune", description="Choose how far effects stray from the clips.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=12, help="sounds for each setting")
    parser.add_argument("--price", type=float, default=0.8, help="what a copy costs, in sounds given to their class")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    try:
        heard = hear([clip for clip in read_clips(options.data) if clip.split == "train"], pieces=4)
    except SextantError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    guide = Judge(heard.features, heard.kinds, SEED)
    pictures = heard.pictures[::5]  # pieces have their clip's picture
    models = {}
    for kind in guide.kinds:
        plain = replace(fitted_model(kind), variety=1.0, match=1.0, temperature=1.0)
        models[kind], note = choose(kind, plain, guide, pictures, draws=options.draws, price=options.price)
        print(note, flush=True)
    save_models(models, options.weights)
    print(f"{options.weights}; {time.process_time():.0f} CPU-seconds in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
