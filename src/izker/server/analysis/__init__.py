"""Figures and outlook pages, made from an extract of the register, never from its live tables."""
