"""The registry of mule accounts, numbers and links: entries, who said what of them, appeals."""
