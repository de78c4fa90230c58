"""What actions write besides the stage: the wait, the promise, who has it, how urgent it is."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.tickets.life import Action, Stage, stage_of
from bot.backend.tickets.model import Actor, ActorKind, Decision, Priority, Ticket, Waiting
from bot.backend.tickets.moves import Move, is_answer, moved, refund_facts
from bot.errors import ActionRefusedError
from tests.backend.tickets.making import NOW, make_ticket

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
ALICE, BOB = Actor(ActorKind.CUSTOMER, "alice"), Actor(ActorKind.AGENT, "Bob")
ROBOT, SYSTEM = Actor(ActorKind.AUTOMATION, "autopilot"), Actor(ActorKind.SYSTEM, "timers")


def make_open(**changes) -> Ticket:
    values = {"amount": None, "waiting_since": NOW, "next_promise_at": NOW + DAY, "base_priority": Priority.NORMAL}
    return make_ticket(**{**values, **changes})


def do(ticket: Ticket, action: Action, actor: Actor = BOB, after: timedelta = HOUR, **details) -> Ticket:
    return moved(ticket, Move(action=action, actor=actor, now=NOW + after, promise=DAY, **details))


def test_a_second_report_counts_and_does_not_reset_the_wait():
    after = do(make_open(), Action.REPORT, ALICE)
    assert (after.repeats, after.waiting_since, after.next_promise_at) == (1, NOW, NOW + DAY)


def test_repeats_make_it_more_urgent():
    after = do(do(make_open(), Action.REPORT, ALICE), Action.REPORT, ALICE)
    assert (after.repeats, after.priority) == (2, "high")


def test_an_answer_ends_the_wait_takes_the_case_and_promises_the_next_news():
    after = do(make_open(), Action.REPLY, text=True)
    assert (after.waiting_since, after.last_agent_reply_at, after.assignee) == (None, NOW + HOUR, "Bob")
    assert after.next_promise_at == NOW + HOUR + DAY
    assert stage_of(after) is Stage.IN_PROGRESS


def test_an_agent_can_promise_another_time():
    after = do(make_open(), Action.REPLY, text=True, promise_at=NOW + 2 * HOUR)
    assert after.next_promise_at == NOW + 2 * HOUR


def test_the_first_promise_never_moves():
    assert do(make_open(), Action.REPLY, text=True, promise_at=NOW + 2 * HOUR).reply_by == NOW + DAY


def test_the_next_question_starts_a_new_wait_but_keeps_an_open_promise():
    answered = do(make_open(), Action.REPLY, text=True)
    after = do(answered, Action.CUSTOMER_MESSAGE, ALICE, 3 * HOUR)
    assert (after.waiting_since, after.next_promise_at) == (NOW + 3 * HOUR, NOW + HOUR + DAY)


def test_who_has_the_case_keeps_it():
    assert do(make_open(assignee="Dora"), Action.REPLY, text=True).assignee == "Dora"


def test_automation_answers_for_nobody():
    after = do(make_open(), Action.SYSTEM_MESSAGE, ROBOT, text=True)
    assert (after.waiting_since, after.last_agent_reply_at, after.assignee) == (NOW, None, None)


def test_a_note_is_no_answer():
    after = do(make_open(), Action.NOTE, text=True)
    assert (after.waiting_since, after.last_agent_reply_at) == (NOW, None)
    assert not is_answer(Move(action=Action.NOTE, actor=BOB, now=NOW, promise=DAY, text=True))


def test_while_the_customer_has_the_next_word_nothing_is_promised():
    after = do(make_open(), Action.WAIT_CUSTOMER, text=True)
    assert (after.next_promise_at, after.waiting_since, after.waiting_for) == (None, None, Waiting.CUSTOMER)


def test_the_customers_word_brings_a_promise_back():
    waiting = do(make_open(), Action.WAIT_CUSTOMER, text=True)
    after = do(waiting, Action.CUSTOMER_MESSAGE, ALICE, 5 * HOUR)
    assert (after.next_promise_at, after.waiting_since) == (NOW + 5 * HOUR + DAY, NOW + 5 * HOUR)


def test_waiting_for_upstream_keeps_the_promise_or_takes_a_new_one():
    assert do(make_open(), Action.WAIT_UPSTREAM).next_promise_at == NOW + DAY
    assert do(make_open(), Action.WAIT_UPSTREAM, promise_at=NOW + 2 * DAY).next_promise_at == NOW + 2 * DAY


def test_a_broken_promise_is_counted_made_anew_and_makes_it_more_urgent():
    after = do(make_open(), Action.PROMISE_BROKEN, SYSTEM, DAY)
    assert (after.broken_promises, after.next_promise_at, after.priority) == (1, NOW + 2 * DAY, "urgent")
    assert after.waiting_since == NOW


@pytest.mark.parametrize("action", [Action.RESOLVE, Action.CLOSE, Action.DELIVERED])
def test_a_finished_case_waits_for_nothing(action: Action):
    after = do(make_open(), action)
    assert (after.waiting_since, after.next_promise_at, after.resolved_at) == (None, None, NOW + HOUR)


def test_closing_keeps_the_time_of_the_solution():
    assert do(do(make_open(), Action.RESOLVE), Action.CLOSE, after=3 * HOUR).resolved_at == NOW + HOUR


def test_a_reopened_case_waits_and_is_promised_anew():
    after = do(do(make_open(), Action.RESOLVE), Action.REOPEN, after=5 * HOUR)
    assert (after.waiting_since, after.next_promise_at, after.resolved_at) == (
        NOW + 5 * HOUR, NOW + 5 * HOUR + DAY, None,
    )  # fmt: skip


def test_released_it_is_nobodys():
    after = do(do(make_open(), Action.REPLY, text=True), Action.RELEASE)
    assert (after.assignee, stage_of(after)) == (None, Stage.QUEUED)


def test_a_refund_decision_is_kept_and_its_date_is_the_promise():
    facts = refund_facts(Decision.APPROVED, Decimal("30.00"), NOW + 3 * DAY, None)
    after = do(make_open(), Action.REFUND_APPROVED, promise_at=NOW + 3 * DAY, facts=facts)
    assert (after.refund_decision, after.refund_amount, after.next_promise_at) == (
        "approved", Decimal("30.00"), NOW + 3 * DAY,
    )  # fmt: skip
    assert stage_of(after) is Stage.WAITING_UPSTREAM


def test_what_a_stage_does_not_allow_changes_nothing():
    with pytest.raises(ActionRefusedError):
        do(make_open(), Action.REOPEN)


STEPS = st.tuples(
    st.sampled_from([each for each in Action if each is not Action.OPEN]),
    st.sampled_from([ALICE, BOB, ROBOT, SYSTEM]),
    st.timedeltas(timedelta(0), timedelta(hours=30)),
    st.booleans(),
)


@given(st.sampled_from(Priority), st.lists(STEPS, max_size=12))
def test_whatever_happens_a_live_case_never_becomes_less_urgent(base, steps):
    ticket, now = make_open(priority=base, base_priority=base), NOW
    for action, actor, pause, text in steps:
        now += pause
        try:
            after = moved(ticket, Move(action=action, actor=actor, now=now, promise=DAY, text=text))
        except ActionRefusedError:
            continue
        ranks = list(Priority)
        assert ranks.index(after.priority) >= ranks.index(ticket.priority)
        assert (after.next_promise_at is not None) == (after.live and after.waiting_for is not Waiting.CUSTOMER)
        ticket = after
