"""Whether the facts of a sheet bear a sentence, judged by a small network: the second reader beside the rules of `claims`."""

from apps.marketing.entailment.model import ENTAILMENT, Judgement, Pair, pair

__all__ = ["ENTAILMENT", "Judgement", "Pair", "pair"]
