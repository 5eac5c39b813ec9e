"""Verbs of analysis: link reports, correct a scheme, change a series."""
