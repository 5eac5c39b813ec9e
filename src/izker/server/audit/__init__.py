"""The audit chain: every act of every person, each line sealed by the hash of the one before."""
