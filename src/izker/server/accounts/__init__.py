"""People of the house: who signs in, in which role, for which region or bank."""
