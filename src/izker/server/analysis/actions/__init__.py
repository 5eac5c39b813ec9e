"""Verbs of analysis: link reports, correct a scheme, change a series, keep and decide groups that look like a new scheme."""
