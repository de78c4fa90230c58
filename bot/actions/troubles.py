"""Which sentence answers which error, and what it offers (pure)."""

from bot.errors import (
    BackendUnavailableError,
    BadRequestError,
    HelpdeskError,
    IdempotencyMismatchError,
    InvalidError,
    NotFoundError,
    OrderNotFoundError,
    RateLimitedError,
    TicketExistsError,
    TooLargeError,
    VerifyLockedError,
)

# The first class that fits counts, so a subclass stands before its base.
ANSWERS: dict[type[HelpdeskError], tuple[str, str | None]] = {
    BackendUnavailableError: ("utter_lookup_failed", "report"),
    VerifyLockedError: ("utter_verify_locked", "human"),
    OrderNotFoundError: ("utter_proof_expired", "number"),
    NotFoundError: ("utter_not_found", "number"),
    TicketExistsError: ("utter_already_sent", None),
    IdempotencyMismatchError: ("utter_already_sent", None),
    RateLimitedError: ("utter_too_fast", "recheck"),
    InvalidError: ("utter_value_refused", "human"),
    BadRequestError: ("utter_value_refused", "human"),
    TooLargeError: ("utter_value_refused", "human"),
    HelpdeskError: ("utter_system_trouble", "human"),
}


def answer_to(error: HelpdeskError) -> tuple[str, str | None]:
    """The response that answers this error and the offer that "yes" accepts then."""
    return next(answer for cls, answer in ANSWERS.items() if isinstance(error, cls))
