from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from apps.deepfake.voice.corpus import read
from apps.deepfake.voice.head import WEIGHTS, VoiceHead
from shared.errors import BadInput, LoadFailed, Unavailable, Unsupported

RATE_HZ = 16_000
EXAMPLES = Path(__file__).parents[4] / "apps" / "deepfake" / "examples"


@pytest.fixture(scope="module")
def head() -> VoiceHead:
    return VoiceHead.load()


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    return read(EXAMPLES / "recorded.ogg")


def test_the_examples_are_on_their_sides(head: VoiceHead, voice: np.ndarray) -> None:
    recorded, made = head.score(voice), head.score(read(EXAMPLES / "made.ogg"))
    assert recorded.logit is not None and made.logit is not None
    assert recorded.logit < made.logit


def test_spans_are_a_timeline(head: VoiceHead, voice: np.ndarray) -> None:
    found = head.score(voice)
    assert 0 < found.speech_s <= len(voice) / RATE_HZ
    assert all(start < end and 0 <= chance <= 1 for start, end, chance in found.spans)
    assert all(before[1] <= after[0] for before, after in pairwise(found.spans))
    assert found.spans[-1][1] <= len(voice) / RATE_HZ + 1e-3


def test_the_same_twice(head: VoiceHead, voice: np.ndarray) -> None:
    assert head.score(voice) == head.score(voice.copy())


def test_level_hardly_matters(head: VoiceHead, voice: np.ndarray) -> None:
    starts = np.array([0.0, 1.5])
    assert np.allclose(head.logits(voice, starts), head.logits(voice * np.float32(0.1), starts), atol=0.05)


@pytest.mark.parametrize("count", [0, 1, 8000, RATE_HZ])
def test_silence_of_any_length_is_not_judged(head: VoiceHead, count: int) -> None:
    found = head.score(np.zeros(count, np.float32))
    assert (found.logit, found.spans, found.speech_s) == (None, [], 0)


def test_a_second_of_voice_is_judged(head: VoiceHead, voice: np.ndarray) -> None:
    found = head.score(voice[RATE_HZ : 2 * RATE_HZ])
    assert found.speech_s <= 1
    assert found.logit is None or np.isfinite(found.logit)
    assert np.isfinite(head.logits(voice[:RATE_HZ], np.zeros(1))).all()


def test_clipped_and_shifted_voices_are_judged(head: VoiceHead, voice: np.ndarray) -> None:
    for samples in (np.clip(voice * 30, -1, 1), voice + np.float32(0.4)):
        found = head.score(samples)
        assert found.logit is not None and np.isfinite(found.logit)


def test_refuses_what_is_no_channel(head: VoiceHead) -> None:
    with pytest.raises(BadInput):
        head.score(np.zeros((2, 100), np.float32))
    with pytest.raises(BadInput):
        head.logits(np.zeros(0, np.float32), np.zeros(1))


def test_weights_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "voice.safetensors"
    content = bytearray(WEIGHTS.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    monkeypatch.setattr("apps.deepfake.voice.head.WEIGHTS", changed)
    with pytest.raises(LoadFailed, match="sha256"):
        VoiceHead.load()


def test_weights_are_no_pickle(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        VoiceHead.load(tmp_path / "none.safetensors")
    (tmp_path / "voice.pt").write_bytes(b"\x80\x04")
    with pytest.raises(Unsupported):
        VoiceHead.load(tmp_path / "voice.pt")
