"""Every claim of a text traced to a fact of the product sheet, or refused."""

from apps.marketing.claims.checking import Checked, ClaimSpan, check_claims, passages_of, refusals
from apps.marketing.claims.coverage import coverage

__all__ = ["Checked", "ClaimSpan", "check_claims", "coverage", "passages_of", "refusals"]
