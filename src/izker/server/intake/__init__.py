"""Intake: the public report form and API, importers of other registers."""
