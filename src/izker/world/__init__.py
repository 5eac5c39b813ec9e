"""The simulated country: banks, people, ordinary life and fraud whose truth is known. Everything in it is invented and says so."""
