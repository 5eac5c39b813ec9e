"""Money of a case: its trail, its holds and their clocks."""
