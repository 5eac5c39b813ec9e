"""Verbs of the money: follow it, suggest holds, ask for them, take the bank's answer."""
