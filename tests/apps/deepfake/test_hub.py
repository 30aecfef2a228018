"""Second opinions: the hub's detectors, as tiny random ones of the same architectures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from apps.deepfake.hub import HUB_MODELS, kind_of_model
from apps.deepfake.learned import second_opinion
from apps.deepfake.pretrained import ImageDetector, VoiceDetector, made_index
from apps.deepfake.tasks import app
from shared.app import Context
from shared.errors import LoadFailed
from shared.serving import CpuDevice, DType, Engine

PIXELS = np.random.default_rng(0).integers(0, 255, (50, 70, 3), dtype=np.uint8)
LABELS = {0: "Realism", 1: "Deepfake"}


def step(done: float, total: float) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import ViTConfig, ViTForImageClassification

    folder = tmp_path_factory.mktemp("vit")
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=8, id2label=LABELS
    )
    ViTForImageClassification(config).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": {"height": 32, "width": 32}, "image_mean": [0.5] * 3}))
    return folder


@pytest.fixture(scope="module")
def wav2vec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import Wav2Vec2Config, Wav2Vec2ForSequenceClassification

    folder = tmp_path_factory.mktemp("wav2vec")
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8, 8),
        conv_stride=(5, 4),
        conv_kernel=(10, 8),
        num_feat_extract_layers=2,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=8,
        id2label={0: "fake", 1: "real"},
    )
    Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text("{}")
    return folder


def test_an_image_model_answers_the_probability_of_its_own_label_for_made(vit: Path) -> None:
    detector = ImageDetector(vit, CpuDevice(), DType.FLOAT32)
    first, again = detector.run([PIXELS, PIXELS], step)
    assert 0 < first < 1 and first == again


def test_a_voice_model_hears_any_length(wav2vec: Path) -> None:
    detector = VoiceDetector(wav2vec, CpuDevice(), DType.FLOAT32)
    sound = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    assert all(0 < value < 1 for value in detector.run([sound, sound[:9_000]], step))


@pytest.mark.parametrize(
    ("labels", "index"),
    [({0: "REAL", 1: "FAKE"}, 1), ({0: "fake", 1: "real"}, 0), ({0: "bonafide", 1: "spoof"}, 1), ({0: "AI", 1: "human"}, 0)],
)
def test_labels_decide_which_output_means_made(labels: dict[int, str], index: int) -> None:
    assert made_index(labels) == index


def test_labels_that_say_nothing_are_refused() -> None:
    with pytest.raises(LoadFailed, match="LABEL_0"):
        made_index({0: "LABEL_0", 1: "LABEL_1"})


def test_a_folder_without_a_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LoadFailed) as told:
        ImageDetector(tmp_path, CpuDevice(), DType.FLOAT32)
    assert "models pull" in told.value.remedy


def test_a_second_opinion_never_decides(vit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(model.name for model in HUB_MODELS if kind_of_model(model.name) == "image")
    with Engine(device="cpu") as engine:
        engine.add(*app.models)
        context = Context(engine)
        monkeypatch.setattr(Context, "run", lambda self, model, request: 0.97)
        (evidence,) = second_opinion(name, "image", PIXELS, context)
        assert second_opinion(name, "sound", PIXELS, context) == [] and second_opinion("aligned-lite0", "image", PIXELS, context) == []
    assert evidence.direction == "none" and "0.97" in evidence.claim and "not known" in evidence.basis


def test_a_model_that_was_not_pulled_is_named_and_the_rest_is_examined() -> None:
    from apps.deepfake import inspect
    from apps.deepfake.tasks import EXAMPLES

    name = next(model.name for model in HUB_MODELS if kind_of_model(model.name) == "image")
    report = inspect(files=[EXAMPLES / "photo.jpg"], model=name).files[0]
    assert any("Second opinion" in one and "models pull" in one for one in report.missed) and report.score is not None
