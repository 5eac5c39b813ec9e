"""The demonstration: the simulated country behind a real server, with real bank processes. Everything in it is synthetic."""
