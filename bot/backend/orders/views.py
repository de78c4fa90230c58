"""The JSON of an order and of its diagnosis: masked, without secrets."""

from typing import Any

from bot.backend.orders.cases import Case, Said
from bot.backend.orders.masks import mask_number, mask_target
from bot.backend.orders.model import Diagnosis, OrderFacts, Rule, diagnose, rule_of
from bot.backend.orders.plans import PLANS, Plan, plan
from bot.backend.orders.records import AccountRisk

_FROM_RECORD = (
    "product",
    "product_line",
    "amount",
    "currency",
    "created_at",
    "delivery_type",
    "pickup_url",
    "account_ref",
)


def order_view(case: Case) -> dict[str, Any]:
    """The order as its owner may see it; what an unreachable source would tell is null."""
    record, facts = case.record, case.facts
    paid = case.evidence.record
    return {
        "order_no": case.order_no,
        **{name: getattr(record, name) if record else None for name in _FROM_RECORD},
        "paid_at": (record.paid_at if record else None) or (paid.paid_at if paid else None),
        "target_masked": (mask_target(record.target) or None) if record else None,
        "states": {axis: {"value": getattr(facts, axis), "source": source} for axis, source in case.sources.items()},
        "notified": facts.notified,
        "late": facts.late,
        "window_minutes": int(case.timing.window.total_seconds() // 60),
        "payment": _payment_view(case),
        "refund": _refund_view(case),
        "open_ticket_no": case.open_ticket_no,
    }


def risk_view(risk: AccountRisk) -> dict[str, Any]:
    """The state of an account and what it may spend, in CNY."""
    return {
        "state": risk.state,
        "real_name": risk.real_name,
        "limits": {"per_order": risk.limit_per_order, "per_day": risk.limit_per_day},
    }


def _payment_view(case: Case) -> dict[str, Any] | None:
    record = case.evidence.record
    if record is None:
        return None
    return {
        "channel": record.channel,
        "transaction_no_masked": mask_number(record.transaction_no),
        "merchant_no_masked": mask_number(record.merchant_no),
        "amount": record.amount,
        "currency": record.currency,
        "state": record.state,
        "paid_at": record.paid_at,
    }


def _refund_view(case: Case) -> dict[str, Any] | None:
    """The shop's word on the refund, else the channel's."""
    if case.record and case.record.refund:
        refund = case.record.refund
        return {"amount": refund.amount, "to": refund.to, "at": refund.at}
    paid = case.evidence.record
    if paid and paid.refunded_amount is not None:
        return {"amount": paid.refunded_amount, "to": "channel", "at": paid.refunded_at}
    return None


def diagnosis_view(case: Case, said: Said | None, incident: dict[str, Any] | None) -> dict[str, Any]:
    """The diagnosis of a proven order with its plan, its view and the incident that explains it."""
    rule = diagnose(case.facts)
    found = plan(rule.diagnosis, case.facts, case.timing, said.paid if said else None)
    reasons = reasons_of(rule, case.facts)
    return {**_plan_view(rule, found), "incident": incident, "reasons": reasons, "order": order_view(case)}


def diagnosis_without_order(diagnosis: Diagnosis) -> dict[str, Any]:
    """The same for R03, R04 and R05, where the customer has not proved any order."""
    return {**_plan_view(rule_of(diagnosis), PLANS[diagnosis]), "incident": None, "reasons": [], "order": None}


def _plan_view(rule: Rule, found: Plan) -> dict[str, Any]:
    return {
        "diagnosis": rule.diagnosis,
        "rule": rule.number,
        "cause": rule.cause,
        "next": found.next,
        "ticket_type": found.ticket_type,
        "demand": found.demand,
        "priority": found.priority,
        "recheck_minutes": list(found.recheck_minutes),
        "report_after": found.report_after,
    }


def reasons_of(rule: Rule, facts: OrderFacts) -> list[str]:
    """The facts that decided, as `axis=VALUE`, for agents and logs."""
    return [f"{axis}={_word(getattr(facts, axis))}" for axis in rule.axes]


def _word(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
