"""Benchmarks, side by side: one command each, in this folder."""
