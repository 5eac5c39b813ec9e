"""Verbs of triage: change the rules, write down a call."""
