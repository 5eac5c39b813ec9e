"""The formats and handshakes that others speak."""
