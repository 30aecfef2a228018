"""The three tasks on their real models: what a composer, a sound designer and an editor ask, and what they get."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
import soundfile

from apps.audio import ComposeResult, DenoiseResult, EffectResult, compose, denoise, effect
from apps.audio.score.reading import read_score
from apps.audio.sound import read_sound
from apps.audio.tasks import EXAMPLES
from apps.audio.wavfile import read_wav, write_wav
from shared.errors import BadInput, TooLarge

HYMN = EXAMPLES / "old_hundredth.abc"
STREET = EXAMPLES / "street.flac"


def given(path: Any) -> tuple[str, bytes]:
    return path.name, path.read_bytes()


def refusal(task: Any, **fields: Any) -> str:
    with pytest.raises(BadInput) as caught:
        task(**fields)
    assert caught.value.message
    return str(caught.value)


@pytest.fixture(scope="module")
def harmonised() -> ComposeResult:
    return compose(melody=given(HYMN), seed=3, stems=True, takes=2)


@pytest.fixture(scope="module")
def rain() -> EffectResult:
    return effect(description="steady rain on leaves", loop=True, duration_s=2, variations=2, width=0.5, seed=1)


@pytest.fixture(scope="module")
def street() -> DenoiseResult:
    return denoise(recording=given(STREET))


class TestCompose:
    def test_the_melody_stays_and_three_voices_are_written_to_it(self, harmonised: ComposeResult) -> None:
        assert harmonised.musicxml is not None
        tune = read_score(HYMN.read_bytes(), HYMN.name).chorale
        piece = read_score(harmonised.musicxml.read(), "piece.musicxml")
        assert piece.voices == (0, 1, 2, 3)
        assert np.array_equal(piece.chorale.sounding[:, 0], tune.sounding[:, 0])
        assert (piece.chorale.sounding > 0).all(axis=1).mean() > 0.95

    def test_midi_holds_the_notes_of_the_score_and_says_where_they_come_from(self, harmonised: ComposeResult) -> None:
        assert harmonised.midi is not None and harmonised.musicxml is not None
        midi, xml = harmonised.midi.read(), harmonised.musicxml.read()
        assert np.array_equal(read_score(midi, "a.mid").chorale.sounding, read_score(xml, "a.musicxml").chorale.sounding)
        assert b"bach-chorales" in midi and b"bach-chorales" in xml

    def test_stems_add_up_to_what_is_heard(self, harmonised: ComposeResult) -> None:
        mix = read_wav(harmonised.audio.read())
        parts = [read_wav(stem.read()) for stem in harmonised.stems]
        assert len(parts) == 4 and mix.sample_rate_hz == 48_000
        assert np.abs(sum(part.signal for part in parts) - mix.signal).max() < 5 / 32767
        assert 0.05 < np.abs(mix.signal).max() <= 0.9
        assert "seed 3" in mix.info["comment"]

    def test_the_timeline_points_into_the_score(self, harmonised: ComposeResult) -> None:
        assert harmonised.timeline is not None and harmonised.strip is not None
        timeline = json.loads(harmonised.timeline.read())
        pages = b"".join(page.read() for page in harmonised.score).decode()
        assert timeline["bars"][0] == {"bar": 0, "start_s": 0.0}
        for note in timeline["notes"]:
            assert note["ids"] and note["start_s"] < note["end_s"] <= timeline["end_s"] + 1e-3
            assert all(f'id="{mark}"' in pages for mark in note["ids"])
        assert harmonised.pdf is not None and harmonised.pdf.read().startswith(b"%PDF")

    def test_the_same_seed_gives_the_same_piece_and_another_seed_another(self) -> None:
        asked: dict[str, Any] = {"bars": 2, "takes": 1}
        once, again, other = (compose(**asked, seed=seed) for seed in (4, 4, 5))
        assert once.audio.sha256 == again.audio.sha256 and once.midi == again.midi
        assert other.midi != once.midi

    def test_only_the_bars_asked_for_are_written_anew(self, harmonised: ComposeResult) -> None:
        assert harmonised.musicxml is not None
        before = read_score(harmonised.musicxml.read(), "piece.musicxml").chorale
        filled = compose(melody=("piece.musicxml", harmonised.musicxml.read()), fill_bars=[2], seed=9, takes=1, cadence=False)
        assert filled.musicxml is not None
        after = read_score(filled.musicxml.read(), "piece.musicxml").chorale
        bars = before.bars + int(before.position[0] == 0)
        changed = (before.sounding != after.sounding).any(axis=1)
        assert changed.any() and set(bars[changed]) == {2}

    def test_a_free_piece_has_its_key_and_length_and_ends_at_home(self) -> None:
        piece = compose(bars=3, metre="3/4", key="d minor", tempo_bpm=90, takes=1, seed=2, format="flac", instrument="choir")
        assert piece.summary.startswith("D minor, 3/4, 3 bars, 90 quarters")
        assert piece.audio.name.endswith(".flac") and read_sound(piece.audio.read(), "a.flac").channels == 2
        assert piece.midi is not None
        notes = read_score(piece.midi.read(), "a.mid").chorale.sounding
        assert notes[-1, 3] % 12 == 2

    def test_only_fermatas_that_somebody_wrote_are_printed(self) -> None:
        tune = b"X:1\nT:Plain\nM:4/4\nL:1/4\nK:Dm\nd e f g|a g f2|e d ^c d|d4|]\n"
        piece = compose(melody=("plain.abc", tune), takes=1)
        assert piece.musicxml is not None and b"<fermata" not in piece.musicxml.read()
        assert any("not printed" in warning for warning in piece.warnings)

    def test_a_low_alto_is_moved_to_where_altos_sing(self) -> None:
        low = b"X:1\nT:Low\nM:4/4\nL:1/4\nK:Eb\nE, G, B, E|D, F, A, C|E, G, F, D|E4|]\n".replace(b"E4", b"E,4")
        piece = compose(melody=("low.abc", low), voice="alto", takes=1)
        assert any("octave" in warning for warning in piece.warnings)

    def test_the_guide_doubles_no_leading_tone(self) -> None:
        tune = b"X:1\nT:Minor\nM:3/4\nL:1/4\nK:Dm\nA|d2 e|f2 e|d2 ^c|d2 A|B2 A|G2 F|E2 ^C|D2|]\n"
        for seed in range(3):
            piece = compose(melody=("minor.abc", tune), seed=seed, guide=True, takes=1)
            doubled = next(figure for figure in piece.figures if figure.label == "doubled leading tones")
            assert doubled.value == 0

    def test_what_cannot_be_set_is_refused_before_work(self) -> None:
        assert "5/8" in refusal(compose, melody=("odd.abc", b"X:1\nT:odd\nM:5/8\nL:1/8\nK:C\ncdefg|gfedc|\n"))
        assert "no bar 99" in refusal(compose, melody=given(HYMN), fill_bars=[99])
        assert "no bass" in refusal(compose, melody=given(HYMN), keep=["bass"])
        assert "chorale" in refusal(compose, style="techno")
        assert "living artist" in refusal(compose, style="a chorale by Taylor Swift")
        assert "accidentals" in refusal(compose, key="G# major")
        assert "melody" in refusal(compose, fill_bars=[1])
        assert "bars" in refusal(compose, bars=3000)
        bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><score-partwise>&c;</score-partwise>'
        assert "entit" in refusal(compose, melody=("bomb.musicxml", bomb)).lower()

    def test_a_hub_model_is_asked_for_in_its_own_terms(self) -> None:
        assert "takes no melody" in refusal(compose, model="hub:facebook/musicgen-small", melody=given(HYMN))
        assert "at most 30 s" in refusal(compose, model="hub:facebook/musicgen-small", style="slow jazz", duration_s=60)


class TestEffect:
    def test_variations_differ_and_loop_without_a_seam(self, rain: EffectResult) -> None:
        assert rain.kind == "rain" and "rain" in rain.understood
        sounds = [read_wav(one.file.read()) for one in rain.effects]
        for sound, one in zip(sounds, rain.effects, strict=True):
            assert sound.sample_rate_hz == 48_000 and sound.signal.shape[1] == 2 and one.loop is not None
            assert (sound.loops[0].start, sound.loops[0].end) == one.loop
            start, end = one.loop
            inside = np.abs(np.diff(sound.signal[start:end], axis=0)).max()
            assert np.abs(sound.signal[start] - sound.signal[end]).max() <= inside
        assert rain.effects[0].parameters != rain.effects[1].parameters

    def test_the_pack_is_named_for_a_game_and_has_its_table(self, rain: EffectResult) -> None:
        with zipfile.ZipFile(io.BytesIO(rain.pack.read())) as pack:
            assert pack.namelist() == ["rain_loop_01.wav", "rain_loop_02.wav", "pack.csv", "pack.json"]
            assert pack.read("rain_loop_01.wav") == rain.effects[0].file.read()
            assert json.loads(pack.read("pack.json"))["class"] == "rain"

    def test_words_set_the_controls_and_fields_go_before_words(self) -> None:
        far = effect(description="a distant explosion", variations=1, duration_s=1)
        near = effect(description="a distant explosion", variations=1, duration_s=1, distance_m=1)
        assert far.metadata["distance"] != "1 m" and near.metadata["distance"] == "1 m"

    def test_knobs_set_by_hand_are_kept(self, rain: EffectResult) -> None:
        name, value = next(iter(rain.effects[0].parameters.items()))
        set_by_hand = effect(description="rain", parameters={name: value}, variations=2, duration_s=0.5)
        assert [one.parameters[name] for one in set_by_hand.effects] == [value, value]

    def test_own_clips_are_varied_and_named(self) -> None:
        rng = np.random.default_rng(0)
        clips = []
        for number in range(2):
            body = rng.standard_normal(24_000) * np.exp(-np.arange(24_000) / 3000)
            clips.append((f"hit {number}.wav", write_wav((0.3 * body / np.abs(body).max()).astype(np.float32))))
        made = effect(description="a hit", mode="library", library=clips, variations=2, seed=1)
        for one in made.effects:
            assert {source.name for source in one.sources} <= {"hit 0.wav", "hit 1.wav"} and one.sources
            assert sum(source.share for source in one.sources) == pytest.approx(1, abs=0.01)

    def test_what_is_not_understood_is_asked_back(self) -> None:
        message = refusal(effect, description="crowd cheering in a stadium")
        assert "Which one" in message and "kind" in message
        for text in ("qwzx vfgh", "?!"):
            assert "English" in refusal(effect, description=text)
        assert effect(description="no rain, just wind", variations=1, duration_s=0.3).kind == "wind"
        assert effect(description="flurbish", kind="bell", variations=1, duration_s=0.3).kind == "bell"

    def test_impossible_wishes_are_refused(self) -> None:
        assert "loop" in refusal(effect, description="a gunshot", loop=True)
        assert "duration" in refusal(effect, description="rain", duration_s=0)
        assert "duration" in refusal(effect, description="rain", duration_s=36_000)
        assert "no parameter" in refusal(effect, description="rain", parameters={"nope": 1})
        assert "library" in refusal(effect, description="rain", mode="library")
        assert "brand" in refusal(effect, description="the Netflix intro")


class TestDenoise:
    def test_noise_and_hum_are_taken_out_and_shown(self, street: DenoiseResult) -> None:
        assert street.material == "speech" and street.hum_hz == pytest.approx(50, abs=0.5)
        before = read_sound(STREET.read_bytes(), "street.flac")
        clean, removed = (read_sound(file.read(), file.name) for file in (street.cleaned, street.removed))
        assert clean.rate_hz == before.rate_hz and street.cleaned.name == "street-cleaned.flac"
        assert np.abs(clean.samples + removed.samples - before.samples).max() < 3 / 32767
        floor = next(figure for figure in street.figures if figure.label == "noise floor")
        assert floor.value < -45

    def test_strength_zero_changes_nothing(self) -> None:
        result = denoise(recording=given(STREET), strength=0, hum="off")
        before = read_sound(STREET.read_bytes(), "street.flac")
        assert np.abs(read_sound(result.cleaned.read(), "a.flac").samples - before.samples).max() < 2 / 32767

    def test_hostile_files_are_refused_in_a_sentence(self) -> None:
        assert "web page" in refusal(denoise, recording=("song.mp3", b"<!doctype html><html><body>404</body></html>"))
        one = write_wav(np.zeros(1, np.float32))
        assert "1 sample" in refusal(denoise, recording=("one.wav", one))
        with pytest.raises(TooLarge, match="384000 Hz"):
            denoise(recording=("bat.wav", write_wav(np.zeros(4000, np.float32), sample_rate_hz=384_000)))
        hot = 2 * np.sin(np.arange(48_000) * 0.03).astype(np.float32)
        out = io.BytesIO()
        soundfile.write(out, hot, 48_000, format="WAV", subtype="FLOAT")
        kept = denoise(recording=("hot.wav", out.getvalue()), material="effects")
        clean, removed = (soundfile.read(io.BytesIO(file.read()), dtype="float32")[0] for file in (kept.cleaned, kept.removed))
        assert np.abs(clean + removed - hot).max() < 1e-5, "float recordings go beyond full scale and stay so"
        clipped = denoise(recording=("hot.wav", out.getvalue()), material="effects", format="wav")
        assert any("clipped" in warning for warning in clipped.warnings)
        silent = denoise(recording=("silent.wav", write_wav(np.zeros(16_000, np.float32), sample_rate_hz=16_000)))
        assert any("silent" in warning for warning in silent.warnings)
