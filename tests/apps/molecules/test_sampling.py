"""The sampler draws what the network says, and a block's molecules depend on nothing but the block."""

from __future__ import annotations

import pytest
import torch

from apps.molecules.models import TOKENIZER
from apps.molecules.prior import Prior
from apps.molecules.sampling import MAX_TOKENS, TEMPERATURE, PriorBlock, Sampler
from apps.molecules.tasks import GenerateRequest
from apps.molecules.tokenizer import END, START, SmilesTokenizer
from shared.errors import Cancelled


@pytest.fixture(scope="module")
def prior() -> Prior:
    torch.manual_seed(1)
    return Prior(embedding=8, hidden=32).eval()


@pytest.fixture(scope="module")
def tokenizer() -> SmilesTokenizer:
    return SmilesTokenizer.load(TOKENIZER)


def greedy(prior: Prior) -> list[int]:
    """The likeliest continuation, by the module that was trained."""
    tokens = [START]
    with torch.inference_mode():
        while len(tokens) <= MAX_TOKENS and tokens[-1] != END:
            logits = prior(torch.tensor(tokens)[:, None])[-1, 0]
            logits[START] = -torch.inf
            tokens.append(int(logits.argmax()))
    return tokens[1:]


def test_a_cold_sampler_writes_the_likeliest_string(prior: Prior, tokenizer: SmilesTokenizer) -> None:
    drawn = Sampler(prior, tokenizer).sample(PriorBlock(3, 1e-4, 0, grammar=False))
    assert drawn == [tokenizer.decode(greedy(prior))] * 3


def test_tokens_are_drawn_as_often_as_the_network_says(prior: Prior, tokenizer: SmilesTokenizer) -> None:
    logits = prior(torch.tensor([[START]]))[0, 0].detach()
    logits[START] = -torch.inf
    wanted = torch.softmax(logits, 0)
    drawn = Sampler._draw(logits.repeat(20_000, 1), 1.0, torch.Generator().manual_seed(0))
    assert torch.bincount(drawn, minlength=len(wanted)).float().div(20_000).sub(wanted).abs().max() < 0.01
    assert not (drawn == START).any()


def test_the_same_block_gives_the_same_strings(prior: Prior, tokenizer: SmilesTokenizer) -> None:
    sampler = Sampler(prior, tokenizer)
    first = sampler.sample(PriorBlock(20, 1.0, 7))
    sampler.sample(PriorBlock(50, 0.7, 8))
    assert sampler.sample(PriorBlock(20, 1.0, 7)) == first
    assert sampler.sample(PriorBlock(20, 1.0, 9)) != first


def test_it_stops_at_a_token(prior: Prior, tokenizer: SmilesTokenizer) -> None:
    seen = []

    class Step:
        def __call__(self, done: float, total: float) -> None:
            seen.append(done)
            if done == 2:
                raise Cancelled("enough")

    with pytest.raises(Cancelled):
        Sampler(prior, tokenizer).sample(PriorBlock(4, 1.0, 1), Step())  # type: ignore[arg-type]
    assert seen == [0, 1, 2]


def test_generate_samples_as_the_benchmark_measures() -> None:
    assert GenerateRequest().temperature == TEMPERATURE
