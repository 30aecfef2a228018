"""Draws stay within the declared ranges, whatever is wished; weights come back from their file; the fit finds what it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.effects import parameters
from apps.audio.effects.fit import gaussian, spectrum_model
from apps.audio.effects.parameters import ClassModel, draw, fitted_model, prior_model, save_models
from apps.audio.effects.synthesis import BANDS, classes
from shared.errors import NotFound

KINDS = list(classes())
AXES = sorted({axis for kind in classes().values() for knob in kind.parameters for axis in knob.axes})


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 2**32),
    wishes=st.dictionaries(st.sampled_from(AXES), st.floats(-2, 2), max_size=5),
    temperature=st.floats(0, 3),
)
def test_draws_stay_within_their_ranges(kind: str, seed: int, wishes: dict[str, float], temperature: float) -> None:
    drawn = draw(kind, np.random.default_rng(seed), wishes=wishes, temperature=temperature)
    for knob in classes()[kind].parameters:
        assert knob.low - 1e-9 <= drawn.values[knob.name] <= knob.high * (1 + 1e-9) + 1e-9
    assert 0.05 <= drawn.duration_s <= 120 and 0 < drawn.match <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_temperature_no_variety(kind: str) -> None:
    first, second = (draw(kind, np.random.default_rng(seed), temperature=0.0) for seed in (1, 2))
    assert first.values == second.values


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_weights_fit_the_knobs(kind: str) -> None:
    model = fitted_model(kind)
    count = len(classes()[kind].parameters)
    extra = 0 if model.spectrum is None else len(model.spectrum) - 1
    assert model.mean.shape == (count + 1 + extra,) and model.factor.shape == (len(model.mean),) * 2
    assert np.isfinite(model.factor).all() and (np.diag(model.factor) > 0).all()


def test_the_shipped_weights_are_there_and_small() -> None:
    assert parameters.WEIGHTS.stat().st_size <= 200_000
    assert set(parameters._fitted()) == set(KINDS)


def test_weights_come_back_from_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = classes()["thunder"]
    rng = np.random.default_rng(0)
    size = len(kind.parameters) + 1 + 2
    model = ClassModel(rng.standard_normal(size), np.eye(size), rng.standard_normal((3, BANDS)))
    path = tmp_path / "effects.safetensors"
    monkeypatch.setattr(parameters, "WEIGHTS", path)
    save_models({"thunder": model}, path)
    back = fitted_model("thunder")
    assert np.abs(back.mean - model.mean).max() < 2e-3 and back.spectrum is not None and back.spectrum.shape == (3, BANDS)
    assert draw("thunder", rng).spectrum_db is not None
    assert fitted_model("rain").mean.tolist() == prior_model(classes()["rain"]).mean.tolist()
    tuned = replace(model, temperature=0.75, match=0.5, variety=1.5)
    save_models({"thunder": tuned}, path)
    assert (fitted_model("thunder").temperature, fitted_model("thunder").match, fitted_model("thunder").variety) == (0.75, 0.5, 1.5)
    monkeypatch.setattr(parameters, "knobs_code", lambda kind: "other")
    parameters._fitted.cache_clear()
    assert fitted_model("thunder").mean.tolist() == prior_model(kind).mean.tolist()
    parameters._fitted.cache_clear()


def test_the_code_of_the_knobs_follows_their_ranges_and_order() -> None:
    kind = classes()["sea"]
    wider = replace(kind.parameters[0], high=kind.parameters[0].high + 1)
    others = [replace(kind, parameters=(wider, *kind.parameters[1:])), replace(kind, parameters=kind.parameters[::-1])]
    assert len({parameters.knobs_code(each) for each in (kind, *others)}) == 3
    assert parameters.knobs_code(replace(kind, title="x")) == parameters.knobs_code(kind)


def test_an_unknown_class_is_named() -> None:
    with pytest.raises(NotFound, match="kazoo"):
        draw("kazoo", np.random.default_rng(0))


def test_the_gaussian_keeps_some_spread_and_follows_its_points() -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((400, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]]) + 3
    mean, factor = gaussian(points, np.ones(400))
    covariance = factor @ factor.T
    assert np.abs(mean - 3).max() < 0.2 and 0.3 < covariance[0, 1] < 0.6
    _, needle = gaussian(np.ones((1, 4)), np.ones(1))
    assert np.diag(needle).min() > 0.2


def test_spectra_are_described_by_their_components() -> None:
    rng = np.random.default_rng(0)
    spectra = np.linspace(0, -40, BANDS) + rng.standard_normal((30, 1)) * np.sin(np.arange(BANDS) / 9)
    model, coefficients = spectrum_model(spectra)
    assert np.abs(model[0] + coefficients @ model[1:] - spectra).max() < 1e-6
    assert spectrum_model(spectra[:1])[0].shape == (1, BANDS)
