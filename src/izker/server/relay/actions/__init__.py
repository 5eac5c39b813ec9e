"""Verbs towards banks."""
