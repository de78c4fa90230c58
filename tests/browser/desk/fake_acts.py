"""The conversations of the fake desk: lists, messages, and what agents do."""

import asyncio
import json
import re
import secrets
from typing import Any, Protocol

from aiohttp import web

from bot.gateway.static import EXAMPLES
from tests.browser.desk.world import AGENT, CANNED, MACROS, VALUES, Agent, Json, Thread

URGENCY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
FAR = "9999"


class Host(Protocol):
    """What this part needs of the desk."""

    agents: dict[str, Agent]
    threads: dict[str, Thread]

    def counts(self, username: str) -> Json: ...
    async def changed(self, thread: Thread, **fields: Any) -> None: ...
    async def tell(self, frame: Json) -> None: ...


def refuse(status: int, code: str, **details: Any) -> web.HTTPException:
    body = json.dumps({"error": {"code": code, "message": code, **details}, "request_id": "r"})
    kinds = {403: web.HTTPForbidden, 404: web.HTTPNotFound, 409: web.HTTPConflict, 503: web.HTTPServiceUnavailable}
    return kinds[status](text=body, content_type="application/json")


class FakeActs:
    """The state that tests set, and the handlers."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.stale = False  # the next canned reply is made of data that changed
        self.fails_sends = 0  # so many of the next messages get no answer, though the last is saved
        self.sends = 0
        self.gate = asyncio.Event()  # cleared: messages and claims are held
        self.gate.set()

    @property
    def routes(self) -> list[web.RouteDef]:
        one = "/desk/api/conversations/{id}"
        return [
            web.get("/desk/api/conversations", self._list),
            web.get("/desk/api/search", self._search),
            web.get(one, self._open),
            web.get(f"{one}/messages", self._messages),
            web.post(f"{one}/messages", self._send),
            web.post(f"{one}/pictures", self._upload),
            web.get("/desk/api/pictures/{name}", self._picture),
            web.post(f"{one}/retry", self._retry),
            web.post(f"{one}/claim", self._claim),
            web.post(f"{one}/transfer", self._transfer),
            web.post(f"{one}/hand_back", self._hand_back),
            web.post(f"{one}/resolve", self._resolve),
            web.post(f"{one}/reopen", self._reopen),
            web.post(f"{one}/priority", self._fields),
            web.post(f"{one}/tags", self._fields),
            web.put(f"{one}/draft", self._draft),
            web.post(f"{one}/read", self._read),
            web.get("/desk/api/colleagues", self._colleagues),
            web.get("/desk/api/presence", self._presence),
            web.put("/desk/api/presence", self._set_presence),
            web.get("/desk/api/canned", self._canned),
            web.get("/desk/api/macros", self._macros),
            web.get("/desk/api/tags", self._tags),
            web.post("/desk/api/canned/{canned}/render", self._render),
        ]

    def _thread(self, request: web.Request) -> Thread:
        found = self._host.threads.get(request.match_info["id"])
        if found is None:
            raise refuse(404, "not_found")
        return found

    def _in_view(self, row: Json, view: str, username: str) -> bool:
        is_open = row["state"] == "open"
        return {
            "queue": is_open and row["owner"] == "queue",
            "mine": is_open and row["agent"] == username,
            "bot": is_open and row["owner"] == "bot" and not row["booked"],
            "booked": is_open and row["booked"],
            "resolved": not is_open,
            "all": True,
        }[view]

    async def _list(self, request: web.Request) -> web.Response:
        query, username = request.query, request[AGENT].username
        rows = [each.row for each in self._host.threads.values() if self._in_view(each.row, query["view"], username)]
        rows = [row for row in rows if query.get("channel") in (None, row["channel"])]
        rows = [row for row in rows if "tag" not in query or query["tag"] in row["tags"]]
        rows.sort(key=lambda row: row["updated_at"], reverse=query["sort"] != "oldest")
        if query["sort"] == "urgency":
            rows.sort(key=lambda row: (URGENCY[row["priority"]], row["due_at"] or FAR, row["waiting_since"] or FAR))
        start, limit = int(query.get("cursor", 0)), int(query.get("limit", 50))
        more = str(start + limit) if start + limit < len(rows) else None
        page = {"conversations": rows[start : start + limit], "next_cursor": more}
        return web.json_response(page | {"counts": self._host.counts(username)})

    async def _search(self, request: web.Request) -> web.Response:
        needle, found = request.query["q"], []
        for thread in self._host.threads.values():
            said = next((each["text"] for each in thread.messages if needle in each["text"]), None)
            if thread.row["order_no"] == needle:
                found.append({**thread.row, "match": {"field": "order_no", "snippet": needle}})
            elif said:
                found.append({**thread.row, "match": {"field": "text", "snippet": said}})
        return web.json_response({"conversations": found, "next_cursor": None})

    async def _open(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        others = [each.row for each in self._host.threads.values() if each.row["state"] == "resolved"][:2]
        return web.json_response(
            {
                "conversation": thread.row, "handover": thread.handover, "messages": thread.messages[-50:],
                "more_before": len(thread.messages) > 50, "draft": thread.drafts.get(request[AGENT].username),
                "customer": {"channel": thread.row["channel"], "signed": True, "created_at": thread.row["created_at"],
                             "earlier": others},
            }
        )  # fmt: skip

    async def _messages(self, request: web.Request) -> web.Response:
        all_ = self._thread(request).messages
        limit = int(request.query.get("limit", 50))
        if "after" in request.query:
            found = [each for each in all_ if each["position"] > int(request.query["after"])][:limit]
            return web.json_response({"messages": found, "more_before": False})
        found = [each for each in all_ if each["position"] < int(request.query["before"])]
        return web.json_response({"messages": found[-limit:], "more_before": len(found) > limit})

    async def _send(self, request: web.Request) -> web.Response:
        thread, agent, given = self._thread(request), request[AGENT], await request.json()
        self.sends += 1
        await self.gate.wait()
        known = [each for each in thread.messages if each["client_id"] == given["client_id"]]
        if known:
            return web.json_response(known[0])
        if given["kind"] == "reply" and thread.row["agent"] != agent.username:
            raise refuse(409, "not_owner")
        if self.stale and given.get("canned"):
            self.stale = False
            raise refuse(409, "stale_data")
        picture = {"url": f"/desk/api/pictures/{given['picture_id']}"} if given.get("picture_id") else None
        kind = "note" if given["kind"] == "note" else "outgoing"
        named = {"author": agent.username, "author_name": agent.name, "client_id": given["client_id"]}
        message = thread.add("agent", given["text"], kind=kind, picture=picture, **named)
        await self._host.tell({"type": "message_created", "conversation_id": thread.id, "message": message})
        await self._host.changed(thread)
        if self.fails_sends:
            self.fails_sends -= 1
            raise refuse(503, "internal_error")
        return web.json_response(message, status=201)

    async def _upload(self, request: web.Request) -> web.Response:
        await request.post()
        return web.json_response({"picture_id": secrets.token_hex(4)}, status=201)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(EXAMPLES / "wechat-bill.png")

    async def _retry(self, request: web.Request) -> web.Response:
        thread, message_id = self._thread(request), (await request.json())["message_id"]
        message = next(each for each in thread.messages if each["message_id"] == message_id)
        message["status"] = "sent"
        return web.json_response(message)

    async def _take(self, thread: Thread, agent: Agent, activity: str) -> web.Response:
        message = thread.act(activity, agent.username)
        await self._host.tell({"type": "message_created", "conversation_id": thread.id, "message": message})
        fields = {"waiting_since": None, "due_at": None}
        await self._host.changed(thread, owner="agent", agent=agent.username, agent_name=agent.name, **fields)
        return web.json_response(thread.row)

    async def _claim(self, request: web.Request) -> web.Response:
        thread, agent = self._thread(request), request[AGENT]
        force = (await request.json()).get("force", False)
        await self.gate.wait()
        if thread.row["owner"] == "agent" and not (force and agent.role != "agent"):
            raise refuse(409, "claimed", agent=thread.row["agent"])
        how = "stepped_in" if force else "claimed" if thread.row["owner"] == "queue" else "taken_over"
        return await self._take(thread, agent, how)

    async def _transfer(self, request: web.Request) -> web.Response:
        thread, given = self._thread(request), await request.json()
        to = self._host.agents.get(given.get("to", ""))
        message = thread.act("transferred", request[AGENT].username, given.get("to") or given.get("team"))
        await self._host.tell({"type": "message_created", "conversation_id": thread.id, "message": message})
        if to:
            await self._host.changed(thread, agent=to.username, agent_name=to.name, owner="agent", reason="transferred")
        else:
            await self._host.changed(thread, agent=None, agent_name=None, owner="queue", team=given["team"])
        return web.json_response(thread.row)

    async def _give_up(self, request: web.Request, activity: str, **fields: Any) -> web.Response:
        thread = self._thread(request)
        message = thread.act(activity, request[AGENT].username)
        await self._host.tell({"type": "message_created", "conversation_id": thread.id, "message": message})
        await self._host.changed(thread, **fields)
        return web.json_response(thread.row)

    async def _hand_back(self, request: web.Request) -> web.Response:
        return await self._give_up(request, "handed_back", owner="bot", agent=None, agent_name=None)

    async def _resolve(self, request: web.Request) -> web.Response:
        return await self._give_up(request, "resolved", state="resolved")

    async def _reopen(self, request: web.Request) -> web.Response:
        name = request[AGENT].name
        given = {"state": "open", "owner": "agent", "agent": request[AGENT].username, "agent_name": name}
        return await self._give_up(request, "reopened", **given)

    async def _fields(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        await self._host.changed(thread, **(await request.json()))
        return web.json_response(thread.row)

    async def _draft(self, request: web.Request) -> web.Response:
        self._thread(request).drafts[request[AGENT].username] = (await request.json())["text"]
        return web.Response(status=204)

    async def _read(self, request: web.Request) -> web.Response:
        self._thread(request).read = (await request.json())["position"]
        return web.Response(status=204)

    async def _colleagues(self, request: web.Request) -> web.Response:
        names = ("username", "name", "team", "presence")
        found = [{name: getattr(each, name) for name in names} | {"open": 2} for each in self._host.agents.values()]
        return web.json_response({"colleagues": found})

    async def _presence(self, request: web.Request) -> web.Response:
        return web.json_response({"status": request[AGENT].presence, "capacity": 8})

    async def _set_presence(self, request: web.Request) -> web.Response:
        request[AGENT].presence = (await request.json())["status"]
        return web.json_response({"status": request[AGENT].presence, "capacity": 8})

    async def _canned(self, request: web.Request) -> web.Response:
        return web.json_response({"canned": CANNED})

    async def _macros(self, request: web.Request) -> web.Response:
        return web.json_response({"macros": MACROS})

    async def _tags(self, request: web.Request) -> web.Response:
        tags = sorted({tag for each in self._host.threads.values() for tag in each.row["tags"]})
        return web.json_response({"tags": [{"tag": tag, "count": 1} for tag in tags]})

    async def _render(self, request: web.Request) -> web.Response:
        canned = next(each for each in CANNED if each["id"] == request.match_info["canned"])
        missing = [name for name in re.findall(r"{(\w+)}", str(canned["text"])) if name not in VALUES]
        text = re.sub(r"{(\w+)}", lambda found: VALUES.get(found[1], found[0]), str(canned["text"]))
        return web.json_response({"text": text, "order_version": "v1", "missing": missing})
