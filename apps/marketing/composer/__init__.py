"""The composer: a phrase grammar that writes from the sheet alone, without a language model, and says so.

drafts = compose(Commission(sheet, "email", "plain", seed=0, count=3))
"""

from apps.marketing.composer.writing import Commission, Draft, compose

__all__ = ["Commission", "Draft", "compose"]
