"""The chorale model's figures: likelihood of the tunes it never saw, and pieces written from their metre, fermatas and key.

python -m apps.audio.chorales.benchmark --data chorales.npz --weights RUN/chorales.safetensors --out FOLDER
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from apps.audio.chorales.cases import likelihood
from apps.audio.chorales.chorale import STEPS_A_QUARTER, Chorale, Collection
from apps.audio.chorales.metrics import figures
from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.sampling import Commission, voices_given, write

__all__ = ["KINDS", "likelihoods", "load", "main", "written"]

KINDS = {"free": ((), False), "soprano given": ((0,), False), "free, guide": ((), True), "soprano given, guide": ((0,), True)}
"""What is given, and whether the rule guide is on."""
QUARTERS_A_MINUTE = 80


def load(path: Path) -> ChoraleNetwork:
    """The network of a weights file (float16 or a checkpoint of training), in float32."""
    from safetensors.torch import load_file

    found = {name.removeprefix("network."): value.float() for name, value in load_file(path).items() if not name.startswith("optimiser.")}
    network = ChoraleNetwork()
    network.load_state_dict(found)
    return network.eval()


def likelihoods(network: ChoraleNetwork, pieces: Sequence[Chorale]) -> dict[str, dict[str, float]]:
    """Nats a 16th of a voice, and an onset: nothing given, the soprano, the bass, the outer voices."""
    cases = {"free": (), "soprano given": (0,), "bass given": (3,), "outer voices given": (0, 3)}
    return {name: likelihood(network, pieces, voices) for name, voices in cases.items()}


def written(
    network: ChoraleNetwork, templates: Sequence[Chorale], voices: Sequence[int], *, guide: bool, temperature: float = 1.0
) -> tuple[list[Chorale], float]:
    """A piece for each template, seeds 0, 1, ..., and seconds of music (at 80 quarters a minute) per CPU second."""
    began = time.process_time()
    pieces = [
        write(network, Commission(template, voices_given(template, voices), temperature, seed, guide)).chorale
        for seed, template in enumerate(templates)
    ]
    seconds = sum(map(len, pieces)) / STEPS_A_QUARTER * 60 / QUARTERS_A_MINUTE
    return pieces, seconds / (time.process_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the chorale model.")
    parser.add_argument("--data", type=Path, required=True, help="what derive.py wrote")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for figures.json and the written pieces")
    parser.add_argument("--pieces", type=int, default=40)
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    collection, network = Collection.load(arguments.data), load(arguments.weights)
    train, test = collection.part("train"), collection.part("test")
    templates = (test + collection.part("valid"))[: arguments.pieces]
    found: dict[str, object] = {"likelihood": likelihoods(network, test), "held-out Bach": figures(test, train)}
    print(json.dumps(found, indent=1), flush=True)
    for kind in arguments.kinds:
        voices, guide = KINDS[kind]
        pieces, speed = written(network, templates, voices, guide=guide, temperature=arguments.temperature)
        Collection.of(pieces).save(arguments.out / f"{kind.replace(', ', '-').replace(' ', '-')}.npz")
        found[kind] = {**figures(pieces, train), "times_real_time": speed}
        print(kind, json.dumps(found[kind]), flush=True)
    (arguments.out / "figures.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
