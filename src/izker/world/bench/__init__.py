"""The response bench: policies play the same simulated country in event time; truth knows what they held."""
