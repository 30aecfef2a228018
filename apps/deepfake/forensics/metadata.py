"""What a file's metadata declare: a generator, an editor, a camera, a source type.

Anybody can write and remove metadata, with every photo program. So a declaration speaks, but never at high reliability, and a
missing one says nothing: messengers and websites strip all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from apps.deepfake.evidence import Direction, Evidence, Reliability
from apps.deepfake.forensics.containers import Container, Text, read_container
from apps.deepfake.forensics.generators import EDITORS, MAKERS, NAMED, SOURCE_TYPES, VOICES

__all__ = ["metadata_evidence"]

SOURCE = "Metadata"
FORGEABLE = "Anybody can write these fields into a file, and remove them; they were not signed."
# Fields that name the program or model that made a file; in a title or caption the same word may be a subject.
PROGRAM_KEYS = re.compile(
    r"(?i)software|processingsoftware|creatortool|softwareagent|make|model|artist|byline|credit|source|originatingprogram|encoder|encodedby|"
    r"encodersettings|originator|engineer|generator|tool|ai_?system|aisystemused|producer|url|publisher|comment|text|copyright"
)
MOST_SHOWN = 300
XMP_KEYS = (
    "CreatorTool", "DigitalSourceType", "DigitalSourceFileType", "Credit", "Source", "AISystemUsed", "AIPromptInformation", "AIGC",
    "Software", "Producer", "Make", "Model", "DateTimeOriginal", "description", "UserComment",
)  # fmt: skip


def metadata_evidence(
    data: bytes,
    *,
    container: Container | None = None,
    texts: Mapping[str, str] | None = None,
    pixels: np.ndarray | None = None,
) -> list[Evidence]:
    """data: the whole file. texts: further fields that a decoder read. pixels: (h, w, 3) uint8 upright, to compare the thumbnail with."""
    container = container or read_container(data)
    fields = [*container.texts, *_xmp_texts(container.found.xmp), *(Text("decoder", key, value) for key, value in (texts or {}).items())]
    found = _origin(data)
    found += _source_types(fields)
    found += _makers(fields)
    found += _editors(fields, container.found.xmp)
    found += _camera(container)
    if pixels is not None and container.exif.thumbnail:
        found += _thumbnail(container, pixels)
    if not found:
        claim = "The file's metadata name neither a generator nor an editor nor a camera."
        found = [_evidence("absent", claim + " Messengers and websites remove metadata, so this says nothing.")]
    return found


def _xmp_texts(packets: Iterable[str]) -> list[Text]:
    """Properties of XMP by pattern, as attribute or element: no XML parser sees bytes from a stranger."""
    found = []
    for packet in packets:
        for key in XMP_KEYS:
            pattern = (
                rf"\b{key}(?:=[\"']([^\"']{{1,20000}})[\"']|>([^<]{{1,20000}})<|>\s*<rdf:\w+>\s*<rdf:li[^>]{{0,200}}>([^<]{{1,20000}})<)"
            )
            matches = list(re.finditer(pattern, packet))[:8]
            found += [Text("XMP", key, next(group for group in match.groups() if group)) for match in matches]
    return found


def _origin(data: bytes) -> list[Evidence]:
    """Our own mark, in the texts that anybody can write and change."""
    from shared.provenance.formats import read_origin

    declared = read_origin(data)
    if declared is None:
        return []
    source = SOURCE_TYPES.get(declared.origin.source_type)
    direction: Direction = "declares-ai" if source is not None and source.direction == "declares-ai" else "none"
    strength = 0.95 if direction == "declares-ai" else 0.0
    details = {"place": declared.place, **{name: _short(value) for name, value in declared.origin.as_dict().items()}}
    return [_evidence("sextant", f"The file says: {declared.origin.sentence()}", direction, strength, "medium", details)]


def _source_types(fields: list[Text]) -> list[Evidence]:
    found = []
    for text in fields:
        if text.key not in {"DigitalSourceType", "DigitalSourceFileType"}:
            continue
        term = re.split(r"[/:#]", text.value.strip().rstrip("/"))[-1]
        known = {name.lower(): (name, source) for name, source in SOURCE_TYPES.items()}.get(term.lower())
        if known is None:
            found.append(
                _evidence(
                    "source-type-unknown",
                    "The file declares a digital source type that IPTC's list does not have.",
                    details={"term": _short(term)},
                )
            )
            continue
        name, source = known
        direction: Direction = "declares-ai" if source.direction == "declares-ai" else "none"
        claim = f"The file declares itself, by IPTC's digital source type, as {source.words}."
        found.append(
            _evidence(
                f"source-type.{name}",
                claim,
                direction,
                0.95 if direction == "declares-ai" else 0,
                "medium",
                {"term": name, "place": text.place},
            )
        )
    return list({evidence.kind: evidence for evidence in found}.values())


def _makers(fields: list[Text]) -> list[Evidence]:
    found: dict[str, Evidence] = {}
    for text in fields:
        for trace in MAKERS:
            if trace.program not in found and trace.matches(text.key, text.value):
                claim = f"The file carries {trace.tells} that {trace.program} writes into what it generates."
                found[trace.program] = _evidence(
                    "generator", claim, "declares-ai", 0.95, "medium", _shown(text) | {"program": trace.program}
                )
        for pattern in (NAMED, VOICES):
            match = pattern.search(text.value[:4_096]) if PROGRAM_KEYS.fullmatch(text.key) else None
            if match and not any(match.group(1).lower() in program.lower() for program in found):
                claim = f"The field {text.key} ({text.place}) names {match.group(1)}, a generator of pictures, voices or music."
                strength = 0.6 if text.key.lower() in {"artist", "comment", "text", "copyright"} else 0.85
                found[match.group(1)] = _evidence(
                    "names-generator", claim, "declares-ai", strength, "medium", _shown(text) | {"program": match.group(1)}
                )
    return list(found.values())


def _editors(fields: list[Text], packets: list[str]) -> list[Evidence]:
    found: dict[str, Evidence] = {}
    for text in fields:
        match = EDITORS.search(text.value[:2_048]) if PROGRAM_KEYS.fullmatch(text.key) else None
        if match and match.group(1).lower() not in found:
            claim = f"The file was edited or saved with {match.group(1)}. Cropping, resizing or saving suffices for this entry."
            found[match.group(1).lower()] = _evidence("editor", claim, "none", 0, "medium", _shown(text) | {"program": match.group(1)})
    steps = re.findall(r"stEvt:action[=>]\s?[\"']?(\w{1,40})", "".join(packets)[:500_000])
    if steps:
        agents = sorted(set(re.findall(r"stEvt:softwareAgent[=>]\s?[\"']?([^\"'<]{1,80})", "".join(packets)[:500_000])))
        listed = ", ".join(list(dict.fromkeys(steps))[:6])
        claim = f"The file's editing history lists {len(steps)} step{'s' if len(steps) > 1 else ''}: {listed}."
        found["history"] = _evidence("history", claim, "none", 0, "medium", {"programs": ", ".join(agents[:6]), "steps": str(len(steps))})
    return list(found.values())


def _camera(container: Container) -> list[Evidence]:
    exif = container.exif
    named = " ".join(exif.texts.get(key, "") for key in ("Make", "Model")).strip()
    if named and len(exif.capture) >= 2 and not NAMED.search(named):
        taken = exif.texts.get("DateTimeOriginal")
        when = f", taken {_short(taken, 40)}" if taken else ""
        claim = f"The file carries the settings of a shot, as a camera writes them: {_short(named, 80)}{when}."
        details = {"settings": ", ".join(exif.capture), "position": "present" if exif.has_position else "absent"}
        found = [_evidence("camera", claim, "none", 0, "low", details)]
        changed = exif.texts.get("DateTime")
        if taken and changed and changed != taken:
            found.append(
                _evidence(
                    "dates-differ", f"The file was written again on {_short(changed, 40)}, after it was taken on {_short(taken, 40)}."
                )
            )
        return found
    return []


def _thumbnail(container: Container, pixels: np.ndarray) -> list[Evidence]:
    """The preview that a camera stored, against the picture: some editors leave the old one behind."""
    from io import BytesIO

    from PIL import Image

    try:
        with Image.open(BytesIO(container.exif.thumbnail), formats=["JPEG"]) as opened:
            if opened.width * opened.height > 1_000_000:
                return []
            opened.draft("RGB", (256, 256))
            small = np.asarray(opened.convert("L"), np.float32)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return []
    rows, columns = small.shape
    if min(rows, columns) < 32:
        return []
    whole = np.asarray(
        Image.fromarray(np.ascontiguousarray(pixels[..., :3])).convert("L").resize((64, 64), Image.Resampling.BOX), np.float32
    )
    best = max(_alike(view, whole) for view in _views(small, container.exif.orientation))
    if best > 0.85:  # photos with their own thumbnail: .97 and more; another picture: .5 at most, mostly below .3
        return [
            _evidence("thumbnail-same", "The preview stored in the file shows the same picture.", details={"correlation": f"{best:.2f}"})
        ]
    claim = (
        "The preview stored in the file shows something else than the picture, or another part of it: the picture was cropped or "
        "changed after the preview was made."
    )
    return [_evidence("thumbnail-differs", claim, "manipulated", 0.4, "low", {"correlation": f"{best:.2f}"})]


def _views(small: np.ndarray, turn: int) -> list[np.ndarray]:
    """The preview as stored and upright, with and without the black bars that fill it to 4:3."""
    turned = {3: 2, 6: 3, 8: 1}.get(turn, 0)
    lit_rows, lit_columns = (np.nonzero(small.max(axis) > 16)[0] for axis in (1, 0))
    views = [small]
    if lit_rows.size > 16 and lit_columns.size > 16:
        views.append(small[lit_rows[0] : lit_rows[-1] + 1, lit_columns[0] : lit_columns[-1] + 1])
    return views + [np.rot90(view, turned) for view in views if turned]


def _alike(view: np.ndarray, whole: np.ndarray) -> float:
    from PIL import Image

    resized = np.asarray(Image.fromarray(np.ascontiguousarray(view).astype(np.uint8)).resize((64, 64), Image.Resampling.BOX), np.float32)
    first, second = resized - resized.mean(), whole - whole.mean()
    scale = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / scale) if scale > 1 else 1.0


def _shown(text: Text) -> dict[str, str]:
    return {"place": text.place, "field": text.key, "text": _short(text.value)}


def _short(value: str, most: int = MOST_SHOWN) -> str:
    """Printable and at most `most` long: it goes into a report."""
    clean = "".join(letter if letter.isprintable() else " " for letter in value[: most + 1])
    return clean[: most - 1] + "…" if len(clean) > most else clean


def _evidence(  # noqa: PLR0917 - the order in which a finding is read
    kind: str,
    claim: str,
    direction: Direction = "none",
    strength: float = 0,
    reliability: Reliability = "medium",
    details: dict[str, str] | None = None,
) -> Evidence:
    basis = FORGEABLE if direction != "none" else ""
    return Evidence(
        source=SOURCE,
        kind=f"metadata.{kind}",
        claim=claim,
        direction=direction,
        strength=strength,
        reliability=reliability,
        basis=basis,
        details=details or {},
    )
