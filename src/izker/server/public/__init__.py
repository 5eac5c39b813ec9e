"""The public face: front page, the status of one's own report."""
