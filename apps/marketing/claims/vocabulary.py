"""The word tables of `words/`, read once: phrases -> concepts, what entails what, closed classes, roles of numbers, plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from apps.marketing.claims.lists import lines_of
from apps.marketing.claims.stems import bases, stem
from apps.marketing.claims.tokens import tokens

__all__ = ["PICTURES", "Vocabulary", "vocabulary"]

PICTURES = {
    "♻": "sign recycling",
    "🌱": "sign leaf",
    "🌿": "sign leaf",
    "🍃": "sign leaf",
    "☘": "sign leaf",
    "🍀": "sign leaf",
    "🌍": "sign planet",
    "🌎": "sign planet",
    "🌏": "sign planet",
    "🐰": "sign rabbit",
    "🐇": "sign rabbit",
    "⭐": "sign star",
    "🌟": "sign star",
    "★": "sign star",
    "🏆": "sign award",
    "🥇": "sign award",
    "🏅": "sign award",
    "🆓": "sign free",
    "🆕": "new",
    "🔋": "battery",
    "💯": "sign total",
    "⏳": "sign hurry",
    "⏰": "sign hurry",
    "🚨": "sign hurry",
    "🤫": "quiet",
    "🔇": "quiet",
    "🩺": "sign medical",
    "🧪": "sign medical",
    "⚕": "sign medical",
}
"""Pictures that claim something, as concepts; the rest claims nothing."""
SIGNS = frozenset(name for name in PICTURES.values() if name.startswith("sign "))


IDLE = ("plain", "people", "places", "events", "verbs", "manner", "talk", "names")
"""Tables of words that claim nothing by themselves."""

SCENERY = ("people", "places", "events", "talk", "names", "foods", "scenery")
"""Tables of nouns of what surrounds a product."""


@dataclass
class Vocabulary:
    """phrases: first stem -> (stems, concept), longest first; kinds: concept -> kind; entails: concept -> concepts (! negated);
    classes: concept -> closed classes; roles: first stem -> (stems, role); topics: (triggers, plain words)."""

    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    entails: dict[str, tuple[str, ...]] = field(default_factory=dict)
    opposites: dict[str, set[str]] = field(default_factory=dict)
    classes: dict[str, set[str]] = field(default_factory=dict)
    roles: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    role_dimensions: dict[str, frozenset[str]] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    scenes: frozenset[str] = frozenset()
    puffery: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    foods: frozenset[str] = frozenset()
    scenery: frozenset[str] = frozenset()
    claiming: frozenset[str] = frozenset()
    doing: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()
    topics: list[tuple[frozenset[str], frozenset[str]]] = field(default_factory=list)
    single: dict[str, str] = field(default_factory=dict)

    def concept(self, phrase: str) -> str:
        """The name that a phrase goes by: its concept, or its stem."""
        stems = tuple(token.stem for token in tokens(phrase))
        for known, name in self.phrases.get(stems[0], ()) if stems else ():
            if known == stems:
                return name
        return stems[0] if len(stems) == 1 else phrase

    def is_plain(self, word: str) -> bool:
        return any(base in self.plain for base in bases(word))

    def is_scene(self, word: str) -> bool:
        return any(base in self.scenes for base in bases(word))

    def is_scenery(self, word: str) -> bool:
        return any(base in self.scenery for base in bases(word))

    def is_claiming(self, word: str) -> bool:
        return any(base in self.claiming for base in bases(word))

    def is_thing(self, word: str) -> bool:
        return any(base in self.things for base in bases(word))

    def is_food(self, word: str) -> bool:
        return any(base in self.foods for base in bases(word))

    def is_puffery(self, word: str) -> bool:
        return any(base in self.puffery for base in bases(word))

    def add(self, name: str, kind: str, phrase: str) -> None:
        stems = tuple(token.stem for token in tokens(phrase))
        if stems and all(known != stems for known, _ in self.phrases.get(stems[0], ())):
            self.phrases.setdefault(stems[0], []).append((stems, name))
        self.kinds.setdefault(name, kind)


def _words(name: str) -> frozenset[str]:
    return frozenset(word for line in lines_of(name) for word in line.split())


@cache
def vocabulary() -> Vocabulary:
    """The tables, read at first use."""
    things = _words("things")
    idle = frozenset(word for name in IDLE for word in _words(name))
    scenery = things | frozenset(word for name in SCENERY for word in _words(name))
    found = Vocabulary(
        scenery=scenery, plain=idle | things, scenes=_words("scenes"), puffery=_words("puffery"), things=things, foods=_words("foods")
    )
    found.claiming = _words("claiming")
    found.features = frozenset(stem(word) for word in _words("features"))
    found.doing = frozenset(stem(word) for word in _words("doing"))
    for line in lines_of("concepts"):
        head, _, phrases = line.partition(" = ")
        kind, _, name = head.partition(" ")
        for phrase in phrases.split(" | "):
            found.add(name, kind, phrase)
    _add_classes(found)
    for line in lines_of("entails"):
        name, _, targets = line.partition(" -> ")
        for phrase in (name.strip("!"), *targets.split(", ")):
            if len(phrase.split()) > 1:
                found.add(phrase.strip("!"), "attribute", phrase.strip("!"))
    for name in SIGNS:
        found.kinds[name] = "eco" if name.split()[1] in ("leaf", "planet", "recycling", "rabbit") else "proof"
    for options in found.phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    _add_relations(found)
    _add_roles(found)
    return found


def _add_classes(found: Vocabulary) -> None:
    for line in lines_of("classes"):
        group, _, members = line.partition(": ")
        for member in members.split(", "):
            name = found.concept(member)
            if name not in found.kinds:
                name = member
                found.add(name, group, member)
            found.kinds.setdefault(name, group)
            found.classes.setdefault(name, set()).add(group)


def _add_relations(found: Vocabulary) -> None:
    for line in lines_of("entails"):
        name, _, targets = line.partition(" -> ")
        named = tuple("!" * target.startswith("!") + found.concept(target.strip("!")) for target in targets.split(", "))
        key = "!" * name.startswith("!") + found.concept(name.strip("!"))
        found.entails[key] = (*found.entails.get(key, ()), *named)
    for line in lines_of("opposites"):
        names = [found.concept(phrase) for phrase in line.split(" | ")]
        for name in names[1:]:
            found.opposites.setdefault(names[0], set()).add(name)
            found.opposites.setdefault(name, set()).add(names[0])


def _add_roles(found: Vocabulary) -> None:
    for line in lines_of("roles"):
        head, _, phrases = line.partition(": ")
        role, dimensions = head.split()
        found.role_dimensions[role] = frozenset(dimensions.split(","))
        for phrase in phrases.split(" | "):
            stems = tuple(token.stem for token in tokens(phrase))
            found.roles.setdefault(stems[0], []).append((stems, role))
    for options in found.roles.values():
        options.sort(key=lambda option: -len(option[0]))
    found.parts = frozenset(found.concept(word) for word in _words("parts"))
    found.body = frozenset(found.concept(word) for word in _words("body"))
    for line in lines_of("topics"):
        triggers, _, words = line.partition(": ")
        found.topics.append((frozenset(found.concept(word) for word in triggers.split()), frozenset(words.split())))
