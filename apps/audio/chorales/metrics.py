"""How far written chorales are from Bach's: voice leading, chords, cadences, copying. Plain numpy on grids.

A figure of samples means little alone: print that of held-out Bach beside it. Rules are for pieces written without the guide, which
optimises the rule it would be scored on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations

import numpy as np

from apps.audio.chorales.chorale import STEPS_A_QUARTER, Chorale, melody

__all__ = [
    "blunders",
    "cadences",
    "chords",
    "crossings",
    "divergence",
    "doubled_leading_tones",
    "ends_at_home",
    "figures",
    "harmony",
    "leaps",
    "longest_copy",
    "longest_stutter",
    "parallels",
    "rests_within",
    "sonorities",
    "triads_at_fermatas",
]

FIFTH, OCTAVE = 7, 0
STUTTER = 6
"""More notes of one pitch in a row than this are counted; 96 % of the training chorales have no more."""
KINDS = {"major": (0, 4, 7), "minor": (0, 3, 7), "diminished": (0, 3, 6)}
HARMONIES: list[tuple[int, str, frozenset[int]]] = [
    (root, kind, frozenset((root + step) % 12 for step in steps)) for kind, steps in KINDS.items() for root in range(12)
]
TRIADS = frozenset(notes for _, _, notes in HARMONIES) | {frozenset((root, (root + third) % 12)) for root in range(12) for third in (3, 4)}
"""Major, minor and diminished triads; root and third stand for a triad without its fifth."""


def parallels(chorale: Chorale, interval: int) -> int:
    """Parallel fifths (7) or octaves and unisons (0): two voices move the same way, from one such interval, compound or not, to another."""
    pitch = chorale.sounding
    count = 0
    for upper, lower in combinations(range(4), 2):
        both = (pitch[:, upper] > 0) & (pitch[:, lower] > 0)
        perfect = both & ((pitch[:, upper] - pitch[:, lower]) % 12 == interval)
        together = np.sign(np.diff(pitch[:, upper])) * np.sign(np.diff(pitch[:, lower])) > 0
        count += int((perfect[:-1] & perfect[1:] & together).sum())
    return count


def crossings(chorale: Chorale) -> int:
    """16ths at which a voice sounds below the next lower one."""
    pitch = chorale.sounding
    upper, lower = pitch[:, :-1], pitch[:, 1:]
    return int(((upper > 0) & (lower > 0) & (upper < lower)).any(axis=1).sum())


def doubled_leading_tones(chorale: Chorale) -> int:
    """Quarters at which two voices or more sound the leading tone, a semitone below the tonic; the raised seventh in minor."""
    tonic = 7 * chorale.sharps % 12 if chorale.tonic is None else chorale.tonic
    pitch = chorale.sounding[chorale.position % STEPS_A_QUARTER == 0]
    return int((((pitch > 0) & (pitch % 12 == (tonic - 1) % 12)).sum(axis=1) > 1).sum())


def ends_of_fermatas(chorale: Chorale) -> np.ndarray:
    """The last 16th of each fermata, when suspensions have resolved: (fermatas,) int64."""
    after = np.append(chorale.fermata[1:], False)
    return np.flatnonzero(chorale.fermata & ~after)


def triads_at_fermatas(chorale: Chorale) -> tuple[int, int]:
    """(fermatas that rest on a triad, fermatas)."""
    pitch = chorale.sounding
    ends = ends_of_fermatas(chorale)
    found = sum(frozenset(int(one) % 12 for one in pitch[end] if one) in TRIADS for end in ends)
    return found, len(ends)


def chord(chorale: Chorale, pitches: np.ndarray) -> Hashable:
    """Pitch classes above the signature's major tonic, and which of them is in the bass (None in silence)."""
    home = 7 * chorale.sharps % 12
    sounding = [int(one) for one in pitches if one]
    return frozenset((one - home) % 12 for one in sounding), (min(sounding) - home) % 12 if sounding else None


def chords(chorale: Chorale) -> list[Hashable]:
    """The chord on each quarter of the bar."""
    pitch = chorale.sounding
    return [chord(chorale, pitch[step]) for step in np.flatnonzero(chorale.position % STEPS_A_QUARTER == 0)]


def harmony(chorale: Chorale, pitches: np.ndarray) -> Hashable:
    """(root above the signature's major tonic, kind) of the triad that fits best: a note it explains counts 1, a foreign one -1/2; a tie
    goes to the root in the bass. None in silence.
    """
    home = 7 * chorale.sharps % 12
    sounding = [int(one) for one in pitches if one]
    if not sounding:
        return None
    classes, bass = {one % 12 for one in sounding}, min(sounding) % 12
    best = max(HARMONIES, key=lambda one: (len(one[2] & classes) - len(classes - one[2]) / 2, one[0] == bass))
    return (best[0] - home) % 12, best[1]


def cadences(chorale: Chorale) -> list[Hashable]:
    """At each fermata: the harmony a quarter before its first 16th, and that of its last."""
    pitch = chorale.sounding
    begins = np.flatnonzero(chorale.fermata & ~np.append(False, chorale.fermata[:-1])).tolist()
    return [
        (harmony(chorale, pitch[max(0, begin - STEPS_A_QUARTER)]), harmony(chorale, pitch[end]))
        for begin, end in zip(begins, ends_of_fermatas(chorale), strict=True)
    ]


def divergence(one: Iterable[Hashable], other: Iterable[Hashable]) -> float:
    """Jensen-Shannon divergence of two collections of labels, in bits: 0 the same shares, 1 nothing in common. Lin 1991."""
    first, second = Counter(one), Counter(other)
    labels = list(first.keys() | second.keys())
    if not first or not second:
        raise ValueError("a divergence needs two collections that are not empty")
    p = np.array([first[label] for label in labels]) / first.total()
    q = np.array([second[label] for label in labels]) / second.total()
    middle = (p + q) / 2
    return float(sum((part[part > 0] * np.log2(part[part > 0] / middle[part > 0])).sum() for part in (p, q)) / 2)


def sonorities(chorale: Chorale) -> list[tuple[int, ...]]:
    """At each step where a voice begins something: the intervals above the lowest voice, and that voice's move since the last one.

    The same in every key.
    """
    found: list[tuple[int, ...]] = []
    before = 0
    for pitches in chorale.sounding[chorale.onsets.any(axis=1)]:
        bass = int(pitches[3])
        found.append((*(int(one) - bass if one else -99 for one in pitches[:3]), bass - before if found else 0))
        before = bass
    return found


def longest_copy(chorale: Chorale, training: Sequence[Chorale]) -> int:
    """The longest run of sonorities, in any key, that a piece shares with one of the training pieces."""
    own = sonorities(chorale)
    others = [sonorities(piece) for piece in training]

    def grams(run: list[tuple[int, ...]], length: int) -> set[tuple[tuple[int, ...], ...]]:
        # the first sonority of a run counts without the move into it
        return {(run[i][:3], *run[i + 1 : i + length]) for i in range(len(run) - length + 1)}

    low, high = 0, len(own)
    while low < high:
        middle = (low + high + 1) // 2
        wanted = grams(own, middle)
        if any(wanted & grams(run, middle) for run in others):
            low = middle
        else:
            high = middle - 1
    return low


def ends_at_home(chorale: Chorale) -> bool:
    """Whether the last 16th is the tonic's triad, major or minor, with the tonic in the bass; the tonic is the signature's if not known."""
    tonic = 7 * chorale.sharps % 12 if chorale.tonic is None else chorale.tonic
    final = [int(one) % 12 for one in chorale.sounding[-1] if one]
    classes = {(one - tonic) % 12 for one in final}
    return bool(final) and final[-1] == tonic and (classes <= {0, 4, 7} or classes <= {0, 3, 7})


def rests_within(chorale: Chorale) -> int:
    """16ths of a voice that are silent between its first and its last note."""
    count = 0
    for column in chorale.sounding.T:
        sung = np.flatnonzero(column)
        if len(sung):
            count += int((column[sung[0] : sung[-1] + 1] == 0).sum())
    return count


def longest_stutter(chorale: Chorale) -> int:
    """The most notes of one pitch that a voice strikes in a row."""
    longest = 0
    for voice in range(4):
        line = melody(chorale.cells[:, voice])
        changes = np.flatnonzero(np.diff(line)) + 1
        longest = max(longest, int(np.diff([0, *changes, len(line)]).max()))
    return longest


def leaps(chorale: Chorale, voice: int) -> int:
    """Melodic steps of a voice wider than a fifth other than the octave, and augmented fourths: what hymn writers avoid."""
    moves = np.abs(np.diff(melody(chorale.cells[:, voice])))
    return int((((moves > 7) & (moves != 12)) | (moves == 6)).sum())


def blunders(pieces: Sequence[Chorale]) -> dict[str, float]:
    """What anybody would hear: shares of pieces in percent, rests in percent of all 16ths of a voice, leaps per 100 notes."""
    notes = [[len(melody(piece.cells[:, voice])) for voice in range(4)] for piece in pieces]
    inner = [sum(leaps(piece, voice) for voice in (1, 2)) for piece in pieces]
    return {
        "ends_astray_percent": 100 * sum(not ends_at_home(piece) for piece in pieces) / len(pieces),
        "rests_percent": 100 * sum(map(rests_within, pieces)) / (4 * sum(map(len, pieces))),
        "stutters_percent": 100 * sum(longest_stutter(piece) > STUTTER for piece in pieces) / len(pieces),
        "longest_stutter": max(map(longest_stutter, pieces)),
        "soprano_leaps": 100 * sum(leaps(piece, 0) for piece in pieces) / max(1, sum(one[0] for one in notes)),
        "inner_leaps": 100 * sum(inner) / max(1, sum(one[1] + one[2] for one in notes)),
    }


def figures(pieces: Sequence[Chorale], training: Sequence[Chorale]) -> dict[str, float]:
    """All of the above for a set of pieces; parallels per 100 quarters, shares in percent, divergences in bits against `training`."""
    beats = sum(map(len, pieces)) / STEPS_A_QUARTER
    rested = [triads_at_fermatas(piece) for piece in pieces]
    return {
        "parallel_fifths": 100 * sum(parallels(piece, FIFTH) for piece in pieces) / beats,
        "parallel_octaves": 100 * sum(parallels(piece, OCTAVE) for piece in pieces) / beats,
        "crossings_percent": 100 * sum(map(crossings, pieces)) / sum(map(len, pieces)),
        "doubled_leading_tones": 100 * sum(map(doubled_leading_tones, pieces)) / beats,
        "triads_at_fermatas_percent": 100 * sum(found for found, _ in rested) / max(1, sum(of for _, of in rested)),
        "js_chords": divergence(all_of(chords, pieces), all_of(chords, training)),
        "js_cadences": divergence(all_of(cadences, pieces), all_of(cadences, training)),
        "longest_copy": max(longest_copy(piece, training) for piece in pieces),
        "median_copy": float(np.median([longest_copy(piece, training) for piece in pieces])),
    }


def all_of(labels: Callable[[Chorale], list[Hashable]], pieces: Sequence[Chorale]) -> list[Hashable]:
    return [label for piece in pieces for label in labels(piece)]
