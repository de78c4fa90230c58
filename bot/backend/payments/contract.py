"""`/v1/payments` in OpenAPI."""

from bot.backend.orders.model import Payment, Source
from bot.backend.payments.bodies import VerifyPaymentBody
from bot.backend.payments.model import Verdict
from bot.backend.schemas import FLAG, PROOF, TEXTS, Json, an_object, answers, body_of, nullable, one_of
from bot.errors import BadRequestError, InvalidError, NotAuthorizedError, OrderNotFoundError, VerifyLockedError

FOUND = an_object(
    {
        "verdict": one_of(Verdict),
        "payment": one_of(Payment),
        "source": one_of(Source),
        "mismatches": TEXTS,
        "missing": TEXTS,
        "order_known": FLAG,
        "diagnosis": nullable({"type": "object"}),
    }
)

OPENAPI: Json = {
    "/v1/payments/verify": {
        "post": {
            "operationId": "verifyPayment",
            "summary": "Compare a claim with the records. Without proof they speak only when number and amount fit.",
            "parameters": [PROOF],
            "requestBody": body_of(VerifyPaymentBody),
            "responses": answers(
                200, "The verdict", FOUND,
                BadRequestError, NotAuthorizedError, OrderNotFoundError, InvalidError, VerifyLockedError,
            ),
        }
    }
}  # fmt: skip
