from __future__ import annotations

import re

import pytest

from apps.marketing.claims import check_claims
from apps.marketing.grounding import Grounds
from apps.marketing.quoting import SILENT, facts_about, quoted
from apps.marketing.reading import example
from tests.apps.marketing.questions import QUESTIONS


@pytest.mark.parametrize("name", QUESTIONS)
def test_quoted_facts_answer_most_questions_and_few_that_the_sheet_does_not(name: str) -> None:
    """75 answerable and 45 other ones on six sheets; the share is held, not each."""
    sheet = example(name)
    right = [bool(re.search(pattern, quoted(facts_about(asked, sheet), sheet))) for asked, pattern in QUESTIONS[name] if pattern]
    silent = [not facts_about(asked, sheet) for asked, pattern in QUESTIONS[name] if not pattern]
    assert sum(right) >= 0.8 * len(right) and sum(silent) >= 0.6 * len(silent)


def test_whatever_is_quoted_is_of_the_sheet() -> None:
    for name in QUESTIONS:
        sheet = example(name)
        for fact in sheet.facts:
            assert check_claims(quoted([fact], sheet), sheet).ok, fact
        assert Grounds(sheet, ["Which?"]).quoted(SILENT).text == SILENT
