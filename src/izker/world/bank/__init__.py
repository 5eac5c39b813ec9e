"""A simulated bank: a process of its own with its own ledger, that answers hold requests over HTTP as a real bank would."""
