"""The fixtures of the pictures are needed here too."""

from tests.backend.evidence.conftest import pictures, reading_client

__all__ = ["pictures", "reading_client"]
