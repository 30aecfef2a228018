from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from apps.deepfake.decoding import read_image, read_sound
from shared.errors import BadInput, TooLarge, Unsupported
from tests.apps.deepfake.decoding.made import by_ffmpeg, looked_at, noise, saved, sound, tone

CLEAN = ("BadInput", "TooLarge", "Unsupported")
BY_FFMPEG = {
    "m4a": ("ipod", "aac", {}),
    "mp4": ("mp4", "aac", {"video": True}),
    "mov": ("mov", "alac", {}),
    "webm": ("webm", "libopus", {"rate_hz": 48_000}),
    "mkv": ("matroska", "aac", {"video": True}),
    "avi": ("avi", "libmp3lame", {"video": True}),
    "aac": ("adts", "aac", {}),
    "amr": ("amr", "libopencore_amrnb", {"rate_hz": 8000}),
    "3gp": ("3gp", "libopencore_amrnb", {"rate_hz": 8000}),
}


@pytest.fixture(scope="module")
def ffmpeg_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sounds")
    return {name: by_ffmpeg(folder / f"a.{name}", form, codec, **options) for name, (form, codec, options) in BY_FFMPEG.items()}


def pitch_hz(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))).argmax() * 16_000 / len(samples))


def crc_of_ogg(page: bytes) -> int:
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1 ^ 0x04C11DB7 if checksum & 0x80000000 else checksum << 1) & 0xFFFFFFFF
    return checksum


def test_a_wav_comes_as_one_channel_at_16_khz() -> None:
    clip = read_sound(sound(tone(48_000, 2.0, channels=2), 48_000, "WAV", "PCM_24"))
    facts = clip.facts
    assert clip.samples.shape == (32_000,) and clip.samples.dtype == np.float32 and clip.rate_hz == 16_000
    np.testing.assert_allclose(clip.samples[500:-500], tone(16_000, 2.0)[500:-500, 0], atol=2e-3)  # the filter's ripple
    assert (facts.container, facts.codec, facts.rate_hz, facts.channels, facts.bits) == ("WAV", "pcm_24", 48_000, 2, 24)
    assert facts.duration_s == facts.declared_s == 2.0 and facts.truncated_at_s is None and not facts.video
    assert facts.peak == pytest.approx(0.5, abs=1e-3) and facts.rms_dbfs == pytest.approx(-9.03, abs=0.02) and abs(facts.dc) < 1e-4
    assert facts.clipped == 0 and not facts.silent and facts.replaced == 0 and not facts.cut
    assert facts.notes == ("Its 2 channels were averaged.",)


def test_16_khz_comes_through_untouched() -> None:
    wave = tone(16_000, 1.0)
    clip = read_sound(sound(wave, 16_000, "WAV", "FLOAT"))
    np.testing.assert_array_equal(clip.samples, wave[:, 0])


@pytest.mark.parametrize(
    ("form", "subtype", "codec"),
    [
        ("FLAC", "PCM_16", "flac"),
        ("OGG", "VORBIS", "vorbis"),
        ("OGG", "OPUS", "opus"),
        ("MP3", "MPEG_LAYER_III", "mp3"),
        ("AIFF", "PCM_16", "pcm_16"),
        ("AU", "PCM_16", "pcm_16"),
        ("CAF", "PCM_16", "pcm_16"),
        ("RF64", "PCM_16", "pcm_16"),
    ],
)
def test_what_libsndfile_reads(form: str, subtype: str, codec: str) -> None:
    clip = read_sound(sound(tone(48_000, 2.0), 48_000, form, subtype))
    assert clip.facts.codec == codec and clip.facts.duration_s == pytest.approx(2.0, abs=0.01) and clip.facts.truncated_at_s is None
    assert pitch_hz(clip.samples) == pytest.approx(440, abs=1)


def test_what_ffmpeg_reads(ffmpeg_files: dict[str, bytes]) -> None:
    for name, data in ffmpeg_files.items():
        clip = read_sound(data)
        assert pitch_hz(clip.samples) == pytest.approx(440, abs=1.5), name
        assert clip.facts.duration_s == pytest.approx(2.0, abs=0.1) and clip.facts.truncated_at_s is None, name
        assert clip.facts.video == BY_FFMPEG[name][2].get("video", False)
        assert any("pictures are not examined" in note for note in clip.facts.notes) == clip.facts.video
        assert any("nothing above 4000 Hz" in note for note in clip.facts.notes) == (clip.facts.rate_hz == 8000)


def test_encoders_leave_their_names(ffmpeg_files: dict[str, bytes]) -> None:
    assert "LAME3.100" in read_sound(sound(tone(), 16_000, "MP3")).facts.encoder_marks
    facts = read_sound(ffmpeg_files["m4a"]).facts
    assert facts.tags["encoder"].startswith("Lavf") and facts.bit_rate_bps > 10_000


def test_a_video_without_sound_and_a_picture_are_refused(tmp_path: Path) -> None:
    silent = by_ffmpeg(tmp_path / "a.mp4", "mp4", "aac", video=True, audio=False)
    with pytest.raises(Unsupported, match="without sound"):
        read_sound(silent)
    with pytest.raises(Unsupported, match="a PNG picture, not a sound"):
        read_sound(saved(noise(), "PNG"))
    with pytest.raises(Unsupported, match="a FLAC sound, not a picture"):
        read_image(sound(tone(), 16_000, "FLAC"))


def test_truncated_at_every_tenth(ffmpeg_files: dict[str, bytes], tmp_path: Path) -> None:
    front = by_ffmpeg(tmp_path / "a.mp4", "mp4", "aac", video=True, options={"movflags": "faststart"})
    wholes = {form: sound(tone(44_100, 2.0), 44_100, form) for form in ("WAV", "MP3", "FLAC", "OGG", "AIFF", "AU")}
    wholes |= {"front": front, "mp4": ffmpeg_files["mp4"], "webm": ffmpeg_files["webm"], "avi": ffmpeg_files["avi"]}
    files = [whole[: len(whole) * tenth // 10] for whole in wholes.values() for tenth in range(1, 10)]
    outcomes = looked_at("sound", files)
    told = 0
    for at, (outcome, file) in enumerate(zip(outcomes, files, strict=True)):
        name, tenth = list(wholes)[at // 9], at % 9 + 1
        if "error" in outcome:
            assert outcome["error"] in ("BadInput", "Unsupported") and "<" not in outcome["message"], (name, outcome)
            assert name in ("mp4", "MP3", "OGG", "avi", "front"), (name, tenth, outcome)  # their index, or all of their sound, is behind
        else:
            facts = outcome["facts"]
            assert facts["truncated_at_s"] == facts["duration_s"] < 2.0, (name, tenth, facts)
            assert any("breaks off" in note for note in facts["notes"]) and len(file)
            told += 1
    assert told > 60


def test_silence_and_one_second() -> None:
    clip = read_sound(sound(np.zeros((16_000, 1), np.float32), 16_000, "WAV"))
    assert clip.facts.silent and clip.facts.rms_dbfs is None and "It is silent." in clip.facts.notes
    assert len(read_sound(sound(tone(44_100, 1.0), 44_100, "WAV")).samples) == 16_000
    with pytest.raises(BadInput, match="at least 20 ms"):
        read_sound(sound(tone(16_000, 0.01), 16_000, "WAV"))


def test_values_that_are_no_numbers_are_told() -> None:
    wave = tone(16_000, 1.0)
    wave[10], wave[20], wave[30], wave[40] = np.nan, np.inf, -np.inf, 1e30
    clip = read_sound(sound(wave, 16_000, "WAV", "FLOAT"))
    assert clip.facts.replaced == 4 and np.isfinite(clip.samples).all() and clip.facts.peak == pytest.approx(0.5, abs=0.01)
    assert any("no numbers" in note for note in clip.facts.notes)
    clip = read_sound(sound(np.full((16_000, 1), np.nan, np.float32), 16_000, "WAV", "FLOAT"))
    assert clip.facts.silent and clip.facts.replaced == 16_000


def test_channels_that_cancel_and_clipping_are_told() -> None:
    wave = tone(16_000, 1.0, channels=2)
    wave[:, 1] *= -1
    assert any("cancel" in note for note in read_sound(sound(wave, 16_000, "WAV")).facts.notes)
    facts = read_sound(sound((4 * tone()).clip(-1, 1) + 0, 16_000, "WAV")).facts
    assert facts.clipped > 0.5 and any("clipped" in note for note in facts.notes)
    assert read_sound(sound(tone() + np.float32(0.25), 16_000, "WAV")).facts.dc == pytest.approx(0.25, abs=1e-3)


def test_eight_channels_at_192_khz_and_no_more() -> None:
    clip = read_sound(sound(tone(192_000, 0.5, channels=8), 192_000, "WAV"))
    assert clip.samples.shape == (8000,) and clip.facts.channels == 8
    assert len(read_sound(sound(tone(8000, 0.5), 8000, "WAV")).samples) == 8000
    for data, kind, words in (
        (sound(tone(16_000, 0.1, channels=9), 16_000, "WAV"), TooLarge, "9 channels"),
        (sound(tone(384_000, 0.1), 384_000, "WAV"), TooLarge, "384000 Hz"),
        (sound(tone(4000, 0.5), 4000, "WAV"), BadInput, "4000 Hz"),
    ):
        with pytest.raises(kind, match=words):
            read_sound(data)


def test_two_hours_are_refused_by_the_header() -> None:
    size = 2 * 3600 * 8000
    header = b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    with pytest.raises(TooLarge, match="lasts 120 minutes; up to 30"):
        read_sound(header + b"data" + struct.pack("<I", size) + bytes([128]) * size)


def test_a_header_written_into_a_pipe_is_not_taken_at_its_word() -> None:
    data = bytearray(sound(tone(16_000, 1.0), 16_000, "WAV"))
    for at in (4, data.index(b"data") + 4):
        data[at : at + 4] = b"\xff\xff\xff\xff"
    facts = read_sound(bytes(data)).facts
    assert facts.duration_s == 1.0 and facts.truncated_at_s is None


def test_headers_that_lie() -> None:
    """More than there is: told as cut off, or refused where they claim hours; less: what is there counts."""
    mp3 = bytearray(sound(tone(44_100, 2.0), 44_100, "MP3"))
    at = next(mp3.index(mark) for mark in (b"Xing", b"Info") if mark in mp3)
    flac = bytearray(sound(tone(44_100, 2.0), 44_100, "FLAC"))
    ogg = bytearray(sound(tone(44_100, 2.0), 44_100, "OGG"))
    page = ogg.rindex(b"OggS")
    files = []
    for frames in (10**6, 100, 5):
        mp3[at + 8 : at + 12] = struct.pack(">I", frames)
        files.append(bytes(mp3))
    for count in (44_100 * 7200, 44_100 * 3, 100):
        flac[21:26] = bytes([flac[21] & 0xF0]) + struct.pack(">I", count)
        files.append(bytes(flac))
        ogg[page + 6 : page + 14] = struct.pack("<q", count)
        ogg[page + 22 : page + 26] = bytes(4)
        ogg[page + 22 : page + 26] = struct.pack("<I", crc_of_ogg(bytes(ogg[page:])))
        files.append(bytes(ogg))
    for at, outcome in enumerate(looked_at("sound", files)):
        if "error" in outcome:
            assert outcome["error"] in CLEAN, (at, outcome)
        else:
            assert outcome["facts"]["duration_s"] <= 3.1, (at, outcome)
            assert outcome["bytes"] == 4 * outcome["shape"][0] <= 4 * 3.1 * 16_000


def test_a_sound_that_hides_its_length_is_cut_at_the_limit(tmp_path: Path) -> None:
    """WebM as a browser records it: without a duration."""
    data = by_ffmpeg(tmp_path / "a.webm", "webm", "libopus", rate_hz=48_000, seconds=5, options={"live": "1"})
    [outcome] = looked_at("sound", [data], max_seconds=3.0)
    assert outcome["facts"]["declared_s"] is None and outcome["facts"]["cut"]
    assert outcome["facts"]["duration_s"] == 3.0 and outcome["shape"] == [48_000] and outcome["facts"]["truncated_at_s"] is None
    assert any("Only the first" in note for note in outcome["facts"]["notes"])


def test_playlists_and_other_formats_of_ffmpeg_are_never_tried() -> None:
    for data in (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n", b"ffconcat version 1.0\nfile /etc/passwd\n", b"<MPD></MPD>"):
        with pytest.raises(Unsupported):
            read_sound(data)


def test_random_bytes_behind_each_first_bytes(ffmpeg_files: dict[str, bytes]) -> None:
    generator = np.random.default_rng(0)
    wholes = [sound(tone(), 16_000, form) for form in ("WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF")] + list(ffmpeg_files.values())
    starts = [whole[:size] for whole in wholes for size in (12, 48, 400)]
    files = [start + generator.bytes(int(generator.integers(0, 4000))) for start in starts for _ in range(3)]
    for outcome in looked_at("sound", files):
        assert outcome.get("error", "BadInput") in CLEAN, outcome


def test_flipped_bytes(ffmpeg_files: dict[str, bytes]) -> None:
    generator = np.random.default_rng(1)
    wholes = [sound(tone(), 16_000, form) for form in ("WAV", "FLAC", "OGG", "MP3", "AIFF", "CAF")] + list(ffmpeg_files.values())
    files = []
    for whole in wholes:
        for _ in range(12):
            broken = bytearray(whole)
            for _ in range(3):
                broken[int(generator.integers(4, len(whole)))] ^= int(generator.integers(1, 256))
            files.append(bytes(broken))
    for outcome in looked_at("sound", files):
        assert outcome.get("error", "BadInput") in CLEAN, outcome


@pytest.mark.slow
def test_half_an_hour_is_read_whole() -> None:
    clip = read_sound(sound(np.zeros((8000 * 1800, 1), np.float32), 8000, "WAV", "PCM_U8"))
    assert clip.samples.shape == (28_800_000,) and not clip.facts.cut
