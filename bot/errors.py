"""The errors of our HTTP interfaces: each class has a code (part of the contract) and an HTTP status."""

from typing import Any


class HelpdeskError(Exception):
    """An error that another process may read; `details` must not hold secrets or personal data."""

    code = "internal_error"
    status = 500

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message or (self.__doc__ or self.code).strip().splitlines()[0])
        self.details = details

    def to_json(self, request_id: str = "") -> dict[str, Any]:
        """The body of the answer: `{"error": {"code", "message", ...details}, "request_id"}`."""
        return {"error": {"code": self.code, "message": str(self), **self.details}, "request_id": request_id}


class BadRequestError(HelpdeskError):
    """The request is malformed."""

    code = "bad_request"
    status = 400


class NotAuthorizedError(HelpdeskError):
    """The credentials are missing or wrong."""

    code = "not_authorized"
    status = 401


class NotSignedInError(HelpdeskError):
    """Nobody is signed in here, or the session is over."""

    code = "not_signed_in"
    status = 401


class WrongLoginError(HelpdeskError):
    """The name, the password or the code is wrong."""

    code = "wrong_login"
    status = 401


class CodeNeededError(HelpdeskError):
    """The code of the authenticator app is needed too."""

    code = "code_needed"
    status = 401


class ForbiddenError(HelpdeskError):
    """Your role may not do this."""

    code = "forbidden"
    status = 403


class CsrfError(HelpdeskError):
    """The request does not come from a page of the desk."""

    code = "csrf"
    status = 403


class ForbiddenOriginError(HelpdeskError):
    """This web origin may not use the helpdesk."""

    code = "forbidden_origin"
    status = 403


class NotFoundError(HelpdeskError):
    """Nothing here, or nothing that you may see."""

    code = "not_found"
    status = 404


class OrderNotFoundError(NotFoundError):
    """No order fits this number and proof."""

    code = "order_not_found"


class TicketExistsError(HelpdeskError):
    """The order already has an open ticket."""

    code = "ticket_exists"
    status = 409


class ActionRefusedError(HelpdeskError):
    """The case does not allow this now; `reason` says why."""

    code = "action_refused"
    status = 409


class ApprovalNeededError(HelpdeskError):
    """A second person has to approve this; `approval_no` names what waits for them."""

    code = "approval_needed"
    status = 409


class NotSupportedError(HelpdeskError):
    """The shop system of this order cannot do this."""

    code = "not_supported"
    status = 409


class ClaimedError(HelpdeskError):
    """Another agent has this conversation; `agent` says who."""

    code = "claimed"
    status = 409


class NotOwnerError(HelpdeskError):
    """This conversation is another's; `agent` says whose."""

    code = "not_owner"
    status = 409


class IdempotencyMismatchError(HelpdeskError):
    """The idempotency key was used for another request."""

    code = "idempotency_mismatch"
    status = 409


class StaleDataError(HelpdeskError):
    """The data in the text has changed since it was filled in."""

    code = "stale_data"
    status = 409


class TooLargeError(HelpdeskError):
    """The upload or text is too large."""

    code = "too_large"
    status = 413


class UnsupportedPictureError(HelpdeskError):
    """Only JPEG, PNG and WebP pictures can be read."""

    code = "unsupported_picture"
    status = 415


class InvalidError(HelpdeskError):
    """A field has a value that cannot be used."""

    code = "invalid"
    status = 422


class VerifyLockedError(HelpdeskError):
    """Too many wrong tries; locked for a while."""

    code = "verify_locked"
    status = 423


class RateLimitedError(HelpdeskError):
    """Too many requests; try again later."""

    code = "rate_limited"
    status = 429


class BackendUnavailableError(HelpdeskError):
    """The order backend cannot be reached."""

    code = "backend_unavailable"
    status = 503


class BotUnavailableError(HelpdeskError):
    """The dialog model gave no answer."""

    code = "bot_unavailable"
    status = 503


class EvidenceReaderBusyError(HelpdeskError):
    """The picture is not read yet; ask again soon."""

    code = "reader_busy"
    status = 503


class EvidenceReaderDownError(HelpdeskError):
    """Pictures cannot be read here."""

    code = "reader_down"
    status = 503


def all_error_classes() -> list[type[HelpdeskError]]:
    """Every error class, the base first."""
    found: list[type[HelpdeskError]] = [HelpdeskError]
    for cls in found:
        found.extend(cls.__subclasses__())
    return found


def error_from(body: Any, status: int) -> HelpdeskError:
    """Turn the JSON body of an error answer back into the class that was raised on the other side."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return HelpdeskError(f"HTTP {status} without an error body")
    details = {k: v for k, v in error.items() if k not in ("code", "message")}
    for cls in all_error_classes():
        if cls.code == error.get("code"):
            return cls(str(error.get("message", "")), **details)
    return HelpdeskError(f"HTTP {status}: {error.get('code')}", **details)
