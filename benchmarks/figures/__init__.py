"""Benchmarks of the figures room."""
