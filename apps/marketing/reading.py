"""Product sheets from files: YAML, JSON, CSV, TSV and `key: value` text, with every refusal saying where and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from apps.marketing.decoding import decode
from apps.marketing.keyed import Structure, read_json, read_text, read_yaml
from apps.marketing.sheet import Sheet
from apps.marketing.tables import read_table
from shared.errors import BadInput, NotFound, TooLarge
from shared.validation import bad_input

__all__ = ["EXAMPLES", "Reading", "example", "read_file", "read_sheet"]

MAX_BYTES = 2 << 20
MAX_PRODUCTS = 500
EXAMPLES = ("consumer_electronics", "food", "skincare", "outdoor_gear", "software", "furniture")
_READERS = {
    "yaml": read_yaml, "yml": read_yaml, "json": read_json, "csv": read_table, "tsv": read_table, "tab": read_table, "txt": read_text,
    "text": read_text, "md": read_text,
}  # fmt: skip
_FIELDS = {
    "name": "name", "product": "name", "product name": "name", "title": "name", "brand": "brand", "maker": "brand", "manufacturer": "brand",
    "category": "category", "product category": "category", "product type": "category",
    "audience": "audience", "target audience": "audience",
    "offer": "offer", "promotion": "offer", "deal": "offer", "url": "url", "link": "url", "website": "url", "keywords": "keywords",
    "seo keywords": "keywords", "banned": "banned", "banned words": "banned", "do not say": "banned", "words to avoid": "banned",
    "facts": "facts",
    "must": "must", "must facts": "must",
}  # fmt: skip
_TRUE, _FALSE = frozenset({"true", "yes", "1", "x", "must"}), frozenset({"false", "no", "0", ""})


@dataclass(frozen=True)
class Reading:
    """notes: what was assumed to read the file (an encoding that was guessed), for a person to be told."""

    sheets: list[Sheet]
    notes: list[str]


def read_sheet(data: bytes, name: str) -> list[Sheet]:
    """The products of a file. name: the file's, whose ending says the format; without a known one the content does.

    A sheet has `name` and `facts` (a mapping, or a list of `key`, `value`, `must`) and may have `brand`, `category`, `audience`, `offer`,
    `url`, `keywords`, `banned`; any other key is a fact. A key that ends in `*`, or stands in the list `must`, is a must fact.
    Raises BadInput, TooLarge or Unsupported.
    """
    return read_file(data, name).sheets


def read_file(data: bytes, name: str) -> Reading:
    """`read_sheet`, with what was assumed."""
    text, notes = decode(data, name, max_bytes=MAX_BYTES)
    if not text.strip():
        raise BadInput(f"{name} is empty.", remedy="A sheet has a name and at least one fact: `name: ...` and `weight: 300 g`.")
    reader = _READERS.get(PurePath(name).suffix.lstrip(".").lower()) or _guess(text)
    products = _products(reader(text, name), name)
    if len(products) > MAX_PRODUCTS:
        raise TooLarge(f"{name} has {len(products)} products; at most {MAX_PRODUCTS} are read.", remedy="Split it into several files.")
    sheets = [_sheet(product, _place(name, at, len(products))) for at, product in enumerate(products, 1)]
    return Reading(sheets, notes)


def example(name: str) -> Sheet:
    """One of `EXAMPLES`: an invented product of an invented brand."""
    if name not in EXAMPLES:
        raise NotFound(f"There is no example {name!r}.", remedy=f"Examples: {', '.join(EXAMPLES)}.", field="example")
    path = files("apps.marketing").joinpath("examples", f"{name}.yaml")
    return read_sheet(path.read_bytes(), f"{name}.yaml")[0]


def _guess(text: str) -> Any:
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return read_json
    first = start.split("\n", 1)[0]
    if ":" not in first and re.search(r"[\t;,|]", first):
        return read_table
    return read_yaml if re.search(r"^(?:facts|products)\s*:\s*$", text, re.MULTILINE) else read_text


def _place(name: str, at: int, total: int) -> str:
    return name if total == 1 else f"{name}, product {at}"


def _products(documents: list[Structure], name: str) -> list[dict[str, Any]]:
    found: list[Any] = []
    for document in documents:
        only = document.get("products") if isinstance(document, dict) and len(document) == 1 else None
        found += only if isinstance(only, list) else document if isinstance(document, list) else [document]
    if not found or not all(isinstance(product, dict) for product in found):
        raise BadInput(
            f"{name} holds no product.", remedy="Expected a mapping with `name` and `facts`, or a list of such mappings under `products`."
        )
    return found


def _sheet(product: dict[str, Any], place: str) -> Sheet:
    fields: dict[str, Any] = {}
    facts: list[dict[str, Any]] = []
    must: list[str] = []
    for key, value in product.items():
        field = _FIELDS.get(" ".join(key.casefold().split()))
        if field is None:
            facts.append(_fact(key, value, place))
        elif field == "facts":
            facts = _facts(value, place) + facts
        elif field == "must":
            must = _words(value, key, place)
        elif field in fields:
            raise BadInput(f"{place}: `{key}` gives the {field} a second time.", remedy="Keep one of them.", field=field)
        else:
            fields[field] = _words(value, key, place) if field in ("keywords", "banned") else _line(value, key, place)
    _mark(facts, must, place)
    return _checked({**fields, "facts": facts}, place)


def _checked(fields: dict[str, Any], place: str) -> Sheet:
    try:
        return Sheet.model_validate(fields)
    except ValidationError as wrong:
        plain = bad_input(wrong, Sheet)
        remedy = plain.remedy or "A sheet has a name of at most 120 characters and 1 to 60 facts of a key (80) and a value (500)."
        raise BadInput(f"{place}: {plain.message}", remedy=remedy, field=plain.field) from None


def _facts(value: Any, place: str) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [_fact(key, each, place) for key, each in value.items()]
    if not isinstance(value, list):
        raise BadInput(f"{place}: `facts` is one value.", remedy="Write one fact a line: `weight: 300 g`.", field="facts")
    found = []
    for each in value:
        if isinstance(each, dict) and {"key", "value"} <= each.keys() and each.keys() <= {"key", "value", "must"}:
            found.append(_fact(_line(each["key"], "key", place), {key: each[key] for key in each if key != "key"}, place))
        elif isinstance(each, dict) and len(each) == 1:
            found += [_fact(key, inner, place) for key, inner in each.items()]
        else:
            raise BadInput(
                f"{place}: a fact has neither `key` and `value` nor one `key: value`.", remedy="Write `- weight: 300 g`.", field="facts"
            )
    return found


def _fact(key: str, value: Any, place: str) -> dict[str, Any]:
    must = key.rstrip().endswith("*")
    if isinstance(value, dict):
        if not {"value"} <= value.keys() <= {"value", "must"}:
            raise BadInput(
                f"{place}: fact `{key[:60]}` has other keys than `value` and `must`.", remedy="Write `weight: 300 g`.", field="facts"
            )
        said = _line(value.get("must", ""), "must", place).casefold()
        if said not in _TRUE | _FALSE:
            raise BadInput(f"{place}: `must` of `{key[:60]}` is `{said[:30]}`.", remedy="It is `true` or `false`.", field="facts")
        must, value = must or said in _TRUE, value["value"]
    if isinstance(value, list):
        value = ", ".join(_line(each, key, place) for each in value)
    return {"key": key.strip().rstrip("*").strip(), "value": _line(value, key, place), "must": must}


def _line(value: Any, key: str, place: str) -> str:
    if not isinstance(value, str):
        raise BadInput(
            f"{place}: `{key[:60]}` holds a list or a mapping, expected one line of text.", remedy="Put it on one line.", field=key
        )
    return value.strip()


def _words(value: Any, key: str, place: str) -> list[str]:
    if isinstance(value, list):
        return [_line(each, key, place) for each in value]
    return [
        word.strip() for word in re.split(r"[;|\n]" if re.search(r"[;|]", _line(value, key, place)) else r"[,\n]", value) if word.strip()
    ]


def _mark(facts: list[dict[str, Any]], must: list[str], place: str) -> None:
    for wanted in must:
        found = [fact for fact in facts if fact["key"].casefold() == wanted.casefold()]
        if not found:
            raise BadInput(f"{place}: `must` names `{wanted[:60]}`, which is no fact.", remedy="Name facts by their key.", field="must")
        for fact in found:
            fact["must"] = True
