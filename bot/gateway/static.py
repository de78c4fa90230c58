"""Files: the widget's script for any page, the demo shop, the desk of the agents, and the examples of screenshots."""

from pathlib import Path

from aiohttp import web

from bot.errors import NotFoundError
from bot.gateway.http import json_answer
from bot.gateway.keys import BACKEND, DIST, SETTINGS

routes = web.RouteTableDef()

NOT_BUILT = "The web part is not built yet. Run `make run`, or `npm ci && npm run build` in the folder web/.\n"
CSP = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# The names of other files change with their content, so they may be kept for ever.
EXAMPLES = Path(__file__).parent / "examples"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
# Said here, as the table of types that aiohttp uses is not the same on every machine.
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@routes.get("/")
async def show_demo(request: web.Request) -> web.StreamResponse:
    """The demo shop; outside the demo there is nothing here."""
    if not request.app[SETTINGS].demo:
        raise NotFoundError
    headers = {"Cache-Control": ASK_AGAIN, "Content-Security-Policy": CSP, "X-Frame-Options": "DENY"}
    return _file(request, "index.html", headers)


@routes.get("/widget.js")
async def show_widget(request: web.Request) -> web.StreamResponse:
    """The one script that a shop's page includes."""
    return _file(request, "widget.js", {"Cache-Control": ASK_AGAIN, "Cross-Origin-Resource-Policy": "cross-origin"})


@routes.get("/assets/{name:[A-Za-z0-9_.-]+}")
async def show_asset(request: web.Request) -> web.StreamResponse:
    """What the demo shop loads."""
    return _file(request, f"assets/{request.match_info['name']}", {"Cache-Control": FOR_EVER})


@routes.get("/desk")
@routes.get("/desk/")
async def show_desk(request: web.Request) -> web.StreamResponse:
    """The desk of the agents; who they are is asked by its API."""
    headers = {"Cache-Control": ASK_AGAIN, "Content-Security-Policy": CSP, "X-Frame-Options": "DENY"}
    return _file(request, "desk/index.html", headers)


@routes.get("/desk/assets/{name:[A-Za-z0-9_.-]+}")
async def show_desk_asset(request: web.Request) -> web.StreamResponse:
    """What the desk loads."""
    return _file(request, f"desk/assets/{request.match_info['name']}", {"Cache-Control": FOR_EVER})


@routes.get("/examples/{name:[a-z0-9_-]+[.]png}")
async def show_example(request: web.Request) -> web.StreamResponse:
    """A drawn page that shows what to take a screenshot of; any page with the widget may load it."""
    path = EXAMPLES / request.match_info["name"]
    if not path.is_file():
        raise NotFoundError
    headers = {"Content-Type": "image/png", "Cache-Control": "public, max-age=86400"}
    return web.FileResponse(path, headers=headers | {"Access-Control-Allow-Origin": "*"})


@routes.get("/demo/orders")
async def list_demo_orders(request: web.Request) -> web.Response:
    """The orders that anyone may try, from the backend; only in the demo."""
    if not request.app[SETTINGS].demo:
        raise NotFoundError
    every_line = request.query.get("every_line") == "true"
    return json_answer({"orders": await request.app[BACKEND].demo_orders(every_line)})


def _file(request: web.Request, name: str, headers: dict[str, str]) -> web.StreamResponse:
    folder: Path = request.app[DIST]
    path = folder / name
    if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
        types = {"Content-Type": TYPES[path.suffix]} if path.suffix in TYPES else {}
        return web.FileResponse(path, headers=headers | types)
    if not (folder / "widget.js").is_file():
        return web.Response(status=503, text=NOT_BUILT, headers={"Cache-Control": "no-store"})
    raise NotFoundError
