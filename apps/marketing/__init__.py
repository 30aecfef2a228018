"""Product copy in which every claim is traced to a fact of the product sheet."""

from apps.marketing.tasks import chat, check, summarize, write

__all__ = ["chat", "check", "summarize", "write"]
