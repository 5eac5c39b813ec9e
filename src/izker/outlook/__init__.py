"""The outlook: what is happening now (nowcast), what comes next (forecast), what is new (signals), and how good that was."""
