"""Fraud in the simulated country: organisations, victims, mule accounts, and where each stolen tiyn goes."""
