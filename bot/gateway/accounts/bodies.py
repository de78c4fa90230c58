"""What the desk's page sends about its account."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

from bot.gateway.http import Body

# Longer ones would only make us compute; no account has one.
Password = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]


def _no_surrogates(value: object) -> object:
    """A lone surrogate has no UTF-8 form, so it can be part of nothing that is stored or hashed."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Clean = BeforeValidator(_no_surrogates)


class Login(Body):
    """`code` of the authenticator app, where the account has one."""

    username: Annotated[str, Clean, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[Password, Clean]
    code: Code | None = None


class NewPassword(Body):
    """The old one again, as a browser may have been left open."""

    old: Annotated[Password, Clean]
    new: Annotated[Password, Clean]


class TotpCode(Body):
    """The first code of the app shows that it has the secret."""

    code: Code


class PasswordAgain(Body):
    password: Annotated[Password, Clean]


class MyChange(Body):
    """Any of these."""

    language: Literal["zh", "en"] | None = None
    sound: bool | None = None
    notifications: bool | None = None
