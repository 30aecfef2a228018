"""Which tier writes, and why no better one."""

from __future__ import annotations

import pytest

from apps.marketing.language import LOCAL_TIERS, QWEN_0_5B, QWEN_1_5B, SMOLLM2, best_tier, language_models, light_tier
from apps.marketing.language.models import APACHE
from shared.errors import BadInput, LoadFailed, Unavailable
from shared.serving import DType, Engine
from shared.serving.mirror import PinnedFile

QWEN = (QWEN_1_5B, QWEN_0_5B)


def test_the_best_one_here_writes_and_says_what_would_be_better() -> None:
    choice = best_tier()
    assert choice.model is SMOLLM2
    assert [name for name, _ in choice.passed_over] == ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"]
    assert choice.note == " ".join(
        f"{name} is not on this machine. Run `sextant models pull {name}`." for name in ("qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b")
    )


def test_one_that_failed_gives_way_to_the_next() -> None:
    choice = best_tier(besides={"smollm2-135m"})
    assert choice.model is None and choice.note.endswith("smollm2-135m failed.")


def test_none_switches_all_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_LLM", "none")
    assert best_tier().model is None and "SEXTANT_LLM=none" in best_tier().note
    assert {model.name for model in language_models() if "SEXTANT_LLM=none" in str(model.why_not())} == {tier.name for tier in LOCAL_TIERS}


def test_a_tier_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_LLM", "smollm2-135M")
    assert best_tier().model is SMOLLM2 and best_tier().note == ""
    assert "SEXTANT_LLM=smollm2-135m leaves" in str(QWEN_0_5B.why_not())
    monkeypatch.setenv("SEXTANT_LLM", "gpt")
    with pytest.raises(BadInput, match=r"'gpt', expected one of none, qwen2\.5-coder-1\.5b, .*smollm2-135m"):
        best_tier()


@pytest.mark.parametrize("tier", QWEN, ids=lambda tier: tier.name)
def test_a_pulled_tier_is_declared_whole(tier: object) -> None:
    source = tier.source  # type: ignore[attr-defined]
    assert isinstance(source, PinnedFile)
    (mirror,) = source.mirrors
    assert 0 < mirror.size_of(mirror.parts, source.size_bytes) <= mirror.part_bytes
    assert len(source.sha256) == 64 and source.revision == f"sha256:{source.sha256[:12]}" == tier.revision  # type: ignore[attr-defined]
    assert source.licence_file == APACHE and "Apache License" in APACHE.read_text()
    assert QWEN_1_5B.nbytes(DType.FLOAT32) > 1.5 * QWEN_0_5B.nbytes(DType.FLOAT32)


@pytest.mark.parametrize("here", ["nothing", "half", "cut", "other bytes"])
def test_a_file_that_is_not_right_is_named_with_its_command(here: str) -> None:
    """`other bytes`: a sparse file of the right size, as a disk leaves it after a crash."""
    source = QWEN_0_5B.source
    assert isinstance(source, PinnedFile)
    source.path.parent.mkdir()
    path = {"nothing": None, "half": source.partial, "cut": source.path, "other bytes": source.path}[here]
    if path is not None:
        with path.open("wb") as file:
            file.truncate(source.size_bytes if here == "other bytes" else 1000)
    says = {"nothing": "not on this machine", "half": "in part only", "cut": "damaged", "other bytes": "not what was declared"}[here]
    error = LoadFailed if here == "other bytes" else Unavailable
    with Engine("cpu", models=[QWEN_0_5B]) as engine, pytest.raises(error, match=rf"{says}.*sextant models pull"):
        engine.warm(QWEN_0_5B)
    assert (QWEN_0_5B.why_not() is None) == (here == "other bytes")


def test_the_light_tier_is_fetched_only_where_nothing_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert light_tier() is QWEN_0_5B
    monkeypatch.setenv("SEXTANT_LLM", "none")
    assert light_tier() is None
    monkeypatch.setenv("SEXTANT_LLM", QWEN_0_5B.name)
    assert light_tier() is QWEN_0_5B
    monkeypatch.delenv("SEXTANT_LLM")
    monkeypatch.setenv("SEXTANT_LLM_ENDPOINT", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SEXTANT_LLM_MODEL", "some")
    assert light_tier() is None
