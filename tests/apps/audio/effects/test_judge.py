"""The judge tells sounds apart, its distances are what they claim, and its statistics ignore level and silence around."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from apps.audio.effects import judge as judging
from apps.audio.effects.classifier import Judge
from apps.audio.effects.hearing import features, log_mel, picture, read_clips
from apps.audio.effects.judge import Row, Sounds, diversity, frechet, main, measure, table, text_shares
from apps.audio.effects.parameters import fitted_model
from apps.audio.effects.synthesis import render
from apps.audio.effects.tune import choose
from shared.errors import NotFound

TOLD_APART = ("rain", "bell", "clock")


def heard(seeds: range) -> Sounds:
    signals = [(kind, render(kind, {}, 1.0, np.random.default_rng(seed))) for kind in TOLD_APART for seed in seeds]
    return Sounds(
        np.stack([features(signal, 48_000) for _, signal in signals]),
        np.stack([picture(log_mel(signal, 48_000)) for _, signal in signals]),
        np.array([kind for kind, _ in signals]),
    )


@pytest.fixture(scope="module")
def known() -> Sounds:
    return heard(range(6))


@pytest.fixture(scope="module")
def judge(known: Sounds) -> Judge:
    return Judge(known.features, known.kinds)


def test_it_tells_unlike_sounds_apart_and_finds_copies(known: Sounds, judge: Judge) -> None:
    others = heard(range(20, 24))
    row = measure("others", judge, others, known)
    assert row.accuracy > 0.9 and row.frechet > 0
    assert measure("copies", judge, known, known).copies == 1.0
    assert "| others |" in table([row])


def test_the_frechet_distance_of_known_gaussians() -> None:
    rng = np.random.default_rng(0)
    one = rng.standard_normal((4000, 3)).astype(np.float32)
    assert frechet(one, one) == pytest.approx(0, abs=1e-6)
    assert frechet(one, one + 2) == pytest.approx(12, rel=1e-3)
    assert frechet(one, 3 * rng.standard_normal((4000, 3)).astype(np.float32)) == pytest.approx(12, rel=0.15)


def test_diversity_is_zero_where_all_are_alike() -> None:
    kinds = np.array(["a", "a", "b", "b"])
    assert diversity(np.ones((4, 2), np.float32), kinds) == 0
    assert diversity(np.array([[0, 0], [2, 2], [0, 0], [2, 2]], np.float32), kinds) == pytest.approx(2)


def test_statistics_ignore_level_rate_and_silence() -> None:
    signal = render("bell", {}, 1.0, np.random.default_rng(1)).astype(np.float64)
    plain = features(signal, 48_000)
    assert np.abs(features(0.01 * signal, 48_000) - plain).max() < 0.1
    padded = np.concatenate([np.zeros(24_000), signal, np.zeros(24_000)])
    assert picture(log_mel(padded, 48_000)) @ picture(log_mel(signal, 48_000)) > 0.9
    for length in (10, 300, 2400):
        assert features(signal[:length], 48_000).shape == plain.shape
    assert np.isfinite(features(np.zeros(4800), 48_000)).all()


def test_tuning_chooses_among_the_settings_and_leaves_the_model(known: Sounds, judge: Judge) -> None:
    model = replace(fitted_model("bell"), variety=1.0, match=1.0, temperature=1.0)
    free, note = choose("bell", model, judge, known.pictures, draws=2, price=0.0)
    assert note.startswith("bell: variety") and {free.variety, free.match, free.temperature} <= {0.5, 0.6, 0.7, 1.0, 1.3, 1.6}
    assert np.array_equal(free.mean, model.mean)


def test_shares_of_texts_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "texts.json"
    texts = [{"text": "rain", "class": "rain"}, {"text": "a dog barking", "class": "sea"}, {"text": "qwertz", "class": "rain"}]
    file.write_text(json.dumps({"descriptions": texts, "ask": ["flurbish"]}))
    third = pytest.approx(1 / 3)
    assert text_shares(file) == {"right": third, "asked back": third, "wrong": third, "nonsense asked back": 1.0}


def test_a_folder_without_clips_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotFound):
        read_clips(tmp_path)
    assert main(["--data", str(tmp_path)]) == 2
    assert "index.csv" in capsys.readouterr().err


def test_a_target_that_is_missed_is_named() -> None:
    row, by_chance = Row("x", 0.6, 10.0, 0.7, 0.7, 0.1, 100.0), Row("y", 0.3, 30.0, 1.0, 1.0, 0.1, 100.0)
    assert judging.missed(row, by_chance, silent=1) == ["diversity", "silent"]
