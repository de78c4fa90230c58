from bot.actions.server import make_executor
from tests.actions.acting import user
from tests.actions.fake_backend import ORDER_NO


async def test_an_action_runs_without_the_domain():
    """Rasa leaves it out with `enable_selective_domain`; the rasa-sdk alone would refuse that."""
    tracker = {
        "sender_id": "c1.1",
        "slots": {"language": "zh", "order_no": ORDER_NO, "phone_tail": "0001"},
        "latest_message": user("/inform", "inform"),
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "order_form",
    }
    call = {"next_action": "action_check_order", "sender_id": "c1.1", "tracker": tracker, "version": "3.6.21"}
    result = await make_executor().run(call)
    assert result is not None
    assert [each["response"] for each in result.responses][-1] == "utter_next_report"
