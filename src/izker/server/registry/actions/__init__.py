"""Verbs of the registry: see, confirm, withdraw, appeal, decide, undo, reveal."""
