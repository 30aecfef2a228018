"""The loop that the studios' trainers share: planned, logged, interruptible, resumable."""

from shared.training.loop import Plan, Trainer

__all__ = ["Plan", "Trainer"]
