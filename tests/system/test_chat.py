"""`qa chat` with what is typed coming from a pipe, against a helpdesk that runs; what was said is saved as a script."""

import asyncio
import os
import sys
from pathlib import Path

from bot.ops.processes import environment_from
from bot.ops.stack import Stack
from bot.qa.scripts import load_vocabulary, read_scripts
from bot.settings import ROOT

TYPED = "付了款没到账 {order_no}\n{phone_tail}\n3\n:order\n:slots\n:nonsense\n99\n:quit\nnever read\n"


async def chat(stack: Stack, typed: str, *options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "qa", "chat", "--running", *options,
        cwd=ROOT, env={**os.environ, **environment_from(stack.settings)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(typed.encode())
    return process.returncode or 0, said.decode()


async def test_a_conversation_by_pipe_shows_what_the_bot_thinks_and_is_saved(helpdesk: Stack, tmp_path: Path):
    file = tmp_path / "chat.yml"
    code, said = await chat(helpdesk, TYPED, "--order", "QUEUE_BACKLOG", "--save", str(file))
    assert code == 0, said
    for shown in (
        "utter_diagnosis_queue_backlog: ", "intent paid_not_received", "order_form (RulePolicy", "form: order_form",
        'symptom = "not_received"', "utter_handoff_away: ", "[1] ", "  product: ",
    ):  # fmt: skip
        assert shown in said, said
    assert "never read" not in said
    (script,) = read_scripts(file, load_vocabulary())
    assert [each.act.value for each in script.turns] == [
        "付了款没到账 {order_no}", "{phone_tail}", "转人工", "99",
    ]  # fmt: skip
    assert script.order == "QUEUE_BACKLOG"


async def test_a_wrong_kind_of_order_is_told(helpdesk: Stack):
    code, said = await chat(helpdesk, "", "--order", "NO_SUCH")
    assert code == 2
    assert "no diagnosis has the name NO_SUCH" in said
