"""A real conversation as a conversation test: what may be written down of it, and how (pure)."""
