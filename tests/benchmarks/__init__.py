"""Benchmarks that `make bench` runs: each exits non-zero where a target is missed."""
