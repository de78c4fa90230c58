"""The JSON of an order and of a picture for agents: masked, without secrets."""

from typing import Any

from bot.backend.evidence.model import Judgement
from bot.backend.evidence.reading.model import Reading
from bot.backend.evidence.store import Evidence
from bot.backend.facts.model import HIDDEN, source_of, version_of
from bot.backend.orders.cases import Case
from bot.backend.orders.masks import mask_number
from bot.backend.orders.model import diagnose
from bot.backend.orders.plans import plan
from bot.backend.orders.views import order_view, reasons_of, risk_view

_READ = ("channel", "status", "amount", "paid_at", "order_no", "payee", "method")


def facts_view(case: Case, incident: dict[str, Any] | None) -> dict[str, Any]:
    """An order with its diagnosis, the state of its account and the incident that explains it."""
    rule = diagnose(case.facts)
    found = {
        **{name: value for name, value in order_view(case).items() if name not in HIDDEN},
        "reachable": not case.unreachable,
        "supplier": case.record.supplier if case.record else None,
        "risk": risk_view(case.risk) if case.risk else None,
        "diagnosis": {
            "diagnosis": rule.diagnosis,
            "rule": rule.number,
            "cause": rule.cause,
            "next": plan(rule.diagnosis, case.facts, case.timing, None).next,
            "reasons": reasons_of(rule, case.facts),
            "source": source_of(rule.axes, case.sources),
        },
        "incident": incident,
    }
    return {**found, "version": version_of(found)}


def evidence_view(
    evidence: Evidence, state: str, order_no: str | None, reading: Reading | None, judgement: Judgement | None
) -> dict[str, Any]:
    """A picture; `state` is read, unread or deleted, `judged_for` the order that its verdict is about."""
    read = {**reading.to_json(), "method": reading.method} if reading else {}
    return {
        "evidence_id": evidence.evidence_id,
        "created_at": evidence.created_at,
        "state": state,
        "kind": reading.kind if reading else None,
        "verdict": judgement.verdict if judgement else None,
        "judged_for": order_no if judgement else None,
        "reading": {
            **{name: read.get(name) for name in _READ},
            "transaction_no_masked": mask_number(reading.transaction_no) if reading else None,
            "merchant_no_masked": mask_number(reading.merchant_no) if reading else None,
        },
        "missing": list(judgement.missing) if judgement else [],
        "conflicts": list(judgement.conflicts) if judgement else [],
        "duplicate": judgement.duplicate if judgement else None,
    }
