"""Melodies and parts from MIDI, MusicXML and ABC; and everything that is refused, with what is to be done."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest

from apps.audio.chorales.chorale import REST
from apps.audio.score.keys import estimated_key
from apps.audio.score.reading import read_score
from shared.errors import BadInput, TooLarge, Unsupported
from tests.apps.audio.score.examples import TUNE, midi, scale, zipped

EXAMPLES = Path(__file__).parents[4] / "apps/audio/examples"


def abc(music: str, *, metre: str = "4/4", unit: str = "1/4", key: str = "C", fields: str = "") -> bytes:
    return f"X:1\nT:Tune\nM:{metre}\nL:{unit}\n{fields}K:{key}\n{music}\n".encode()


def xml(measures: str, *, metre: tuple[int, int] = (4, 4), key: str = "<fifths>0</fifths>", head: str = "", attributes: str = "") -> bytes:
    time = f"<time><beats>{metre[0]}</beats><beat-type>{metre[1]}</beat-type></time>"
    first = f"<attributes><divisions>4</divisions><key>{key}</key>{time}{attributes}</attributes>"
    return (
        f'<?xml version="1.0"?>{head}<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flute</part-name></score-part>'
        f'</part-list><part id="P1">{measures.replace("<measure>", f"<measure>{first}", 1)}</part></score-partwise>'
    ).encode()


def note(step: str, duration: int, octave: int = 4, extra: str = "") -> str:
    return f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{duration}</duration>{extra}</note>"


def soprano(given) -> list[tuple[int, int]]:
    """(begin, pitch) of what the first given voice does."""
    column = given.chorale.cells[:, given.voices[0]]
    return [(int(at), int(column[at])) for at in np.flatnonzero(column)]


@pytest.mark.parametrize(
    ("name", "key", "bars", "notes", "phrases"),
    [("old_hundredth.abc", (1, 7), 9, 32, 4), ("nun_danket.musicxml", (-1, 5), 17, 51, 8), ("ode_to_joy.mid", (2, 2), 16, 62, 4)],
)
def test_the_examples(name: str, key: tuple[int, int], bars: int, notes: int, phrases: int) -> None:
    given = read_score((EXAMPLES / name).read_bytes(), name)
    chorale = given.chorale
    assert (given.voices, chorale.sharps, chorale.tonic, chorale.bar_steps) == ((0,), *key, 16)
    assert int(chorale.bars.max()) + (chorale.position[0] == 0) == bars - (chorale.position[0] != 0)
    assert (chorale.cells[:, 0] > REST).sum() == notes and given.title and given.tempo_bpm
    assert (chorale.fermata & ~np.append(chorale.fermata[1:], False)).sum() == phrases


def test_abc_pitches_lengths_and_bar_scope() -> None:
    given = read_score(abc("^F F =F/2 F3/2|F c c/2>d/2 c|"), "x.abc")
    assert soprano(given) == [(0, 66), (4, 66), (8, 65), (10, 65), (16, 65), (20, 72), (24, 72), (27, 74), (28, 72)]


@pytest.mark.parametrize(
    ("key", "sharps", "tonic"),
    [("G", 1, 7), ("Gm", -2, 7), ("D dorian", 0, 2), ("Bb", -2, 10), ("F#min", 3, 6), ("Amix", 2, 9), ("Ebmaj", -3, 3), ("GB c", 1, 7)],
)
def test_abc_keys_and_modes(key: str, sharps: int, tonic: int) -> None:
    chorale = read_score(abc("c d e c|", key=key), "x.abc").chorale
    assert (chorale.sharps, chorale.tonic) == (sharps, tonic)


def test_abc_ties_rests_fermatas_graces_and_repeats() -> None:
    given = read_score(abc('|:"C"c2- c z|{d}c d !fermata!e2|1 c4:|2 Hg4|]'), "x.abc")
    assert soprano(given) == [(0, 72), (12, REST), (16, 72), (20, 74), (24, 76), (32, 79)]
    assert np.flatnonzero(given.chorale.fermata).tolist() == [*range(24, 32), *range(32, 48)]
    assert given.notes == ("1 grace note left out.", "Repeats are read once, with their last endings.")


def test_abc_in_four_voices() -> None:
    music = "V:T\nG4|\nV:S\nc4|\nV:B\nC,4|\nV:A\nE4|"
    given = read_score(abc(music), "x.abc")
    assert sorted(given.voices) == [0, 1, 2, 3] and given.chorale.cells[0].tolist() == [72, 64, 67, 48]


def test_a_melody_is_moved_by_octaves_where_only_so_it_fits() -> None:
    given = read_score(abc("C D E F|G A B c|"), "x.abc", voice="bass")
    assert given.voices == (3,) and given.notes[0] == "The melody was moved one octave down into the range of the bass."
    assert soprano(given)[0] == (0, 48)
    assert read_score(abc("C D E F|G A B c|"), "x.abc", voice="alto").chorale.cells[0, 1] == 60


@pytest.mark.parametrize(
    ("metre", "music", "bar_steps", "length", "said"),
    [
        ("3/4", "c d e|c3|", 12, 24, "No fermatas in the file: "),
        ("C|", "c d e f|c4|", 16, 32, "Read as 4/4: the file is in 2/2"),
        ("2/4", "c|c d|e f|g g|c|", 16, 32, "Read as 4/4: the file is in 2/4"),
        ("6/8", "c/2d/2e/2 c3/2|c3|", 12, 48, "Read as 3/4, note values doubled: the file is in 6/8"),
        ("3/2", "c2 d2 e2|c6|", 12, 24, "Read as 3/4, note values halved: the file is in 3/2"),
        ("6/4", "c d e f e d|c6|", 12, 48, "Read as 3/4: the file is in 6/4"),
    ],
)
def test_metres_are_brought_to_those_the_model_knows(metre: str, music: str, bar_steps: int, length: int, said: str) -> None:
    given = read_score(abc(music, metre=metre, fields="Q:1/4=100\n"), "x.abc")
    chorale = given.chorale
    assert (chorale.bar_steps, len(chorale)) == (bar_steps, length)
    first = 12 if metre == "2/4" else 0
    assert chorale.position.tolist() == [(first + step) % bar_steps for step in range(length)]
    assert given.notes[0].startswith(said.rstrip(": "))
    assert given.tempo_bpm == (200.0 if "doubled" in said else 50.0 if "halved" in said else 100.0)


def test_musicxml_of_a_transposing_instrument_sounds() -> None:
    clarinet = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    data = xml(f"<measure>{note('D', 16, 5)}</measure>", key="<fifths>2</fifths><mode>major</mode>", attributes=clarinet)
    chorale = read_score(data.replace(b"</attributes>", b"</attributes>", 1), "x").chorale
    assert chorale.cells[0, 0] == 72
    reordered = data.replace(clarinet.encode(), b"").replace(b"<key>", clarinet.encode() + b"<key>")
    assert read_score(reordered, "x").chorale.sharps == read_score(data, "x").chorale.sharps == 0


def test_musicxml_in_an_archive_with_a_doctype_graces_and_endings() -> None:
    first = note("C", 16, 5).replace("<pitch>", "<pitch>")
    grace = "<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>"
    ending = (
        '<measure><barline location="left"><ending number="{0}" type="start"/></barline>{1}'
        '<barline><ending number="{0}" type="stop"/>{2}</barline></measure>'
    )
    measures = (
        f"<measure>{grace}{first}</measure>"
        + ending.format(1, note("D", 16, 5), '<repeat direction="backward"/>')
        + ending.format(2, note("E", 16, 5), "")
    )
    head = '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">'
    container = b'<container><rootfiles><rootfile full-path="tune.xml"/></rootfiles></container>'
    given = read_score(zipped({"META-INF/container.xml": container, "tune.xml": xml(measures, head=head)}), "x.mxl")
    assert soprano(given) == [(0, 72), (16, 76)]
    assert given.notes[:2] == ("1 grace or cue note left out.", "Repeats are read once, with their last endings.")


def test_midi_onsets_and_gaps_of_a_player_are_quantised() -> None:
    rng = random.Random(0)
    tune = [(max(0, begin + rng.randint(-20, 20)), end - rng.randint(15, 60), pitch) for begin, end, pitch in scale()]
    given = read_score(midi(tune, extra=[(0, mido.MetaMessage("key_signature", key="C"))]), "x.mid")
    assert soprano(given) == [(begin // 120, pitch) for begin, _, pitch in scale()]
    assert given.notes[0].startswith("Played, not written")


def test_midi_rests_survive_and_leading_silence_is_a_pickup() -> None:
    tune = [(480 * 7, 480 * 8, 67), (480 * 8, 480 * 9, 72), (480 * 10, 480 * 12, 71)]
    given = read_score(midi(tune), "x.mid")
    assert soprano(given) == [(0, 67), (4, 72), (8, REST), (12, 71)]
    assert given.chorale.position[:5].tolist() == [12, 13, 14, 15, 0]


def test_midi_in_the_default_key_is_believed_only_where_the_notes_agree() -> None:
    tune = [(480 * at, 480 * (at + 1), pitch) for at, pitch in enumerate((62, 64, 66, 67, 69, 71, 73, 74, 73, 71, 69, 67, 66, 64, 69, 62))]
    given = read_score(midi(tune, extra=[(0, mido.MetaMessage("key_signature", key="C"))]), "x.mid")
    assert (given.chorale.sharps, given.chorale.tonic) == (2, 2) and "it is in D major" in given.notes[0]
    assert "D major was estimated" in read_score(midi(tune), "x.mid").notes[0]


def test_phrases_without_fermatas_end_at_long_notes() -> None:
    lengths = [1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2]
    begins = np.concatenate([[0], np.cumsum(lengths)])
    tune = [(480 * int(begin), 480 * int(end), 60 + number % 5) for number, (begin, end) in enumerate(pairwise(begins))]
    fermata = read_score(midi(tune), "x.mid").chorale.fermata
    assert np.flatnonzero(fermata).tolist() == [*range(24, 32), *range(56, 64), *range(88, 96)]
    steady = read_score(midi(scale(48)), "x.mid").chorale.fermata
    assert np.flatnonzero(steady).tolist() == [step for end in range(32, 193, 32) for step in range(end - 4, end)]


def test_the_key_is_estimated_from_the_notes() -> None:
    assert estimated_key([60, 62, 64, 65, 67, 69, 71, 72], [1] * 8, 72)[:2] == (0, 0)
    assert estimated_key([57, 59, 60, 62, 64, 65, 68, 69], [1] * 8, 57) == (0, 9, "minor")
    assert estimated_key([60], [1], 60)[1] == 0


TRIPLETS = [(number * 160, (number + 1) * 160, 60 + number % 8) for number in range(24)]
REFUSED = {
    "empty file": (b"  \n", "empty"),
    "no notes": (abc("z4|z4|"), "no notes"),
    "out of range": (abc("C,, G,, C c g c' e' g'|"), "range"),
    "chord": (abc("[CE]4|"), "a chord"),
    "polyphonic MIDI": (midi([(0, 960, 60), (480, 1440, 64), (960, 1900, 67)]), "bar 1: two notes sound at once"),
    "polyphonic MusicXML": (xml(f"<measure>{note('C', 16)}{note('E', 16, 4, '<chord/>')}</measure>"), "two notes sound at once"),
    "3,000 bars": (abc("c4|" * 500), "128"),
    "3,000 bars of MIDI": (midi([(1920 * bar, 1920 * bar + 480, 60) for bar in range(3000)]), "128"),
    "129 bars": (abc("c4|" * 130), "expected 128"),
    "five eighths": (abc("ccc cc|", metre="5/8", unit="1/8"), "the metre is 5/8, expected 4/4, 3/4"),
    "changing metre": (abc("c4|c4|[M:3/4]c3|c3|c3|[M:4/4]c4|c4|c4|"), "bar 3: the metre changes to 3/4"),
    "overfull bar": (abc("c4|c4 d|c4|"), "bar 2: it holds 5 quarters, expected 4"),
    "triplets": (abc("c4|(3ccc c2|"), "bar 2: a triplet"),
    "played triplets": (midi([(begin + 7, end, pitch) for begin, end, pitch in TRIPLETS]), "begin between two 16ths"),
    "written triplets": (midi([*scale(8), *[(begin + 3840, end + 3840, pitch) for begin, end, pitch in TRIPLETS[:6]]]), "bar 3: a triplet"),
    "32nds": (abc("c/8 c/8 d/8 d/8 e/8 e/8 f/8 f/8 g3|"), "between two 16ths"),
    "corrupt MIDI": (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\4\xff\xff\xff\xff", "damaged"),
    "truncated MIDI": (midi(scale())[:-20], "damaged"),
    "short header": (b"MThd\0\0", "header"),
    "drums": (midi(scale(), channel=9), "only drums"),
    "SMPTE": (b"MThd\0\0\0\6\0\1\0\1\xe7\x28MTrk\0\0\0\4\0\xff\x2f\0", "SMPTE"),
    "type 2": (midi(scale())[:9] + b"\2" + midi(scale())[10:], "type 2"),
    "five voices": (abc("".join(f"V:{number}\nc4|\n" for number in range(5))), "5 voices"),
    "no key field": (b"X:1\nT:Tune\n", "no K: field"),
    "bad ABC": (abc("c d & e|"), "line 6: '& e|' is not understood"),
    "bad length": (abc("c0 d|"), "a length"),
    "truncated MusicXML": (xml(f"<measure>{note('C', 16)}</measure>")[:-30], "not well-formed"),
    "other XML": (b"<svg></svg>", "its root is 'svg'"),
    "timewise": (b"<score-timewise/>", "timewise"),
    "nested": (b"<score-partwise>" + b"<a>" * 100 + b"</a>" * 100 + b"</score-partwise>", "40 levels"),
    "no divisions": (xml(f"<measure>{note('C', 16)}</measure>").replace(b"<divisions>4", b"<divisions>0"), "divisions"),
    "quarter tones": (xml(f"<measure>{note('C', 16)}</measure>").replace(b"<octave>", b"<alter>0.5</alter><octave>"), "alteration"),
    "empty archive": (zipped({"a.txt": b"a"}), "without a MusicXML score"),
    "broken archive": (zipped({"a.xml": b"<a/>" * 50})[:-30], "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_what_was_wrong_and_what_to_do(name: str) -> None:
    data, said = REFUSED[name]
    with pytest.raises(BadInput) as refusal:
        read_score(data, f"{name}.mid")
    assert said in refusal.value.message and refusal.value.message.startswith(f"{name}.mid: ") and refusal.value.remedy.endswith(".")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a sound recording"),
        (b"ID3\3", "a sound recording"),
        (b"%PDF-1.7", "a PDF"),
        (b"just some words", "none of MIDI"),
        (bytes(range(256)), "none of MIDI"),
    ],
)
def test_files_of_other_kinds(data: bytes, kind: str) -> None:
    with pytest.raises(Unsupported, match=kind):
        read_score(data, "tune.mid")


LAUGHS = "<!DOCTYPE score-partwise [<!ENTITY a 'ha'>{}]>".format(
    "".join(f"<!ENTITY {longer} '{f'&{shorter};' * 10}'>" for shorter, longer in pairwise("abcdefghi"))
)


@pytest.mark.parametrize(
    "head",
    [
        LAUGHS,
        f"<!DOCTYPE score-partwise [<!ENTITY a '{'a' * 50_000}'>]>",
        "<!DOCTYPE score-partwise [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE score-partwise [<!ENTITY % a SYSTEM 'http://127.0.0.1/a'> %a;]>",
    ],
    ids=["billion laughs", "quadratic blowup", "external entity", "parameter entity"],
)
def test_xml_bombs(head: str) -> None:
    with pytest.raises(BadInput, match="entities"):
        read_score(xml(f"<measure>{note('C', 16)}</measure>", head=head).replace(b"Flute", b"&a;" * 1000), "x.musicxml")


def test_archives_that_unpack_without_end_and_files_without_measure() -> None:
    with pytest.raises(TooLarge, match="5000000 bytes"):
        read_score(zipped({"tune.xml": b" " * 30_000_000}), "x.mxl")
    with pytest.raises(TooLarge, match="members"):
        read_score(zipped({f"{number}.xml": b"" for number in range(200)}), "x.mxl")
    for data in (b"MThd" + b"\0" * 10_000_000, b"<score-partwise>" + b" " * 10_000_000, b"X:1\nK:C\n" + b"c" * 10_000_000):
        with pytest.raises(TooLarge):
            read_score(data, "x")


def test_parts_are_matched_by_name_or_by_pitch() -> None:
    part = '<part id="{0}"><measure><attributes><divisions>4</divisions></attributes>{1}</measure></part>'

    def score(names: tuple[str, ...], notes: tuple[str, ...]) -> bytes:
        listed = "".join(f'<score-part id="P{n}"><part-name>{name}</part-name></score-part>' for n, name in enumerate(names))
        parts = "".join(part.format(f"P{n}", one) for n, one in enumerate(notes))
        return f"<score-partwise><part-list>{listed}</part-list>{parts}</score-partwise>".encode()

    c, e = note("C", 16), note("E", 16)
    assert read_score(score(("Tenor", "Alt"), (c, e)), "x").voices == (2, 1)
    assert read_score(score(("Piano", "Organ"), (note("C", 16, 3), note("C", 16, 5))), "x").voices == (3, 0)
    assert read_score(score(("A", "B", "C", "D"), (note("C", 16, 5), note("G", 16, 4), e, note("C", 16, 3))), "x").voices == (0, 1, 2, 3)
    with pytest.raises(BadInput, match=r"C 4 is out of the bass's range|out of"):
        read_score(score(("Soprano", "Bass"), (note("C", 16, 5), note("C", 16, 6))), "x")


def test_the_voice_must_be_one() -> None:
    with pytest.raises(BadInput, match="soprano, alto, tenor, bass"):
        read_score(TUNE.encode(), "x.abc", voice="baritone")
