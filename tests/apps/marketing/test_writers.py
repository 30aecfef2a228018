"""A tier that fails gives way to the next, said aloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.marketing import write
from apps.marketing.channels import channel_named
from apps.marketing.composer import Commission, Draft
from apps.marketing.language import QWEN_0_5B
from apps.marketing.models import models
from apps.marketing.tasks import app
from apps.marketing.writers import tier_of, written_by
from shared.context import Context
from shared.errors import LoadFailed, NotFound
from shared.runs import ArtifactStore, Executor, History
from shared.serving import Engine

PUSH = {"example": "furniture", "channels": ["push"], "variants": 1}
TIER = QWEN_0_5B.name


def ask(**fields: Any) -> Any:
    return write(**{**PUSH, **fields})


def test_without_a_pulled_tier_the_composer_writes_and_says_so() -> None:
    result = ask()
    assert result.tier == "composer"
    assert "no language model" in result.written_by
    assert not any("failed" in warning for warning in result.warnings)


def test_the_best_that_is_here_comes_first_and_nonsense_last(monkeypatch: pytest.MonkeyPatch) -> None:
    writers = [model.name for model in models() if model.task == "write"]
    assert writers == ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "composer", "smollm2-135m"]
    monkeypatch.setenv("SEXTANT_LLM", "smollm2-135m")
    assert models()[0].name == "smollm2-135m"
    monkeypatch.delenv("SEXTANT_LLM")
    monkeypatch.setenv("SEXTANT_LLM_ENDPOINT", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SEXTANT_LLM_MODEL", "some")
    assert models()[0].name == "endpoint"


def test_a_tier_that_breaks_gives_way_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(commission: Commission, model: str, context: Context) -> Iterator[Draft]:
        raise LoadFailed("the file is damaged.")
        yield

    monkeypatch.setattr("apps.marketing.writing.written", broken)
    result = ask(model=TIER, channels=["push", "x"])
    assert result.tier == "composer"
    assert {variant.tier for variant in result.variants} == {"composer"}
    assert [warning for warning in result.warnings if "failed" in warning] == [
        f"{TIER} failed: the file is damaged. composer writes instead."
    ]


def test_a_half_downloaded_file_is_no_tier() -> None:
    result = ask(model=TIER)
    assert result.tier == "composer"
    assert any(warning.startswith(f"{TIER} failed: ") for warning in result.warnings)


def test_what_a_model_makes_up_gives_way_to_the_composer(monkeypatch: pytest.MonkeyPatch) -> None:
    def boasting(commission: Commission, model: str, context: Context) -> Iterator[Draft]:
        for number in range(commission.first, commission.first + commission.count):
            text = "It carries 100 kg." if number == 0 else f"It carries 200 kg, {number} years long."
            yield Draft(number, {"title": ["Nordholm Alva Desk"], "body": [text]})

    monkeypatch.setattr("apps.marketing.writing.written", boasting)
    result = ask(model=TIER, variants=3)
    assert [variant.tier for variant in result.variants] == [TIER, "composer", "composer"]
    assert all(variant.ready for variant in result.variants)
    assert result.written_by == (
        f"Written: 1 of 3 by the language model {TIER}; 2 of 3 by Sextant's composer, a phrase grammar on the product sheet and no "
        "language model."
    )


def test_a_result_of_the_composer_alone_is_not_said_to_be_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    def boasting(commission: Commission, model: str, context: Context) -> Iterator[Draft]:
        yield Draft(commission.first, {"title": ["Nordholm Alva Desk"], "body": ["It carries 200 kg, for years."]})

    monkeypatch.setattr("apps.marketing.writing.written", boasting)
    assert ask(model=TIER).tier == "composer"


def test_what_a_model_wrote_before_it_failed_stays_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_later(commission: Commission, model: str, context: Context) -> Iterator[Draft]:
        if commission.channel == "x":
            raise LoadFailed("it broke.")
        yield Draft(commission.first, {"title": ["Nordholm Alva Desk"], "body": ["It carries 100 kg."]})

    monkeypatch.setattr("apps.marketing.writing.written", fails_later)
    result = ask(model=TIER, channels=["push", "x"])
    assert [variant.tier for variant in result.variants] == [TIER, "composer"]
    assert result.tier == TIER


def test_a_model_that_says_the_same_again_has_written_one_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    def repeating(commission: Commission, model: str, context: Context) -> Iterator[Draft]:
        for number in range(commission.first, commission.first + commission.count):
            yield Draft(number, {"title": ["Nordholm Alva Desk"], "body": ["It carries 100 kg."]})

    monkeypatch.setattr("apps.marketing.writing.written", repeating)
    variants = ask(model=TIER, variants=3).variants
    assert [variant.tier for variant in variants] == [TIER, "composer", "composer"]
    assert len({str(variant.fields) for variant in variants}) == 3


def test_an_unknown_writer_is_refused() -> None:
    with pytest.raises(NotFound, match="It has: qwen"):
        ask(model="gpt")


@pytest.mark.parametrize("channel", ["push", "email"])
def test_the_smallest_tier_goes_the_whole_way(channel: str) -> None:
    """Its lines are mostly turned down; what is not is within the limits, and the composer fills up."""
    result = ask(model="smollm2-135m", channels=[channel])
    (variant,) = result.variants
    assert variant.ready
    assert variant.tier in ("smollm2-135m", "composer")
    names = {field.name for field in channel_named(channel).fields}
    assert set(variant.fields) <= names


def test_an_estimate_is_of_the_model_that_writes() -> None:
    quick, slow = (write.estimate(**PUSH, model=name).seconds for name in ("composer", TIER))
    assert quick is not None and slow is not None and quick < slow


def test_who_wrote_in_words() -> None:
    assert written_by(["composer"]).startswith("Written by Sextant's composer")
    assert written_by([]) == "Nothing was written."
    assert tier_of([], TIER) == TIER and tier_of([TIER, "composer", "composer"], "composer") == TIER
    assert app.models_for("write")[0].name == "qwen2.5-coder-1.5b"


def test_the_files_of_a_tier_that_broke_are_no_trained_models(tmp_path: Path) -> None:
    history, store = History(f"sqlite:///{tmp_path}/runs.sqlite3"), ArtifactStore(str(tmp_path))
    with Engine(device="cpu") as engine, Executor(history, store, engine=engine) as executor:
        run = executor.run(write, write.parse({**PUSH, "model": TIER}))
    sidecar = next(file for file in run.artifacts if file.name.endswith(".origin.json"))
    assert json.loads(sidecar.read())["origin"]["source_type"] == "algorithmicMedia"
