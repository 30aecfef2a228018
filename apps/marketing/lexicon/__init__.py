"""Words that a law or a regulator ties to evidence."""

from apps.marketing.lexicon.finding import CLASSES, Finding, regulated

__all__ = ["CLASSES", "Finding", "regulated"]
