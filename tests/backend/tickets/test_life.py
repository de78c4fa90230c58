"""Every stage × action: what it leads to, or why it is refused."""

import pytest

from bot.backend.tickets.life import (
    LIVE_STAGES,
    STATUS_OF,
    TABLE,
    WAITING_OF,
    Action,
    Refusal,
    Stage,
    next_stage,
    stage_of,
    steps_to,
)
from bot.backend.tickets.model import LIVE, Status
from bot.errors import ActionRefusedError
from tests.backend.tickets.making import make_ticket

# stage → what each action makes of it; an action that a line leaves out leaves the stage as it is.
EXPECTED = {
    "queued": "reply in_progress, assign in_progress, wait_customer waiting_customer, "
    "wait_upstream waiting_upstream, resume !not_waiting, resolve resolved, close closed, reopen !not_finished, "
    "merge merged, repush waiting_upstream, delivered resolved, refunded resolved, refund_approved waiting_upstream, "
    "refund_rejected in_progress",
    "in_progress": "release queued, wait_customer waiting_customer, wait_upstream waiting_upstream, "
    "resume !not_waiting, resolve resolved, close closed, reopen !not_finished, merge merged, "
    "repush waiting_upstream, delivered resolved, refunded resolved, refund_approved waiting_upstream",
    "waiting_customer": "report in_progress, customer_message in_progress, wait_upstream waiting_upstream, "
    "resume in_progress, resolve resolved, close closed, reopen !not_finished, merge merged, "
    "repush waiting_upstream, delivered resolved, refunded resolved, refund_approved waiting_upstream, "
    "refund_rejected in_progress, "
    "promise_broken !no_promise",
    "waiting_upstream": "wait_customer waiting_customer, resume in_progress, resolve resolved, close closed, "
    "reopen !not_finished, merge merged, delivered resolved, refunded resolved, refund_rejected in_progress",
    "resolved": "report !finished, customer_message queued, assign !finished, release !finished, "
    "wait_customer !finished, wait_upstream !finished, resume !finished, resolve !already, close closed, "
    "reopen queued, merge merged, absorb !finished, repush !finished, refund_approved !finished, "
    "refund_rejected !finished, promise_broken !finished, correct_input !finished",
    "closed": "report !finished, customer_message !closed, assign !finished, release !finished, "
    "wait_customer !finished, wait_upstream !finished, resume !finished, resolve !closed, close !already, "
    "reopen queued, merge merged, absorb !finished, requery !closed, repush !finished, "
    "delivered !closed, refunded !closed, "
    "refund_approved !finished, refund_rejected !finished, promise_broken !finished, correct_input !finished",
    "merged": ", ".join(f"{action} !merged" for action in Action if action is not Action.OPEN),
}


def expected_of(stage: Stage, action: Action) -> str:
    exceptions = dict(each.split() for each in EXPECTED[stage].split(", "))
    return exceptions.get(action, stage)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("action", [each for each in Action if each is not Action.OPEN])
def test_every_action_at_every_stage(stage: Stage, action: Action):
    expected = expected_of(stage, action)
    if expected.startswith("!"):
        with pytest.raises(ActionRefusedError) as caught:
            next_stage(stage, action)
        assert caught.value.details == {"action": action, "stage": stage, "reason": expected[1:]}
    else:
        assert next_stage(stage, action) == expected


def test_the_table_has_every_pair_and_nothing_else():
    assert set(TABLE) == {(stage, action) for stage in Stage for action in Action if action is not Action.OPEN}


def test_every_refusal_occurs():
    assert {each for each in TABLE.values() if isinstance(each, Refusal)} == set(Refusal)


def test_a_row_of_the_database_and_a_stage_are_the_same():
    for stage in Stage:
        merged_into = "TK261124000000" if stage is Stage.MERGED else None
        ticket = make_ticket(status=STATUS_OF[stage], waiting_for=WAITING_OF.get(stage), merged_into=merged_into)
        assert stage_of(ticket) is stage


def test_the_live_stages_are_those_whose_status_is_live():
    assert set(LIVE_STAGES) == {stage for stage in Stage if STATUS_OF[stage] in LIVE}


def test_every_stage_but_merged_can_be_left_and_every_stage_can_be_reached():
    reached = {TABLE[stage, action] for stage, action in TABLE if TABLE[stage, action] is not stage}
    assert reached >= set(Stage)
    for stage in set(Stage) - {Stage.MERGED}:
        assert {TABLE[stage, action] for action in Action if action is not Action.OPEN} & set(Stage) > {stage}


@pytest.mark.parametrize("stage", [each for each in Stage if each not in (Stage.CLOSED, Stage.MERGED)])
@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_had_step_by_step(stage: Stage, status: Status):
    for action in steps_to(stage, status):
        stage = next_stage(stage, action)
    assert STATUS_OF[stage] is status


def test_a_closed_ticket_is_not_resolved_behind_its_back():
    assert steps_to(Stage.CLOSED, Status.RESOLVED) == (Action.RESOLVE,)
    with pytest.raises(ActionRefusedError):
        next_stage(Stage.CLOSED, Action.RESOLVE)
