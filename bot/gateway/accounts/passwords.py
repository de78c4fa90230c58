"""Passwords are stored as argon2id hashes. Hashing takes time and memory, so it happens in threads, a few at once."""

import asyncio
import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.gateway.accounts.model import plain_password

AT_ONCE = 2


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory (64 MiB)
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, plain_password(password))

    async def holds(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; without a stored hash just as long is computed, for nothing."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, password, stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, password: str, stored: str | None) -> bool:
        try:
            same = self._hasher.verify(stored or self._nobodys, plain_password(password))
        except (VerificationError, InvalidHashError):
            return False
        return same and stored is not None

    @functools.cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")
