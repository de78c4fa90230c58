"""Signed webhooks between our processes and from shops, after https://www.standardwebhooks.com."""

from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from bot.errors import NotAuthorizedError

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
HEADERS = (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
_PREFIX = "whsec_"


def signed_headers(key: str, webhook_id: str, body: bytes) -> dict[str, str]:
    """The headers that prove who sent this UTF-8 body now; made anew for every attempt.

    The time is the machine's, not the helpdesk's: the receiver refuses what is off by more than 5 minutes.
    """
    now = datetime.now(UTC)
    return {
        ID_HEADER: webhook_id,
        TIMESTAMP_HEADER: str(int(now.timestamp())),
        SIGNATURE_HEADER: _webhook(key).sign(webhook_id, now, body.decode()),
    }


def verified_id(key: str, headers: Mapping[str, str], body: bytes) -> str:
    """The id of a webhook whose signature fits; a sender repeats the id when it repeats the webhook.

    Raises NotAuthorizedError when a header is missing or wrong, or the time is more than 5 minutes off.
    """
    given = {name: headers.get(name, "") for name in HEADERS}
    try:
        _webhook(key).verify(body, given, json_parse=False)
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError) as error:
        raise NotAuthorizedError("The signature is missing or wrong.") from error
    return given[ID_HEADER]


def _webhook(key: str) -> Webhook:
    """A key `whsec_…` holds base64, as the standard has it; any other text is taken as it is."""
    return Webhook(key if key.startswith(_PREFIX) else key.encode())
