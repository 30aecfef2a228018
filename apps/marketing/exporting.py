"""Copy as files: a CSV that a spreadsheet does not execute, JSON for machines, Markdown for pasting."""

from __future__ import annotations

import json
from collections.abc import Sequence

from apps.marketing.channels import channel_named, to_csv
from apps.marketing.results import Taken, Variant
from apps.marketing.sheet import Sheet

__all__ = ["as_json", "as_markdown", "rows", "summary_markdown"]


def rows(variants: Sequence[Variant]) -> bytes:
    """One row a text, with its length, its limit, whether its variant is ready, and the facts it states."""
    found = []
    for variant in variants:
        for count in variant.counts:
            spans = [span for span in variant.spans if (span.field, span.index) == (count.field, count.index)]
            facts = list(dict.fromkeys(key for span in spans if span.status == "supported" for key in span.facts))
            found.append(
                {
                    "channel": variant.channel,
                    "variant": variant.number,
                    "field": count.field,
                    "text": variant.fields[count.field][count.index],
                    "length": count.size,
                    "limit": count.max,
                    "unit": count.unit,
                    "ready": "yes" if variant.ready else "no",
                    "facts": "; ".join(facts),
                    "reasons": "; ".join(variant.reasons),
                    "tier": variant.tier,
                }
            )
    return to_csv(found)


def as_json(variants: Sequence[Variant], sheet: Sheet, written_by: str) -> bytes:
    """{product sheet, written_by, variants}."""
    body = {"sheet": sheet.model_dump(), "written_by": written_by, "variants": [variant.model_dump() for variant in variants]}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def as_markdown(variants: Sequence[Variant], sheet: Sheet, written_by: str) -> str:
    """Only what is ready is there to be pasted; the rest stands with its reasons and without its text."""
    parts = [f"# {sheet.name}", written_by]
    for variant in variants:
        parts.append(f"## {variant.title}, variant {variant.number}" + ("" if variant.ready else ": not ready"))
        if not variant.ready:
            parts.append("\n".join(f"- {reason}" for reason in variant.reasons))
            continue
        for field in channel_named(variant.channel).fields:
            texts = variant.fields.get(field.name, [])
            parts += [f"### {field.title}{'s' if len(texts) > 1 else ''}", "\n\n".join(texts)] if texts else []
    return "\n\n".join(parts) + "\n"


def summary_markdown(sentences: Sequence[Taken], name: str, pages: int) -> str:
    lines = [f"- {' '.join(each.text.split())}" + (f" (page {each.page})" if pages > 1 else "") for each in sentences]
    return "\n".join([f"# {name}", "", *lines, "", "Sentences of the document, word for word."]) + "\n"
