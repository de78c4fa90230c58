"""`/desk/api/conversations/{id}/test`: a conversation as a conversation test, without what belongs to the customer."""

from aiohttp import web

from bot.errors import InvalidError
from bot.gateway.accounts.http import audit, signed_in
from bot.gateway.desk.api import ONE, id_of
from bot.gateway.keys import ENGINE, RASA, TEXTS
from bot.gateway.recording.store import read_history
from bot.recording.naming import Sentences
from bot.recording.script import script_of

routes = web.RouteTableDef()


@routes.get(f"{ONE}/test")
@signed_in("supervisor")
async def save_as_test(request: web.Request) -> web.Response:
    """The script as a file; the look is written down. 422 when the customer has said nothing yet."""
    conversation_id = id_of(request)
    async with request.app[ENGINE].begin() as connection:
        history = await connection.run_sync(read_history, conversation_id)
    await audit(request, "conversation.recorded", conversation_id)
    rasa = request.app[RASA]
    senders = [f"{conversation_id}.{number}" for number in range(1, history.stretches + 1)]
    trackers = [await rasa.events(each) for each in senders]
    try:
        text = script_of(history, trackers, Sentences(request.app[TEXTS].responses))
    except ValueError as error:
        raise InvalidError(str(error)) from error
    headers = {
        "Content-Disposition": f'attachment; filename="conversation-{conversation_id[:8]}.yml"',
        "Cache-Control": "no-store",
    }
    return web.Response(text=text, content_type="application/yaml", charset="utf-8", headers=headers)
