"""Banks: what is sent to them, what they answer."""
