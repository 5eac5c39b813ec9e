"""Verbs of the register."""
