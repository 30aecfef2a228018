"""What a tier writes of sheets it has not seen, counted."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from apps.marketing.channels import CHANNELS
from apps.marketing.composing import ROOM_FOR_MUST, Order, write_variants
from apps.marketing.results import Variant
from apps.marketing.sheet import Sheet
from apps.marketing.verifying import Check, check_with
from shared.app import Context
from shared.serving import Engine

__all__ = ["Piece", "Tally", "measure_tier", "plan"]

VOICES = ("plain", "warm", "technical", "playful")
NOT_COPY = frozenset({"sender", "paths"})


@dataclass(frozen=True)
class Piece:
    sheet: str
    channel: str
    voice: str
    seed: int


@dataclass
class Tally:
    """What one tier made. check: rules and network; outputs: those that it wrote itself; given_up: pieces that the composer wrote in its
    place."""

    sheets: Mapping[str, Sheet]
    check: Check
    outputs: list[tuple[Piece, Variant]] = field(default_factory=list)
    given_up: int = 0
    cpu_s: float = 0.0

    @property
    def asked(self) -> int:
        return len(self.outputs) + self.given_up

    @property
    def limits_kept(self) -> float:
        kept = sum(not any(fault.level == "error" for fault in variant.violations) for _, variant in self.outputs)
        return kept / max(1, len(self.outputs))

    @property
    def ready(self) -> float:
        return sum(variant.ready for _, variant in self.outputs) / max(1, len(self.outputs))

    @property
    def invented(self) -> int:
        """Numbers that stand nowhere in the sheet."""
        total = 0
        for piece, variant in self.outputs:
            known = set(re.findall(r"\d+", self.sheets[piece.sheet].model_dump_json()))
            total += len(set(re.findall(r"\d+", json.dumps(variant.fields, ensure_ascii=False))) - known)
        return total

    def must_covered(self, channels: Sequence[str]) -> float:
        chosen = [(piece, variant) for piece, variant in self.outputs if piece.channel in channels]
        wanted = sum(sum(fact.must for fact in self.sheets[piece.sheet].facts) for piece, _ in chosen)
        return 1 - sum(len(variant.coverage.must_missing) for _, variant in chosen) / max(1, wanted)

    @property
    def must_where_there_is_room(self) -> float:
        return self.must_covered(sorted(ROOM_FOR_MUST))

    @property
    def unsupported_a_description(self) -> float:
        made = [(sheet, texts) for channel, sheet, texts in self.texts() if channel == "product_description"]
        wrong = sum(len(self.check(text, sheet).flagged) for sheet, texts in made for text in texts)
        return wrong / max(1, len(made))

    def texts(self) -> list[tuple[str, Sheet, list[str]]]:
        """(channel, sheet, texts) of each output, without addresses and senders."""
        return [
            (
                piece.channel,
                self.sheets[piece.sheet],
                [text for name, each in variant.fields.items() if name not in NOT_COPY for text in each],
            )
            for piece, variant in self.outputs
        ]


def plan(sheets: Sequence[str], channels_a_sheet: int) -> list[Piece]:
    """Of every sheet a description and other channels in turn; the voice goes round."""
    others = [name for name in CHANNELS if name != "product_description"]
    found = []
    for at, sheet in enumerate(sheets):
        turn = [others[(at * (channels_a_sheet - 1) + i) % len(others)] for i in range(channels_a_sheet - 1)]
        found += [Piece(sheet, channel, VOICES[(at + i) % len(VOICES)], at) for i, channel in enumerate(["product_description", *turn])]
    return found


def measure_tier(
    model: str, pieces: Sequence[Piece], sheets: Mapping[str, Sheet], engine: Engine, tell: Callable[[str], None] = lambda line: None
) -> Tally:
    """One variant of each piece. CPU-seconds include loading and what was turned down, and of pieces that were given up too."""
    tally = Tally(sheets, check_with(Context(engine)))
    for at, piece in enumerate(pieces):
        order = Order(sheets[piece.sheet], piece.channel, piece.voice, 1, piece.seed)
        start = time.process_time()
        (variant,) = write_variants(order, model, Context(engine, seed=piece.seed))
        tally.cpu_s += time.process_time() - start
        if variant.tier == model:
            tally.outputs.append((piece, variant))
        else:
            tally.given_up += 1
        tell(f"{model}: {at + 1} of {len(pieces)}, {tally.cpu_s:.0f} CPU-s")
    return tally
