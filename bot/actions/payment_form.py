"""payment_form: the customer's claim about a payment, as far as the bill shows it."""

from bot.actions.ending import DONE
from bot.actions.forms import FormAction
from bot.actions.meanings import says_not_charged, says_unknown, surely_says_unknown
from bot.actions.order_form import PROBLEMS
from bot.actions.payment_values import amount_in, channel_in, values_in
from bot.actions.payments import say_outcome
from bot.actions.pictures import Taken
from bot.actions.turn import Turn
from bot.actions.words import UNKNOWN


class ValidatePaymentForm(FormAction):
    """A field that the customer cannot find is kept as "unknown"; the backend says what is really missing."""

    action_name = "validate_payment_form"
    fields = ("payment_channel", "payment_no", "payment_amount", "paid_at")
    leave_without_value = frozenset({"report_problem"}) | PROBLEMS
    ends_when_not_charged = True
    hears_corrections = False

    def start(self, turn: Turn) -> None:
        turn.set(paid_claim=True)
        for name in self.fields:
            if turn.slot(name) == UNKNOWN:
                turn.set(**{name: None})

    def read(self, turn: Turn, requested: str | None) -> bool:
        _keep_order(turn)
        found = values_in(turn, requested)
        for name, raw in (("payment_channel", channel_in(turn)), ("payment_amount", amount_in(turn))):
            if turn.slot(name) is not None and turn.slot(name) != UNKNOWN and name not in found:
                # A value from the first sentence is in the customer's spelling.
                turn.set(**{name: raw or turn.slot(name)})
        if not found and requested and _cannot_tell(turn):
            found = {requested: "other" if requested == "payment_channel" else UNKNOWN}
        turn.set(**found)
        return bool(found)

    def take_pictures(self, turn: Turn, taken: Taken) -> None:
        if taken.verdict in ("MATCHED", "CLAIMED") and not taken.checked:
            return  # What was read answers the questions; the action after the form compares it.
        super().take_pictures(turn, taken)
        if taken.verdict in ("MATCHED", "CLAIMED") and taken.checked:
            say_outcome(turn, taken.checked)
            turn.set(form_end=DONE)


def _cannot_tell(turn: Turn) -> bool:
    """A typed no skips a question only when its words say so: "不少钱呢" is no answer at all."""
    if not turn.typed or says_not_charged(turn.text):
        return not turn.typed and turn.intent == "deny"
    return says_unknown(turn.text) if turn.intent == "deny" else surely_says_unknown(turn.text)


def _keep_order(turn: Turn) -> None:
    """A merchant number may look like an order number; while a payment is checked the proven order stays."""
    if turn.slot("verified_order"):
        turn.set(order_no=turn.slot("verified_order"))
