"""The report of a case: complete, and nothing in a file's own words becomes part of the page."""

from __future__ import annotations

import json
import re

from apps.deepfake.evidence import Evidence
from apps.deepfake.report import as_html, as_json
from apps.deepfake.results import Code, CredentialsReport, FileReport, Score
from apps.deepfake.verdict import NOT_SAID

HOSTILE = '<img src="http://tracker.invalid/x" onerror=alert(1)>.jpg'


def report(name: str = "a.jpg") -> FileReport:
    return FileReport(
        name=name,
        sha256="ab" * 32,
        size_bytes=1234,
        kind="image",
        media_type="image/jpeg",
        facts={"EXIF Software": name},
        verdict="likely-manipulated",
        reasons=[f"because of {name}"],
        score=Score(model="m", revision="7", probability=0.91, low=0.8, high=0.97, p_captured=0.02, p_made=0.6),
        evidence=[
            Evidence(source="s", kind="k.k", claim=name, direction="manipulated", strength=0.9, reliability="low", region=(1, 2, 3, 4))
        ],
        credentials=CredentialsReport(
            state="invalid", words=name, signer=name, codes=[Code(code="x.y", severity="failure", meaning="expired", words="w")]
        ),
        missed=[name],
    )


def test_texts_of_a_file_are_escaped_and_nothing_is_fetched() -> None:
    page = as_html(HOSTILE, "2026-01-01T00:00:00Z", [report(HOSTILE)]).decode()
    assert "<img src=" not in page and "onerror=alert(1)>" not in page
    assert "default-src 'none'" in page and not re.search(r"<script|<link|<iframe", page)


def test_it_names_hash_interval_region_codes_and_what_cannot_be_told() -> None:
    page = as_html("case 7", "2026-01-01T00:00:00Z", [report(), report("b.jpg")]).decode()
    for words in ("ab" * 32, "0.80 to 0.97", "x 1, y 2, 3 x 4 px", "x.y", "case 7", "b.jpg", *NOT_SAID):
        assert words in page


def test_the_machine_s_report_is_the_same() -> None:
    body = json.loads(as_json("c", "t", [report()]))
    assert FileReport.model_validate(body["files"][0]) == report() and body["not_said"] == list(NOT_SAID)
