import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.signal import resample_poly

from apps.deepfake.forensics.containers import read_container
from apps.deepfake.forensics.quality import STOPS, image_quality, voice_quality
from apps.deepfake.tasks import EXAMPLES
from tests.apps.deepfake.forensics.made import drawn_text, jpeg, png, resaved, scene

PIXELS = scene(1, (512, 512))
RATE = 16_000


def kinds(pixels: np.ndarray, data: bytes = b"") -> set[str]:
    found = image_quality(pixels, read_container(data) if data else None)
    assert all(evidence.direction == "limits" for evidence in found)
    return {evidence.kind for evidence in found}


def test_a_clean_photo_passes():
    assert kinds(PIXELS, jpeg(PIXELS, 92)) == set()
    assert kinds(PIXELS, png(PIXELS)) == set()


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (PIXELS[:100], "too-small"),
        (np.tile(PIXELS[:200], (1, 2, 1)), "aspect"),
        (gaussian_filter(PIXELS, (7, 7, 0)), "blur"),
        (np.clip(PIXELS + np.random.default_rng(0).normal(0, 45, PIXELS.shape), 0, 255).astype(np.uint8), "noise"),
        (drawn_text(), "graphics"),
        (np.zeros((300, 300, 3), np.uint8), "exposure"),
        (np.zeros((0, 10, 3), np.uint8), "too-small"),
    ],
)
def test_each_limit_stops(pixels, kind):
    assert f"quality.{kind}" in kinds(pixels) & STOPS


def test_compression_is_seen_in_the_file_and_behind_it():
    assert kinds(resaved(PIXELS, 30), jpeg(PIXELS, 30)) == {"quality.compression"}
    assert kinds(resaved(PIXELS, 70), jpeg(PIXELS, 70)) == {"quality.compression-moderate"}
    assert kinds(resaved(PIXELS, 30), png(resaved(PIXELS, 30))) == {"quality.compression"}
    again = jpeg(resaved(PIXELS, 35), 90)
    assert kinds(resaved(resaved(PIXELS, 35), 90), again) == {"quality.compression"}


def test_a_portrait_before_a_plain_wall_is_no_drawing():
    portrait = np.asarray(Image.open(EXAMPLES / "photo.jpg").convert("RGB"))
    coarse = resaved(portrait, 35)
    assert "quality.compression" in kinds(coarse, png(coarse))


def test_a_drawing_is_given_no_jpeg_past():
    drawn = drawn_text()
    assert not any(kind.startswith("quality.compression") for kind in kinds(drawn, png(drawn)))


def voice(seconds: float = 6.0, rate: int = RATE) -> np.ndarray:
    """Syllables: noise up to the band's end and a harmonic tone, with pauses."""
    rng = np.random.default_rng(0)
    time_s = np.arange(int(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * 140 * k * time_s) / k for k in range(1, 40))
    envelope = np.clip(np.sin(2 * np.pi * 1.3 * time_s), 0, 1)
    return 0.12 * envelope * (tone + 0.2 * rng.normal(size=time_s.size)) + 1e-4 * rng.normal(size=time_s.size)


def heard(samples: np.ndarray, **more) -> set[str]:
    return {evidence.kind for evidence in voice_quality(samples, RATE, **more)}


def test_clean_speech_passes():
    assert heard(voice()) == set()


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (voice(1.5), "short-speech"),
        (voice() + np.random.default_rng(1).normal(0, 1.0, voice().size), "low-snr"),
        (np.clip(voice() * 40, -1, 1), "clipping"),
        (resample_poly(resample_poly(voice(), 1, 2), 2, 1), "telephone-band"),
        (np.zeros(RATE), "silent"),
        (np.zeros(0), "silent"),
        (np.full(RATE, np.nan), "silent"),
    ],
)
def test_each_sound_limit(samples, kind):
    assert f"quality.{kind}" in heard(samples)


def test_seconds_of_speech_can_be_given():
    assert heard(voice(), speech_s=1.0) == {"quality.short-speech"}
