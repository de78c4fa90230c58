"""Bad settings, told in one line."""

from pydantic import ValidationError
from pydantic_settings import SettingsError

from bot.ops.steps import Problem
from bot.settings import Settings


def load_settings() -> Settings:
    """The settings, or a Problem that names the bad variables in one line."""
    try:
        return Settings()
    except ValueError as error:
        raise problem_from(error) from error


def problem_from(error: ValueError) -> Problem:
    """The Problem that names the bad variables; raises `error` itself when it is not about settings."""
    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return Problem(f"bad setting: {'; '.join(_sentence(each) for each in error.errors())}")
    if isinstance(error, SettingsError):  # a list that is no JSON
        return Problem(f"bad setting: {' '.join(str(error).split())}")
    raise error


def _sentence(error: object) -> str:
    assert isinstance(error, dict)
    name = "_".join(str(part) for part in error["loc"][:1]).upper()
    return f"DAOZHANG_{name}={error['input']!s:.60}: {error['msg']}" if name else str(error["msg"])
