"""Product copy in which every claim is traced to a fact of the product sheet."""

from apps.marketing.tasks import check, summarize, write

__all__ = ["check", "summarize", "write"]
