"""Conversation tests: scripts in YAML, played by a customer against the four real processes."""
