"""Speed of the trail engine against its peers: `python -m benchmarks.trail`."""
