"""Analogues of a hit by ANNalog, a transformer that answers a molecule's SMILES with that of another one like it.

Dai et al. 2025, doi:10.26434/chemrxiv-2025-9c1v6. `convert_annalog.py` writes the manifest that is read here from its wheel; the weights
stay in its package, which is installed beside the suite and never imported.

    unknown_tokens(hit)                             what of it the model cannot read
    AnalogBlock(hit, 64, 1.1, seed)                 64 analogues, any part of the hit varied
    AnalogBlock(smiles, 64, 1.1, seed, prefix)      64 that keep a core: `cores.core_first` makes the two
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from apps.molecules.tokenizer import symbols
from shared.errors import BadInput, LoadFailed, TooLarge
from shared.serving import DType, Model, Source
from shared.serving.carrier import carried_file
from shared.serving.torch_archive import Stored

if TYPE_CHECKING:
    import torch

    from apps.molecules import seq2seq
    from shared.serving import Device, Step

__all__ = ["ANNALOG_MODEL", "ELEMENTS", "MAX_TOKENS", "AnalogBlock", "LoadedAnnalog", "check_hit", "unknown_tokens"]

MANIFEST = Path(__file__).parent / "weights" / "annalog.json"
MANIFEST_SHA256 = "5e92adcccf16cbbc975edb6f8eb925d4f234cb1ee7983572fdf42a780736978f"
PACKAGE, VERSION = "annalog", "1.0.6"
CHECKPOINT = "annalog/ckpt_and_vocab/Lev_extended.pt"
CHECKPOINT_SHA256 = "9e22e755b5d47da3c678bc19073e4f4af12ae061c91a7e5382cea67e30fad97b"
PARAMETERS = 4_051_259

ELEMENTS = ("C", "N", "O", "S", "F", "Cl", "Br")
"""All that the vocabulary holds, so all that can come out: no phosphorus, arsenic or selenium, and no iodine, boron or silicon either."""

POSITIONS = 102
"""Of the learned position embedding: <sos>, tokens and <eos>."""
MAX_TOKENS = POSITIONS - 2
"""The longest hit, in tokens."""
ROWS = 128
"""Sequences decoded side by side: twice as many are 9 % faster and need twice the cache."""
ROW_BYTES = 750_000
"""Keys and values of a sequence, 627 kB, and what a step makes beside them."""
SPARSE = 0.85
"""The cache is packed when so few of its rows still grow: packing costs about as much as a step."""

START, END = "<sos>", "<eos>"
NEVER = ("<unk>", "<pad>", START, ".")
"""Never drawn. The dot: an analogue is one molecule."""


@dataclass(frozen=True)
class Manifest:
    """What lies where in the checkpoint; the tokens in the order of their ids."""

    layout: Mapping[str, Stored]
    vocabulary: tuple[str, ...]

    @property
    def ids(self) -> dict[str, int]:
        return {token: index for index, token in enumerate(self.vocabulary)}


@cache
def _manifest() -> Manifest:
    """Raises LoadFailed when it is missing or not the pinned one."""
    if not MANIFEST.is_file():
        raise LoadFailed(f"{MANIFEST.name} is missing.", remedy="Install the suite again.")
    content = MANIFEST.read_bytes()
    if hashlib.sha256(content).hexdigest() != MANIFEST_SHA256:
        raise LoadFailed(f"{MANIFEST.name} is not the pinned one.", remedy="Install the suite again.")
    record = json.loads(content)
    layout = {key: Stored(at, offset, tuple(shape), dtype) for key, (at, offset, shape, dtype) in record["tensors"].items()}
    return Manifest(layout, tuple(record["vocabulary"]))


def unknown_tokens(smiles: str) -> list[tuple[int, str]]:
    """[(position in the string, from 0, token), ...] of what the model cannot read.

    It knows the organic atoms of `ELEMENTS`, [nH], tetrahedral and double-bond stereo, the common charges of N, O, S and C that carry no
    hydrogen, and twelve open rings: no isotopes, no protonated nitrogens, no other element. Ask with the canonical SMILES: a
    bracket that says nothing ([CH3]) is unknown too.
    """
    known, pieces = _manifest().ids, symbols(smiles)
    starts = accumulate(map(len, pieces), initial=0)
    return [(start, piece) for start, piece in zip(starts, pieces, strict=False) if piece not in known]


def check_hit(smiles: str) -> None:
    """Raises BadInput for a hit that is empty or has unknown tokens, TooLarge for more than `MAX_TOKENS`."""
    if unknown := unknown_tokens(smiles):
        position, token = unknown[0]
        raise BadInput(
            f"The model that varies molecules does not know {token!r} (position {position} of {smiles}).",
            remedy=f"It knows {', '.join(ELEMENTS)} and no isotopes: give a hit of these, uncharged if it is the charge.",
            field="hit",
        )
    size = len(symbols(smiles))
    if size > MAX_TOKENS:
        raise TooLarge(
            f"The hit's SMILES has {size} tokens, and at most {MAX_TOKENS} can be varied.", remedy="Give a part of it.", field="hit"
        )
    if not size:
        raise BadInput("There is no hit.", remedy="Give the SMILES of a molecule.", field="hit")


@dataclass(frozen=True)
class AnalogBlock:
    """`count` analogues of `smiles` from the stream of `seed`: the same block gives the same strings.

    smiles: canonical, as the model learned. Augmentation, eight writings of the hit instead of one, was measured and left out: between
    -8 % and +19 % distinct analogues in a window of similarity, according to the hit, and mostly fewer valid ones.
    temperature: 0.01 or more; 1 samples as the model learned.
    prefix: whole tokens that `smiles` begins with, and every analogue too: `cores.core_first` makes the two.

    Raises what `check_hit` raises, and BadInput for the rest.
    """

    smiles: str
    count: int
    temperature: float
    seed: int
    prefix: str = ""

    def __post_init__(self) -> None:
        check_hit(self.smiles)
        given = symbols(self.prefix)
        if symbols(self.smiles)[: len(given)] != given:
            raise BadInput(f"{self.smiles} does not begin with {self.prefix}.", remedy="Take both from `core_first`.", field="prefix")
        if self.count < 1:
            raise BadInput(f"{self.count} analogues were asked for: 1 or more are expected.", field="count")
        if not 0.01 <= self.temperature < float("inf"):
            raise BadInput(f"The temperature is {self.temperature}: a number from 0.01 is expected.", field="temperature")


class LoadedAnnalog:
    """The transformer on a device, ready to sample."""

    def __init__(self, network: seq2seq.Seq2Seq, device: str) -> None:
        self.network, self._device = network, device
        self._vocabulary, self._ids = _manifest().vocabulary, _manifest().ids
        self._never = [self._ids[token] for token in NEVER]

    def run(self, blocks: Sequence[AnalogBlock], step: Step) -> list[list[str]]:
        """`count` strings a block: valid SMILES or not, the hit itself or one string twice among them, never empty.

        Blocks are decoded one after another, so that none depends on its company. `step` counts finished strings, at every token.
        """
        import torch

        total, done, results = sum(block.count for block in blocks), 0, []
        with torch.inference_mode():
            for block in blocks:
                source = self.network.encode(self._tensor([START, *symbols(block.smiles), END]))
                noise = torch.rand(block.count, POSITIONS, dtype=torch.float64, generator=torch.Generator().manual_seed(block.seed))
                texts: list[str] = []
                for part in noise.split(ROWS):
                    texts += self._decode(source, block, part, partial(_tell, step, total, done + len(texts)))
                results.append(texts)
                done += block.count
        return results

    def _decode(self, source: seq2seq.Source, block: AnalogBlock, noise: torch.Tensor, tell: Callable[[int], None]) -> list[str]:
        """A string for each row of `noise` (rows, POSITIONS), uniform in 0 ... 1."""
        import torch

        from apps.molecules.seq2seq import Cache

        begin, end = self._tensor([START, *symbols(block.prefix)]), self._ids[END]
        cache = Cache(POSITIONS, source[0][0])
        for token in begin:
            logits = self.network.step(token[None], source, cache)
        cache.repeat(len(noise))
        logits = logits.expand(len(noise), -1)
        written = torch.full(noise.shape, end)
        written[:, : len(begin)] = begin.cpu()
        rows = torch.arange(len(noise))
        for at in range(len(begin), POSITIONS):
            tokens = self._draw(logits, block.temperature, noise[rows, at], first=at == 1)
            tokens[written[rows, at - 1] == end] = end
            written[rows, at] = tokens
            going = (tokens != end).nonzero().squeeze(1)
            tell(len(noise) - len(going))
            if not len(going) or at == POSITIONS - 1:
                break
            if len(going) <= SPARSE * len(rows):
                rows, tokens = rows[going], tokens[going]
                cache.keep(going.to(self._device))
            logits = self.network.step(tokens.to(self._device), source, cache)
        return ["".join(self._vocabulary[index] for index in row[1:] if index != end) for row in written.tolist()]

    def _draw(self, logits: torch.Tensor, temperature: float, noise: torch.Tensor, *, first: bool) -> torch.Tensor:
        """(rows, vocabulary) -> (rows,) by inverse transform sampling, on the CPU in float64: the stream is the same on every device."""
        import torch

        scores = logits.cpu().double()
        scores[:, self._never] = -torch.inf
        if first:
            scores[:, self._ids[END]] = -torch.inf
        summed = torch.softmax(scores / temperature, dim=1).cumsum(dim=1)
        # a hair below the sum, so that rounding cannot step over the last token that may be drawn
        return (summed <= noise[:, None] * summed[:, -1:] * (1 - 1e-12)).sum(dim=1)

    def _tensor(self, tokens: Sequence[str]) -> torch.Tensor:
        import torch

        return torch.tensor([self._ids[token] for token in tokens], device=self._device)

    def close(self) -> None:
        del self.network


def _tell(step: Step, total: int, before: int, finished: int) -> None:
    step(before + finished, total)


SOURCE = Source("embedded", CHECKPOINT, VERSION, CHECKPOINT_SHA256)


def _load(device: Device, dtype: DType) -> LoadedAnnalog:
    """float32 whatever the device prefers: four million parameters gain nothing from less, and a seed shall mean the same everywhere."""
    from apps.molecules.seq2seq import Seq2Seq
    from shared.serving.load import constructing
    from shared.serving.torch_archive import read_archive

    manifest = _manifest()
    weights = read_archive(_check(), SOURCE, manifest.layout)
    with constructing:
        network = Seq2Seq(len(manifest.vocabulary), POSITIONS)
        network.load_state_dict(weights, strict=True)
        return LoadedAnnalog(network.to(device.name).eval().requires_grad_(requires_grad=False), device.name)


def _check() -> Path:
    """The checkpoint's path. Raises Unavailable without the package, LoadFailed when a file is not the pinned one."""
    from shared.serving.load import verify

    _manifest()
    path = carried_file(PACKAGE, VERSION, CHECKPOINT)
    verify(path, SOURCE)
    return path


ANNALOG_MODEL: Model[AnalogBlock, list[str]] = Model(
    name="annalog",
    task="analogs",
    licence="MIT",
    source=SOURCE,
    load=_load,
    nbytes=lambda dtype: PARAMETERS * 4,
    working_bytes=lambda blocks: min(ROWS, max(block.count for block in blocks)) * ROW_BYTES,
    batch_key=lambda block: block,
    max_batch=1,
    description="ANNalog: a transformer that turns a molecule into analogues, SMILES to SMILES",
    check=_check,
)
