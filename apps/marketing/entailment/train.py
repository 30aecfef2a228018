"""How the adapters and the head were trained, on labelled claims of the development sets; the base stays as it came.

    python -m apps.marketing.entailment.train tests/apps/marketing/claims --out RUN [--without w7 w11] [--minutes 30]

Stop it when you like; started again with the same folder, it goes on. The weights (float16) end up in RUN, and with --without also what the
network says of the parts that were left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn.utils import parametrize

from apps.marketing.entailment.model import Pair
from apps.marketing.entailment.network import MOST_TOKENS, Adapter, Encoder, Network, adapted_layers, load_base
from apps.marketing.entailment.plainly import plain_lines
from apps.marketing.entailment.statements import SHOWN, chosen, statements
from apps.marketing.sheet import Sheet
from shared.training import Plan, Trainer

__all__ = ["Examples", "export", "main", "read_examples"]

WEIGHTS, SCORES = "entailment.safetensors", "scores.json"
LABELS = ("supported", "contradicted", "unsupported")
EPOCHS, BATCH, NEIGHBOURS = 4, 16, 12
"""NEIGHBOURS: batches whose examples are sorted by length before they are cut, so that little is padding."""
LEARNING_RATE, SMOOTHING, SEED = 1e-3, 0.05, 1
HIDDEN, HIDDEN_STATEMENTS = 0.08, 3
"""The share of supported claims whose nearest statements are hidden: without them the same claim is unsupported."""


@dataclass(frozen=True)
class Example:
    """likeness: of the sentence's embedding and each statement's. part: the set of claims that it belongs to."""

    pair: Pair
    likeness: tuple[float, ...]
    label: int
    part: str

    def told(self, rng: random.Random | None = None, hidden: int = 0) -> str:
        """The statements as one text; in any order where there is a generator, without the nearest `hidden`."""
        places = chosen(self.pair.sentence, self.pair.statements, self.likeness, most=SHOWN + hidden)[hidden:]
        if rng is not None:
            rng.shuffle(places)
        return " ; ".join(self.pair.statements[at] for at in places)


class Examples:
    """The batches of a training: the same for a step, whenever it comes."""

    def __init__(self, examples: Sequence[Example], tokenizer: Any) -> None:
        self._examples, self._tokenizer = examples, tokenizer
        self._size = [len(each.pair.sentence) + len(each.told()) for each in examples]
        self._epoch, self._batches = -1, list[list[int]]()

    @property
    def batches_an_epoch(self) -> int:
        return -(-len(self._examples) // BATCH)

    def loss(self, network: nn.Module, step: int) -> Tensor:
        tokens, labels = self._batch(step)
        return nn.functional.cross_entropy(network(tokens), labels, label_smoothing=SMOOTHING)

    def _batch(self, step: int) -> tuple[dict[str, Tensor], Tensor]:
        epoch, at = divmod(step, self.batches_an_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._cut(epoch)
        rng = random.Random(f"{SEED}/{step}")
        sentences, told, labels = [], [], []
        for each in (self._examples[index] for index in self._batches[at]):
            hides = each.label == 0 and rng.random() < HIDDEN
            sentences.append(each.pair.sentence)
            told.append(each.told(rng, HIDDEN_STATEMENTS if hides else 0))
            labels.append(LABELS.index("unsupported") if hides else each.label)
        return _tokens(self._tokenizer, sentences, told), torch.tensor(labels)

    def _cut(self, epoch: int) -> list[list[int]]:
        rng = random.Random(f"{SEED}/{epoch}")
        order = rng.sample(range(len(self._examples)), len(self._examples))
        near = [sorted(order[at : at + BATCH * NEIGHBOURS], key=self._size.__getitem__) for at in range(0, len(order), BATCH * NEIGHBOURS)]
        cut = [each[at : at + BATCH] for each in near for at in range(0, len(each), BATCH)]
        rng.shuffle(cut)
        return cut


def _tokens(tokenizer: Any, sentences: Sequence[str], told: Sequence[str]) -> dict[str, Tensor]:
    return dict(
        tokenizer(list(sentences), list(told), padding=True, truncation="longest_first", max_length=MOST_TOKENS, return_tensors="pt")
    )


def read_examples(folder: Path, encoder: Encoder) -> list[Example]:
    """folder: `sheets.json` and `development.jsonl`, whose items have text, sheet, label and half (the part they belong to)."""
    sheets = {name: Sheet.model_validate(sheet) for name, sheet in json.loads((folder / "sheets.json").read_text("utf-8")).items()}
    items = [json.loads(line) for line in (folder / "development.jsonl").read_text("utf-8").splitlines()]
    items = _with_plain_lines(items, sheets)
    encoder.known(sorted({told for sheet in sheets.values() for told in statements(sheet)}, key=len))
    sentences: dict[str, Tensor] = {}
    texts = sorted({item["text"] for item in items}, key=len)
    for at in range(0, len(texts), 4 * BATCH):
        sentences.update(zip(texts[at : at + 4 * BATCH], encoder.embed(texts[at : at + 4 * BATCH]), strict=True))
    found = []
    for item in items:
        told = statements(sheets[item["sheet"]])
        likeness = encoder.known(told) @ sentences[item["text"]]
        found.append(Example(Pair(item["text"], told), tuple(likeness.tolist()), LABELS.index(item["label"]), item["half"]))
    return found


def _with_plain_lines(items: list[dict[str, str]], sheets: dict[str, Sheet]) -> list[dict[str, str]]:
    """The items and, for each sheet, plain lines as items of the part that the sheet belongs to."""
    parts = {item["sheet"]: item["half"] for item in items}
    rng = random.Random(SEED)
    plain = [
        {"sheet": name, "half": part, "text": text, "label": label}
        for name, part in parts.items()
        for text, label in plain_lines(sheets, name, rng)
    ]
    return [*items, *plain]


def adapted(base: Any, start: Path | None = None) -> Network:
    """The base with adapters on, which alone are trained with the head; fresh ones, or those of an earlier run's weights."""
    network = Network(base).requires_grad_(False)
    network.head.requires_grad_(True)
    for _, layer in list(adapted_layers(network.encoder)):
        parametrize.register_parametrization(layer, "weight", Adapter(*layer.weight.shape))
    if start is not None:
        earlier = load_file(start)
        with torch.no_grad():
            for name, tensor in _trained(network).items():
                tensor.copy_(earlier[name])
    return network


def _trained(network: Network) -> dict[str, Tensor]:
    """Adapters and head by their names in the weights file."""
    found: dict[str, Tensor] = {"head.weight": network.head.weight, "head.bias": network.head.bias}
    for name, layer in adapted_layers(network.encoder):
        adapter: Any = layer.parametrizations["weight"][0]  # type: ignore[index]
        found |= {f"{name}.a": adapter.a, f"{name}.b": adapter.b}
    return found


def export(network: Network, folder: Path, about: str) -> str:
    """Write adapters and head, float16, into the run's folder; returns their sha256."""
    tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in _trained(network).items()}
    content = save(tensors, metadata={"made": about})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@torch.inference_mode()
def scores(network: Network, tokenizer: Any, examples: Sequence[Example]) -> list[list[float]]:
    """(supported, contradicted, unsupported) of each."""
    found: list[list[float]] = []
    network.eval()
    for at in range(0, len(examples), 2 * BATCH):
        some = examples[at : at + 2 * BATCH]
        logits = network(_tokens(tokenizer, [each.pair.sentence for each in some], [each.told() for each in some]))
        found += logits.softmax(-1).tolist()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the second reader of claims.")
    parser.add_argument("data", type=Path, help="folder with sheets.json and development.jsonl")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run: checkpoint, log, weights")
    parser.add_argument("--without", nargs="*", default=[], help="parts to leave out, and to score at the end")
    parser.add_argument("--start", type=Path, help="weights of an earlier run to go on from, with a fresh optimiser")
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(SEED)
    tokenizer, base = load_base()
    every = read_examples(arguments.data, Encoder(tokenizer, base))
    examples = Examples([each for each in every if each.part not in arguments.without], tokenizer)
    network = adapted(base, arguments.start)
    steps = arguments.epochs * examples.batches_an_epoch
    trainer = Trainer(network, Plan(steps=steps, learning_rate=arguments.rate, warmup_steps=60, cooldown=1.0), arguments.out, bfloat16=True)
    print(f"{sum(each.numel() for each in network.parameters() if each.requires_grad)} parameters, {steps} steps", flush=True)
    trainer.fit(examples.loss, limit_s=arguments.minutes * 60)
    about = f"apps/marketing/entailment/train.py, {trainer.step} steps on the development claims"
    print(f"sha256 of {WEIGHTS}: {export(network, arguments.out, about)}", flush=True)
    left = [each for each in every if each.part in arguments.without]
    said = [[*found, each.label] for found, each in zip(scores(network, tokenizer, left), left, strict=True)]
    (arguments.out / SCORES).write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main()
