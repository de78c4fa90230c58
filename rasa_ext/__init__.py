"""Runs in Python 3.10 inside the Rasa server: the components that config.yml names. Imports nothing from `bot`."""
