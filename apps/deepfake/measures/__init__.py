"""Figures of the studio as a whole: own outputs, times, verdicts."""
