"""Environmental claims, by the sections of the FTC's Green Guides (16 CFR Part 260, 2012) and Directive (EU) 2024/825."""

from __future__ import annotations

from apps.marketing.lexicon.entry import Entry

__all__ = ["ENVIRONMENT"]

_KIND = "environment"
_GUIDES = "FTC Green Guides, 16 CFR"
_EU = "Directive (EU) 2024/825, Annex (generic environmental claims)"
_COLOURS = (
    r"dark|light|pale|deep|bright|forest|olive|mint|sage|moss|lime|emerald|bottle|pine|neon|pastel|sea|apple|teal|"
    r"hunter|army|jade|kelly"
    r"|in|the|red|blue|white|black|colou?rs?:?|red,|blue,|white,|black,|and"
)
_GREEN_THINGS = (
    r"tea|beans?|peas?|apples?|peppers?|onions?|olives?|salad|leaves|vegetables?|light|leds?|lamp|screen|button|"
    r"colou?r|finish|fabric|lid|"
    r"version|stripes?|details?|model|room|space|thumb|card|house"
)

ENVIRONMENT = (
    Entry(
        _KIND,
        r"eco[ -]?friendly|eco[ -]?safe|eco[ -]?conscious|environment(?:ally)?[ -](?:friendly|safe|responsible|"
        r"conscious|sound|preferable)|"
        r"earth[ -]?(?:friendly|safe|smart)|planet[ -]?friendly|climate[ -]friendly|good for (?:the|our) (?:planet|"
        r"environment|earth)|ecological",
        "A general environmental benefit cannot be shown: name the specific benefit and its fact.",
        f"{_GUIDES} 260.4; {_EU}",
    ),
    Entry(
        _KIND,
        r"green(?:er|est)?",
        "`Green` as a benefit is a general environmental claim: name the specific benefit and its fact.",
        f"{_GUIDES} 260.4; {_EU}",
        _COLOURS,
        _GREEN_THINGS,
    ),
    Entry(
        _KIND,
        (r"sustainab(?:le|ly|ility)|responsibly (?:made|sourced|produced)|ethically (?:made|sourced)|conscious(?:ly " r"made)?"),
        "Broad and undefined: say what is done, by whom it is certified, and for which part.",
        f"{_GUIDES} 260.4; {_EU}",
        r"self|health|fully|un|semi",
    ),
    Entry(
        _KIND,
        r"(?:carbon|climate|co2)[ -]?(?:neutral(?:ity)?|positive|negative|free)|net[ -]?zero|zero[ -](?:emissions?|"
        r"carbon)|carbon[ -]offset(?:s|ting)?|"
        r"low[ -]carbon|climate compensated",
        "Needs a life-cycle figure and the offsets behind it; the EU bans product claims that rest on offsets.",
        f"{_GUIDES} 260.5; {_EU}",
    ),
    Entry(
        _KIND,
        r"bio[ -]?degradab(?:le|ility)|(?:oxo|photo)[ -]?degradable|degradable|breaks down naturally",
        "Needs proof that the whole item decomposes within a year after customary disposal.",
        f"{_GUIDES} 260.8",
    ),
    Entry(_KIND, r"(?:home[ -])?compostable", "Needs proof of composting, and whether at home or only in a facility.", f"{_GUIDES} 260.7"),
    Entry(
        _KIND,
        r"recyclab(?:le|ility)",
        "Needs facilities for at least 60 % of the people it is sold to, or a qualification.",
        f"{_GUIDES} 260.12",
    ),
    Entry(_KIND, r"recycled|upcycled|post[ -]consumer", "Needs the share, and of which part.", f"{_GUIDES} 260.13"),
    Entry(_KIND, r"refillable|reusable packaging", "Needs a way to refill the package.", f"{_GUIDES} 260.14"),
    Entry(
        _KIND,
        r"non[ -]?toxic|chemical[ -]free|toxin[ -]free|free of (?:chemicals|toxins)|no (?:chemicals|toxins)",
        "Needs proof that it harms neither people nor the environment; nothing is free of chemicals.",
        f"{_GUIDES} 260.9 and 260.10",
    ),
    Entry(
        _KIND,
        (
            r"(?!(?:hands|stress|hassle|worry|care|trouble|duty|tax|risk|cable|wrinkle|crease|guilt|royalty|toll|error|pain|"
            r"clutter)-)[a-z0-9]+-free"
        ),
        "Needs proof that no more than a background trace is in it, and that it was ever to be expected there.",
        f"{_GUIDES} 260.9; food: 21 CFR 101",
    ),
    Entry(_KIND, r"ozone[ -](?:safe|friendly)", "Needs proof that nothing in it depletes the ozone layer.", f"{_GUIDES} 260.11"),
    Entry(
        _KIND,
        r"(?:made|powered) (?:with|by) (?:renewable|solar|wind|green) (?:energy|power|electricity)|100 ?% renewable",
        "Needs the source and the share of the energy.",
        f"{_GUIDES} 260.15",
    ),
    Entry(
        _KIND,
        r"plant[ -]based plastic|bio[ -]?(?:based|plastic)s?|renewable materials?",
        "Needs the material, its share and why it is renewable.",
        f"{_GUIDES} 260.16",
    ),
    Entry(_KIND, r"(?:less|zero|no) waste|zero[ -]waste|plastic[ -]neutral", "Needs a comparison: less than what.", f"{_GUIDES} 260.17"),
    Entry(
        _KIND,
        (r"(?:fsc|gots|oeko[ -]tex|energy star|fair ?trade|b[ -]corp|rainforest alliance|cradle to cradle)(?:[ " r"-]certified)?"),
        "A seal needs its certificate and what it covers.",
        f"{_GUIDES} 260.6",
    ),
)
