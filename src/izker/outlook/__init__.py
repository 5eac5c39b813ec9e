"""The outlook: what happens now (nowcast), what comes next (forecast), what is new (signals), how good it was."""
