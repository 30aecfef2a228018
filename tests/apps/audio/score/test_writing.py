"""What is written is read back as the same grid, and is notation that a musician would write."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.chorales.chorale import HOLD, REST, Chorale
from apps.audio.score.durations import beams, values_of_note, values_of_rest
from apps.audio.score.keys import spelled
from apps.audio.score.reading import read_score
from apps.audio.score.writing import write_midi, write_musicxml
from tests.apps.audio.score.examples import chorales, same

SAID = {"tempo_bpm": 72.0, "title": "Ein' feste Burg <&> Чайка", "origin": "Written by a test, seed 3."}


@settings(max_examples=40, deadline=None)
@given(chorales())
def test_musicxml_is_read_back_as_the_same_grid(chorale: Chorale) -> None:
    back = read_score(write_musicxml(chorale, **SAID), "made.musicxml")
    assert same(back.chorale, chorale) and back.chorale.tonic == chorale.tonic
    assert (back.voices, back.tempo_bpm, back.title, back.notes) == ((0, 1, 2, 3), 72.0, SAID["title"], ())


@settings(max_examples=40, deadline=None)
@given(chorales())
def test_midi_is_read_back_as_the_same_grid(chorale: Chorale) -> None:
    back = read_score(write_midi(chorale, **SAID), "made.mid")
    assert same(back.chorale, chorale) and back.chorale.tonic == chorale.tonic
    assert (back.voices, back.tempo_bpm, back.title, back.notes) == ((0, 1, 2, 3), 72.0, SAID["title"], ())


@settings(max_examples=30, deadline=None)
@given(st.data())
@pytest.mark.parametrize("write", [write_midi, write_musicxml])
def test_given_voices_are_read_back_alone(write, data: st.DataObject) -> None:
    voices = data.draw(st.sets(st.integers(0, 3), min_size=1))
    chorale = data.draw(chorales(tuple(sorted(voices))))
    voice = ("soprano", "alto", "tenor", "bass")[min(voices)]
    back = read_score(write(chorale, **SAID), "made", voice=voice)
    assert set(back.voices) == voices and same(back.chorale, chorale)


def piece(cells: list[int], **changes) -> Chorale:
    """Steps of a soprano over held notes of the others, from a bar line."""
    column = np.array(cells, np.uint8)
    all_cells = np.full((len(cells), 4), HOLD, np.uint8)
    all_cells[:, 0] = column
    all_cells[0, 1:] = (62, 55, 48)
    position = (np.arange(len(cells)) % 16).astype(np.uint8)
    found = Chorale("piece", all_cells, np.arange(len(cells)) >= len(cells) - 4, position, 16, 0, 0)
    return replace(found, **changes)


def notes_of(document: bytes, part: str = "P1", voice: str = "1") -> list[ET.Element]:
    root = ET.fromstring(document)
    return [note for note in root.iterfind(f"part[@id='{part}']/measure/note") if note.findtext("voice") == voice]


def test_a_note_over_the_bar_line_is_tied_and_its_accidental_printed_once() -> None:
    chorale = piece([72, *[0] * 11, 66, *[0] * 7, 66, 0, 0, 0, 65, *[0] * 7])
    found = notes_of(write_musicxml(chorale, **SAID))
    heads = [
        (note.findtext("type"), len(note.findall("dot")), [tie.get("type") for tie in note.iterfind("tie")], note.findtext("accidental"))
        for note in found
    ]
    assert heads == [
        ("half", 1, [], None),
        ("quarter", 0, ["start"], "sharp"),
        ("quarter", 0, ["stop"], None),
        ("quarter", 0, [], "sharp"),
        ("half", 0, [], "natural"),
    ]


@pytest.mark.parametrize("bar_steps", [8, 12, 16, 24])
def test_every_length_at_every_place_is_cut_into_values_that_fill_it(bar_steps: int) -> None:
    for begin in range(bar_steps):
        for length in range(1, bar_steps - begin + 1):
            for cut in (values_of_note, values_of_rest):
                values = cut(begin, length, bar_steps)
                assert sum(values) == length and (len(values) <= 3 or cut is values_of_rest)
            if begin % 4 and begin % 4 + length > 4 and (begin % 2 or length % 2):
                assert values_of_note(begin, length, bar_steps)[0] <= 4 - begin % 4, (begin, length)


@pytest.mark.parametrize(
    ("begin", "length", "expected"),
    [(0, 5, [4, 1]), (0, 16, [16]), (2, 4, [4]), (6, 4, [2, 2]), (3, 5, [1, 4]), (0, 7, [6, 1]), (4, 12, [12])],
)
def test_note_values_show_the_beats(begin: int, length: int, expected: list[int]) -> None:
    assert values_of_note(begin, length, 16) == expected


def test_beams_join_what_is_shorter_than_a_quarter_within_a_quarter() -> None:
    assert beams([(0, 2, True), (2, 2, True), (4, 3, True), (7, 1, True), (8, 4, True), (12, 2, True), (14, 2, False)]) == [
        ["begin"],
        ["end"],
        ["begin"],
        ["end", "backward hook"],
        [],
        [],
        [],
    ]
    assert beams([(0, 1, True), (1, 1, True), (2, 2, True)]) == [["begin", "begin"], ["continue", "end"], ["end"]]


@pytest.mark.parametrize(
    ("pitch", "sharps", "name"),
    [
        (66, 0, ("F", 1, 4)),
        (70, -1, ("B", -1, 4)),
        (68, -3, ("A", -1, 4)),
        (68, 0, ("G", 1, 4)),
        (60, 7, ("B", 1, 3)),
        (71, -7, ("C", -1, 5)),
    ],
)
def test_spelling_follows_the_key(pitch: int, sharps: int, name: tuple[str, int, int]) -> None:
    assert spelled(pitch, sharps) == name


def test_a_pickup_is_bar_0_and_the_last_bar_has_a_final_bar_line() -> None:
    chorale = piece([74, *[0] * 63], position=((np.arange(64) - 4) % 16).astype(np.uint8), sharps=2, tonic=2)
    document = write_musicxml(chorale, **SAID)
    root = ET.fromstring(document)
    measures = root.findall("part[@id='P1']/measure")
    assert [(measure.get("number"), measure.get("implicit")) for measure in measures[:2]] == [("0", "yes"), ("1", None)]
    assert len(measures) == 5 and measures[-1].findtext("barline/bar-style") == "light-heavy"
    assert root.findtext("identification/encoding/encoding-description") == SAID["origin"]
    stems = [{note.findtext("stem") for note in notes_of(document, part, voice)} - {None}
             for part in ("P1", "P2") for voice in ("1", "2")]  # fmt: skip
    assert stems == [{"up"}, {"down"}] * 2


def test_midi_has_a_conductor_four_named_tracks_and_bar_lines_after_the_pickup() -> None:
    chorale = piece([74, *[0] * 63], position=((np.arange(64) - 4) % 16).astype(np.uint8), sharps=-2, tonic=7)
    file = mido.MidiFile(file=io.BytesIO(write_midi(chorale, **SAID, programs=(0, 19, 48, 52))), charset="utf-8")
    assert (file.type, file.ticks_per_beat, [track.name for track in file.tracks[1:]]) == (1, 480, ["Soprano", "Alto", "Tenor", "Bass"])
    conductor = [(message.type, message.dict()) for message in file.tracks[0]]
    metres = [(fields["time"], fields["numerator"], fields["denominator"]) for kind, fields in conductor if kind == "time_signature"]
    assert metres == [(0, 1, 4), (480, 4, 4)]
    assert next(fields["key"] for kind, fields in conductor if kind == "key_signature") == "Gm"
    assert SAID["origin"] in [fields.get("text") for _, fields in conductor] and file.tracks[0].name == SAID["title"]
    channels = [(message.channel, message.program) for track in file.tracks for message in track if message.type == "program_change"]
    assert channels == [(0, 0), (1, 19), (2, 48), (3, 52)]
    assert file.length == pytest.approx(len(chorale) / 4 * 60 / 72, rel=1e-4)


def test_the_same_music_gives_the_same_bytes() -> None:
    chorale = piece([72, *[0] * 15])
    assert write_midi(chorale, **SAID) == write_midi(chorale, **SAID)
    assert write_musicxml(chorale, **SAID) == write_musicxml(chorale, **SAID)


def test_a_title_that_xml_cannot_hold_loses_only_those_characters() -> None:
    document = write_musicxml(piece([72, *[0] * 15]), tempo_bpm=72, title="a\x00b\x0bc\ud800d", origin="\x01")
    assert ET.fromstring(document).findtext("work/work-title") == "abcd"
    assert read_score(document, "x").chorale.cells[0, 0] == 72


def test_fermatas_edited_in_another_program_are_believed() -> None:
    chorale = piece([72, 0, 0, 0, 74, 0, 0, 0, 76, 0, 0, 0, 72, 0, 0, 0])
    document = write_musicxml(chorale, **SAID).decode()
    moved = document.replace("of 16 16ths: 12-16", "of 16 16ths: 4-8")
    assert np.flatnonzero(read_score(moved.encode(), "x").chorale.fermata).tolist() != [4, 5, 6, 7]


def test_a_silent_voice_is_not_written() -> None:
    cells = np.full((16, 4), HOLD, np.uint8)
    cells[0] = (72, REST, REST, REST)
    chorale = replace(piece([72, *[0] * 15]), cells=cells)
    document = write_musicxml(chorale, **SAID)
    assert not notes_of(document, "P1", "2") and notes_of(document)[0].find("stem") is None
    assert read_score(document, "x").voices == (0,)
