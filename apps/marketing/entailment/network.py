"""MiniLM with low-rank adapters as a cross-encoder: a sentence and statements -> supported, contradicted, unsupported.

The base (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0; Wang et al. 2020, "MiniLM") comes inside a package whose code is not used; the
adapters (Hu et al. 2021, "LoRA") and the head are ours, `train.py` made them.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from apps.marketing.entailment.model import BASE_FILES, BASE_PACKAGE, BASE_SOURCE, BASE_VERSION, Judgement, Pair
from apps.marketing.entailment.statements import chosen
from shared.serving import Source
from shared.serving.carrier import carried_file
from shared.serving.load import constructing, read_weights, verify

__all__ = ["Adapter", "Encoder", "Network", "Verifier", "adapted_layers", "load_base", "shown"]

RANK, SCALE = 16, 2.0
MOST_TOKENS, STATEMENT_TOKENS = 192, 64
KEPT, AT_ONCE = 8192, 64
"""Embeddings of statements that are remembered, and made at once."""
PLACES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


def load_base() -> tuple[Any, Any]:
    """(tokenizer, encoder) out of the package's files. Raises `Unavailable` where it is not installed."""
    files = [carried_file(BASE_PACKAGE, BASE_VERSION, name) for name in BASE_FILES]
    verify(files[0], BASE_SOURCE)
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(files[0].parent)
    with constructing:
        return tokenizer, AutoModel.from_pretrained(files[0].parent, local_files_only=True).eval()


class Adapter(nn.Module):
    """A weight (out, in) plus a product of two thin matrices."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(RANK, columns) / columns**0.5)
        self.b = nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + SCALE * (self.b @ self.a)


def adapted_layers(encoder: Any) -> Iterator[tuple[str, nn.Linear]]:
    """The linear layers that have an adapter, with their names in the weights file."""
    for at, layer in enumerate(encoder.encoder.layer):
        for place in PLACES:
            yield f"{at}.{place}", layer.get_submodule(place)


def _pooled(states: Tensor, mask: Tensor) -> Tensor:
    """(n, tokens, width), (n, tokens) -> (n, width): the mean of the tokens that are no padding."""
    weights = mask[..., None].to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


class Network(nn.Module):
    """Encoder and head: tokens of a pair -> three logits."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(2 * encoder.config.hidden_size, 3)
        self.drop = nn.Dropout(0.1)

    def forward(self, tokens: dict[str, Tensor]) -> Tensor:
        states = self.encoder(**tokens).last_hidden_state
        return self.head(self.drop(torch.cat([states[:, 0], _pooled(states, tokens["attention_mask"])], dim=-1)))


class Encoder:
    """Embeds sentences with the base alone; statements that came before are remembered."""

    def __init__(self, tokenizer: Any, encoder: Any) -> None:
        self.tokenizer, self._encoder = tokenizer, encoder
        self._known: OrderedDict[str, Tensor] = OrderedDict()

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Tensor:
        """(n, width), each of length 1."""
        tokens = self.tokenizer(list(texts), padding=True, truncation=True, max_length=STATEMENT_TOKENS, return_tensors="pt")
        tokens = tokens.to(self._encoder.device)
        return nn.functional.normalize(_pooled(self._encoder(**tokens).last_hidden_state, tokens["attention_mask"]), dim=-1).float().cpu()

    def known(self, texts: Sequence[str]) -> Tensor:
        """The same, of texts that come again."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        for at in range(0, len(missing), AT_ONCE):
            self._known.update(zip(missing[at : at + AT_ONCE], self.embed(missing[at : at + AT_ONCE]), strict=True))
        for text in texts:
            self._known.move_to_end(text)
        found = torch.stack([self._known[text] for text in texts])
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found


def shown(pair: Pair, sentence: Tensor, told: Tensor) -> list[str]:
    """The statements of a pair that its sentence is held against; sentence, told: their embeddings."""
    return [pair.statements[at] for at in chosen(pair.sentence, pair.statements, (told @ sentence).tolist())]


class Verifier:
    """The network as the engine runs it."""

    def __init__(self, device: str, weights: Path, source: Source, dtype: torch.dtype = torch.float32) -> None:
        tokenizer, base = load_base()
        tensors = {name: tensor.float() for name, tensor in read_weights(weights, source).items()}
        with constructing, torch.no_grad():
            network = Network(copy.deepcopy(base))
            for name, layer in adapted_layers(network.encoder):
                layer.weight += SCALE * (tensors[f"{name}.b"] @ tensors[f"{name}.a"])
            network.head.weight.copy_(tensors["head.weight"])
            network.head.bias.copy_(tensors["head.bias"])
            self._encoder = Encoder(tokenizer, base.to(device, dtype))
            self._network = network.to(device, dtype).eval()
        self._device = device

    @torch.inference_mode()
    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        sentences = self._encoder.embed([pair.sentence for pair in pairs])
        told = [" ; ".join(shown(pair, each, self._encoder.known(pair.statements))) for pair, each in zip(pairs, sentences, strict=True)]
        tokens = self._encoder.tokenizer(
            [pair.sentence for pair in pairs],
            told,
            padding=True,
            truncation="longest_first",
            max_length=MOST_TOKENS,
            return_tensors="pt",
        ).to(self._device)
        return [Judgement(*each) for each in self._network(dict(tokens)).float().softmax(-1).tolist()]
