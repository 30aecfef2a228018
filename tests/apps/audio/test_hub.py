"""Music by the hub's models, offline: the real classes with random weights, through the engine, from a snapshot as a pull leaves it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.audio import hub as music
from apps.audio.hub import ACE_STEP, HUB_MODELS, MAX_SECONDS, MUSICGEN, STABLE_AUDIO, Clip, Prompt
from shared.cancel import CancelToken
from shared.errors import Cancelled, Forbidden, LoadFailed, TooLarge, Unavailable
from shared.serving import CpuDevice, DType, Engine, Model
from shared.serving import hub as shared_hub
from shared.serving.hub_record import accept
from tests.apps.audio import tinyhub
from tests.checkout import ROOT
from tests.shared.serving.fakehub import COMMIT, pretend_pulled, snapshot, use_cache

BY_NAME: dict[str, Model[Prompt, Clip]] = {model.name: model for model in HUB_MODELS}
BUILT: dict[str, tuple[Callable[[Path], None], float]] = {
    MUSICGEN.name: (tinyhub.musicgen, 0.3),
    ACE_STEP.name: (tinyhub.ace_step, 0.5),
    STABLE_AUDIO.name: (tinyhub.stable_audio, 0.3),
}
EACH = pytest.mark.parametrize("name", list(BUILT))


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An HF_HOME with all three, and what their repositories hold beside."""
    cache = tmp_path_factory.mktemp("hf")
    for name, (build, _) in BUILT.items():
        folder = snapshot(cache, BY_NAME[name].source.location)
        build(folder)
        tinyhub.add_a_pickle(folder)
    return cache


@pytest.fixture
def pulled(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All three pulled, and their licences accepted."""
    use_cache(snapshots, monkeypatch)
    monkeypatch.setattr("apps.audio.pretrained.STABLE_STEPS", 10)
    for model in HUB_MODELS:
        pretend_pulled(snapshots, model.source.location, model.source.files)
        if model.terms:
            accept(model.name, model.licence)
    return snapshots


class Roomy(CpuDevice):
    """Takes models that declare the bytes of the real ones."""

    def ceiling_bytes(self) -> int:
        return 1 << 50


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(Roomy()) as engine:
        yield engine


def prompt(name: str, seed: int, text: str = "calm piano", **more: Any) -> Prompt:
    return Prompt(text, BUILT[name][1], seed, **more)


def test_the_declarations_are_of_the_hub_and_say_what_their_licences_mean() -> None:
    assert list(BY_NAME) == [
        "hub:ACE-Step/acestep-v15-xl-turbo-diffusers",
        "hub:stabilityai/stable-audio-open-1.0",
        "hub:facebook/musicgen-small",
    ]
    for name, model in BY_NAME.items():
        assert model.task == "compose" and model.source.kind == "hub" and name == f"hub:{model.source.location}"
        assert not any(pattern.endswith((".bin", ".pt", ".py", "*")) for pattern in model.source.files)
        assert model.nbytes(DType.FLOAT32) == 2 * model.nbytes(DType.BFLOAT16) > 1 << 30
        assert model.working_bytes([Prompt("a", 9, 1)] * 2) == 2 * model.working_bytes([Prompt("a", 9, 1)]) > 0
        assert model.max_batch > 1
    assert [model.terms is None for model in HUB_MODELS] == [True, False, False]
    assert MUSICGEN.terms is not None and MUSICGEN.terms.consequence == "not for commercial use"


@EACH
def test_a_model_that_was_not_pulled_names_the_command(name: str) -> None:
    model = BY_NAME[name]
    accept(model.name, model.licence)
    with Engine(Roomy()) as engine, pytest.raises(Unavailable, match=f"Run `sextant models pull {model.source.location}`"):
        engine.run(model, prompt(name, 1))


@pytest.mark.parametrize("name", [MUSICGEN.name, STABLE_AUDIO.name])
def test_a_licence_that_was_not_accepted_is_refused_before_anything_is_loaded(
    name: str, snapshots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cache(snapshots, monkeypatch)
    model = BY_NAME[name]
    pretend_pulled(snapshots, model.source.location, model.source.files)
    monkeypatch.setitem(sys.modules, "apps.audio.pretrained", None)  # its import would fail
    with Engine(Roomy()) as engine, pytest.raises(Forbidden) as caught:
        engine.run(model, prompt(name, 1))
    assert model.terms is not None
    assert f"{model.licence}: {model.terms.consequence}" in str(caught.value) and "--accept-licence" in caught.value.remedy


@EACH
def test_a_clip_has_its_length_and_its_seed_gives_it_again(name: str, pulled: Path, engine: Engine) -> None:
    model = BY_NAME[name]
    item = engine.submit(model, prompt(name, 1))
    clip = item.result()
    rate_hz, channels = {MUSICGEN.name: (32_000, 1), ACE_STEP.name: (48_000, 2), STABLE_AUDIO.name: (44_100, 2)}[name]
    assert clip.rate_hz == rate_hz and clip.samples.shape == (round(BUILT[name][1] * rate_hz), channels)
    assert clip.samples.dtype == np.float32 and np.isfinite(clip.samples).all() and 0 < np.ptp(clip.samples) <= 2
    again, other = (engine.run(model, prompt(name, seed)) for seed in (1, 2))
    assert np.array_equal(clip.samples, again.samples)
    assert np.abs(clip.samples - other.samples).max() > 1e-3
    assert item.used is not None and item.used.revision == COMMIT


@EACH
def test_two_items_of_a_batch_share_no_stream(name: str, pulled: Path, engine: Engine) -> None:
    model = BY_NAME[name]
    alone = [engine.run(model, prompt(name, seed)).samples for seed in (3, 4)]
    items = engine.submit_many(model, [prompt(name, 3), prompt(name, 4)])
    together = [item.result().samples for item in items]
    assert items[0].used is not None and items[0].used.batch_size == 2
    for one, two in zip(alone, together, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_texts_of_different_lengths_are_batched_only_where_padding_changes_nothing(pulled: Path, engine: Engine) -> None:
    short, long = "calm", "loud rock with drums and a slow piano"
    for name in (MUSICGEN.name, STABLE_AUDIO.name):
        model = BY_NAME[name]
        alone = engine.run(model, prompt(name, 5, short)).samples
        items = engine.submit_many(model, [prompt(name, 5, short), prompt(name, 6, long)])
        assert items[0].used is None or items[0].used.batch_size == 2
        np.testing.assert_allclose(alone, items[0].result().samples, atol=1e-4)
        items[1].result()
    key = BY_NAME[ACE_STEP.name].batch_key
    assert key(prompt(ACE_STEP.name, 1, short)) == key(prompt(ACE_STEP.name, 2, short)) != key(prompt(ACE_STEP.name, 1, long))
    assert key(Prompt("a", 3, 1, tempo_bpm=90)) != key(Prompt("a", 3, 1, tempo_bpm=91))


@EACH
def test_cancelled_within_a_step(name: str, pulled: Path, engine: Engine) -> None:
    model, token, steps = BY_NAME[name], CancelToken(), []
    engine.warm(model)

    def on_step(done: float, total: float) -> None:
        steps.append((done, total))
        if done == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        engine.run(model, prompt(name, 1), cancel=token, on_step=on_step)
    engine.run(model, prompt(name, 1))  # waits for the one that was cancelled
    assert [done for done, _ in steps] == [1, 2] and steps[0][1] >= 8


@EACH
def test_too_long_is_refused_before_it_runs(name: str, engine: Engine) -> None:
    limit = MAX_SECONDS[name]
    with pytest.raises(TooLarge, match=f"up to {limit:g} s") as caught:
        engine.run(BY_NAME[name], Prompt("a", limit + 1, 1))
    assert caught.value.field == "duration_s"
    BY_NAME[name].batch_key(Prompt("a", limit, 1))


def test_ace_step_is_told_tempo_key_metre_and_words(pulled: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers import AceStepPipeline

    told: list[tuple[str, str]] = []
    genuine = AceStepPipeline._format_prompt

    def listening(self: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
        told.append(genuine(self, *args, **kwargs))
        return told[-1]

    monkeypatch.setattr(AceStepPipeline, "_format_prompt", listening)
    model = BY_NAME[ACE_STEP.name]
    engine.run(model, prompt(ACE_STEP.name, 1, tempo_bpm=92.0, key="G major", metre="3/4", lyrics="la la"))
    engine.run(model, prompt(ACE_STEP.name, 1))
    text, lyrics = told[0]
    assert "- bpm: 92\n- timesignature: 3\n- keyscale: G major\n" in text and "calm piano" in text and "la la" in lyrics
    assert "- bpm: N/A" in told[1][0] and "[Instrumental]" in told[1][1]


def test_the_others_are_told_in_words() -> None:
    assert Prompt("calm piano", 3, 1, tempo_bpm=92.5, key="G major", metre="3/4").in_words == "calm piano, 92.5 bpm, G major, 3/4 time"
    assert Prompt("calm piano", 3, 1).in_words == "calm piano"


def test_stable_audio_is_told_the_noise_as_it_was_trained(pulled: Path) -> None:
    """t = 2/pi atan(sigma), as in diffusers' CosineDPMSolverMultistepScheduler.precondition_noise, which needs torchsde."""
    import torch

    from apps.audio.pretrained import _euler

    scheduler = _euler(snapshot(pulled, STABLE_AUDIO.location) / "scheduler")
    assert scheduler.config.sigma_max == 500 and scheduler.config.prediction_type == "v_prediction"
    assert float(scheduler.precondition_noise(1.0)) == pytest.approx(0.5)
    scheduler.set_timesteps(4)
    assert torch.allclose(scheduler.timesteps.double(), (scheduler.sigmas[:-1].double()).atan() * 2 / torch.pi, atol=1e-6)


def test_draws_follow_the_model_whatever_stands_beside_them() -> None:
    """Each of 2 items draws 2000 times from softmax(logits), once with the guidance's doubled rows."""
    import torch

    from apps.audio.pretrained import GUIDANCE, _Sampling

    with_text = torch.tensor([[2.0, 1.0, 0.0, -50.0]]).repeat(4000, 1)
    without = torch.tensor([[1.0, 1.0, 0.5, -50.0]]).repeat(4000, 1)
    generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    doubled = _Sampling(generators, 2000)(torch.zeros(4000, 1), torch.cat([with_text, without]))
    assert doubled.shape == (8000, 4) and torch.equal(doubled[:4000], doubled[4000:])
    drawn = torch.nn.functional.one_hot(doubled[:4000].argmax(-1), 4).double().reshape(2, 2000, 4).mean(1)
    wanted = torch.softmax(without[0] + (with_text[0] - without[0]) * GUIDANCE, -1).double()
    assert torch.allclose(drawn, wanted.expand(2, 4), atol=0.03)
    assert not torch.equal(doubled[:2000], doubled[2000:4000])


def test_weights_of_another_model_are_no_load(pulled: Path, engine: Engine, tmp_path: Path) -> None:
    from apps.audio.pretrained import MusicGen

    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(LoadFailed, match="not the expected model"):
        MusicGen(tmp_path, CpuDevice(), DType.FLOAT32)


def test_a_missing_package_is_named(pulled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(music, "find_spec", lambda name: None)
    assert str(BY_NAME[MUSICGEN.name].why_not()).startswith("hub:facebook/musicgen-small needs the package transformers.")


def test_pickles_are_never_asked_for() -> None:
    names = ["model.safetensors", "config.json", "state_dict.bin", "a.pt", "modeling.py", "vae/config.json", "vae/x.bin"]
    for model in HUB_MODELS:
        wanted = shared_hub._wanted(names, model.source.files)
        assert wanted and not any(name.endswith((".bin", ".pt", ".py")) for name in wanted)


def test_declaring_them_imports_no_framework() -> None:
    code = (
        "import sys, apps.audio.hub as h; h.HUB_MODELS[0].why_not(); "
        "print(sorted({'torch', 'transformers', 'diffusers', 'huggingface_hub'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"
