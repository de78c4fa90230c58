"""Signing in and out, sessions, roles, the second factor and the log, over HTTP."""

import asyncio
import re

import pyotp
import pytest
import sqlalchemy as sa

from bot.gateway.accounts.http import ACCOUNTS, COOKIE, PASSWORDS
from bot.gateway.accounts.model import TRIES_OF_ADDRESS
from bot.gateway.accounts.passwords import Passwords
from bot.gateway.accounts.tables import accounts, audit_log, desk_sessions, login_tries
from bot.gateway.conversations.tokens import token_hash
from bot.gateway.keys import ENGINE
from tests.gateway.desks import PASSWORD, Browser, Clock, add_account, agent
from tests.gateway.gateways import Gateway, Json

WRONG = "Falsches-Pferd-7"


async def rows(gateway: Gateway, table: sa.Table) -> list[Json]:
    async with gateway.app[ENGINE].begin() as connection:
        return [dict(row) for row in (await connection.execute(sa.select(table))).mappings()]


async def test_signing_in_gives_the_own_account(gateway: Gateway):
    bob = await agent(gateway, "bob", team="refunds")
    assert bob.me == {
        "username": "bob", "name": "Bob", "role": "agent", "team": "refunds", "language": "zh", "csrf": bob.csrf,
        "totp": False, "capacity": 5, "demo": False, "settings": {"sound": True, "notifications": True},
    }  # fmt: skip
    assert await bob.call("GET", "/me") == (200, bob.me)
    assert (await Browser(gateway).sign_in(" BOB "))[0] == 200


async def test_the_cookie_is_for_the_desk_and_no_script_or_other_site(gateway: Gateway):
    bob = await agent(gateway, "bob")
    assert re.search("HttpOnly", bob.set_cookie) and re.search("SameSite=Strict", bob.set_cookie)
    assert re.search("Path=/desk(;|$)", bob.set_cookie) and "Secure" not in bob.set_cookie
    gateway.settings.public_url = "https://help.example"
    safe = Browser(gateway)
    await safe.sign_in("bob")
    assert "Secure" in safe.set_cookie


async def test_the_database_holds_neither_password_nor_token(gateway: Gateway):
    bob = await agent(gateway, "bob")
    account, session = (await rows(gateway, accounts))[0], (await rows(gateway, desk_sessions))[0]
    assert account["password_hash"].startswith("$argon2id$")
    assert Passwords().is_outdated(account["password_hash"])  # those of tests cost less
    assert session["token_hash"] == token_hash(bob.cookie) != bob.cookie
    everything = str([account, session, await rows(gateway, audit_log), await rows(gateway, login_tries)])
    assert PASSWORD not in everything and bob.cookie not in everything and bob.csrf not in everything


async def test_a_wrong_password_an_unknown_name_and_a_closed_account_look_the_same(gateway: Gateway):
    await add_account(gateway, "bob")
    await add_account(gateway, "carol", disabled=True)
    answers = [
        await Browser(gateway).sign_in(name, password, headers={})
        for name, password in [("bob", WRONG), ("nobody", WRONG), ("carol", PASSWORD), ("<b>'", WRONG)]
    ]
    for status, body in answers:
        del body["request_id"]
        assert (status, body) == answers[0]
    assert answers[0][0] == 401
    assert answers[0][1]["error"]["code"] == "wrong_login"


async def test_an_unknown_name_takes_the_same_work(gateway: Gateway):
    checked = []
    await add_account(gateway, "bob")
    passwords = gateway.app[PASSWORDS]
    verify = passwords._verify
    passwords._verify = lambda password, stored: checked.append(stored is None) or verify(password, stored)
    for name in ("bob", "nobody"):
        await Browser(gateway).sign_in(name, WRONG)
    assert checked == [False, True]
    assert await Passwords().holds("the password of nobody", None) is False


async def test_signing_in_takes_a_new_token_and_ends_the_old_session(gateway: Gateway):
    bob = await agent(gateway, "bob")
    old = bob.cookie
    await bob.sign_in("bob")
    assert bob.cookie != old
    assert [row["token_hash"] for row in await rows(gateway, desk_sessions)] == [token_hash(bob.cookie)]
    fixed = Browser(gateway)
    fixed.cookie = "f" * 43  # put there by somebody who wants to know the token
    await fixed.sign_in("bob")
    assert fixed.cookie != "f" * 43
    assert len(await rows(gateway, desk_sessions)) == 2


async def test_signing_out_ends_the_session_for_good(gateway: Gateway):
    bob = await agent(gateway, "bob")
    cookie = bob.cookie
    assert await bob.call("POST", "/logout") == (204, {})
    assert bob.cookie == ""
    bob.cookie = cookie
    status, body = await bob.call("GET", "/me")
    assert (status, body["error"]["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("path", ["/me", "/accounts", "/colleagues", "/audit", "/no/such/path"])
async def test_nobody_sees_anything_without_a_session(gateway: Gateway, path: str):
    for cookie in ("", "x", "ü" * 9, "a" * 5000):
        stranger = Browser(gateway)
        stranger.cookie = cookie
        status, body = await stranger.call("GET", path)
        assert (status, body["error"]["code"]) == (401, "not_signed_in")


async def test_a_change_needs_the_csrf_token_of_this_session(gateway: Gateway):
    bob, other = await agent(gateway, "bob"), Browser(gateway)
    await other.sign_in("bob")
    for wrong in ("", "x", "ü", other.csrf):
        status, body = await bob.call("PATCH", "/me", json={"language": "en"}, headers={"X-CSRF-Token": wrong})
        assert (status, body["error"]["code"]) == (403, "csrf")
    assert (await bob.call("GET", "/me"))[1]["language"] == "zh"
    assert (await bob.call("PATCH", "/me", json={"language": "en"}))[0] == 200


async def test_a_change_needs_the_desks_own_origin(gateway: Gateway):
    """Also from a shop's page, which may show the widget."""
    bob = await agent(gateway, "bob")
    for origin in (None, "https://shop.example", "https://evil.example", "null", "http://127.0.0.1:1"):
        bob.origin = origin
        for path in ("/login", "/me", "/logout"):
            status, body = await bob.call("POST", path, json={"username": "bob", "password": PASSWORD})
            assert (status, body["error"]["code"]) == (403, "csrf")
            assert not any(name.startswith("Access-Control") for name in bob.headers)


async def test_no_other_site_may_read_an_answer(gateway: Gateway):
    bob = await agent(gateway, "bob")
    await bob.call("GET", "/me", headers={"Origin": "https://shop.example"})
    assert not any(name.startswith("Access-Control") for name in bob.headers)
    status, _ = await bob.call("OPTIONS", "/me", headers={"Origin": "https://shop.example"})
    assert status == 403
    assert not any(name.startswith("Access-Control") for name in bob.headers)


async def test_a_session_ends_after_twelve_idle_hours_and_lives_on_by_use(gateway: Gateway):
    clock = Clock(gateway)
    bob = await agent(gateway, "bob")
    for _ in range(3):
        clock.move(hours=11, minutes=59)
        assert (await bob.call("GET", "/me"))[0] == 200
    clock.move(hours=12)
    assert (await bob.call("GET", "/me"))[0] == 401


async def test_a_session_ends_after_a_week_however_busy(gateway: Gateway):
    clock = Clock(gateway)
    bob = await agent(gateway, "bob")
    for _ in range(15):
        assert (await bob.call("GET", "/me"))[0] == 200
        clock.move(hours=11)
    assert (await bob.call("GET", "/me"))[0] == 200
    clock.move(hours=2, minutes=59)
    assert (await bob.call("GET", "/me"))[0] == 200
    clock.move(minutes=1)
    assert (await bob.call("GET", "/me"))[0] == 401
    await bob.sign_in("bob")
    assert len(await rows(gateway, desk_sessions)) == 1


async def test_a_closed_account_is_out_at_once(gateway: Gateway):
    clock = Clock(gateway)
    bob = await agent(gateway, "bob")
    await gateway.app[ACCOUNTS].change("bob", clock.now, disabled=True)
    assert (await bob.call("GET", "/me"))[0] == 401
    await gateway.app[ACCOUNTS].change("bob", clock.now, disabled=False)
    assert (await bob.call("GET", "/me"))[0] == 401
    assert (await bob.sign_in("bob"))[0] == 200


async def test_the_demos_agent_is_nobody_outside_the_demo(gateway: Gateway):
    await add_account(gateway, "demo", "admin", demo=True)
    assert (await Browser(gateway).sign_in("demo"))[1]["error"]["code"] == "wrong_login"
    gateway.app[ACCOUNTS]._demo = True
    demo = Browser(gateway)
    assert (await demo.sign_in("demo"))[0] == 200
    gateway.app[ACCOUNTS]._demo = False
    assert (await demo.call("GET", "/me"))[0] == 401


async def test_five_wrong_tries_lock_a_name_also_over_a_restart(gateway: Gateway):
    clock = Clock(gateway)
    await add_account(gateway, "bob")
    for name in ("bob", "nobody"):
        for _ in range(5):
            assert (await Browser(gateway).sign_in(name, WRONG))[0] == 401
    async with Gateway(gateway.settings) as again:
        later = Clock(again)
        later.now = clock.now
        for name in ("bob", "BOB", "nobody"):
            browser = Browser(again)
            status, body = await browser.sign_in(name)
            assert (status, body["error"]["code"]) == (429, "rate_limited")
            assert 890 <= int(browser.headers["Retry-After"]) <= 901
        later.move(minutes=15, seconds=1)
        assert (await Browser(again).sign_in("bob"))[0] == 200


async def test_being_right_clears_the_name(gateway: Gateway):
    await add_account(gateway, "bob")
    for _ in range(3):
        for _ in range(4):
            assert (await Browser(gateway).sign_in("bob", WRONG))[0] == 401
        assert (await Browser(gateway).sign_in("bob"))[0] == 200


async def test_many_names_from_one_address_lock_the_address_and_an_own_account_does_not_clear_it(gateway: Gateway):
    await add_account(gateway, "mallory")
    for number in range(TRIES_OF_ADDRESS):
        assert (await Browser(gateway).sign_in(f"user{number}", WRONG))[0] == 401
        if number < TRIES_OF_ADDRESS - 1:
            assert (await Browser(gateway).sign_in("mallory"))[0] == 200
    assert (await Browser(gateway).sign_in("mallory"))[0] == 429


async def test_many_tries_at_the_same_moment_do_not_slip_through(gateway: Gateway):
    await add_account(gateway, "bob")
    answers = await asyncio.gather(*(Browser(gateway).sign_in("bob", WRONG) for _ in range(12)))
    assert sorted(status for status, _ in answers) == [401] * 5 + [429] * 7


async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(gateway: Gateway):
    bob, elsewhere = await agent(gateway, "bob"), Browser(gateway)
    await elsewhere.sign_in("bob")
    new = "Neues-Pferd-2027"
    status, body = await bob.call("POST", "/me/password", json={"old": WRONG, "new": new})
    assert (status, body["error"]["fields"]) == (422, ["old"])
    status, body = await bob.call("POST", "/me/password", json={"old": PASSWORD, "new": "bobbob"})
    assert (status, body["error"]["fields"], body["error"]["reason"]) == (422, ["new"], "too_short")
    assert (await elsewhere.call("GET", "/me"))[0] == 200
    assert (await bob.call("POST", "/me/password", json={"old": PASSWORD, "new": new}))[0] == 200
    assert (await bob.call("GET", "/me"))[0] == 200
    assert (await elsewhere.call("GET", "/me"))[0] == 401
    assert (await Browser(gateway).sign_in("bob"))[0] == 401
    assert (await Browser(gateway).sign_in("bob", new))[0] == 200


async def test_the_old_password_cannot_be_guessed_through_an_open_browser(gateway: Gateway):
    bob = await agent(gateway, "bob")
    for _ in range(5):
        assert (await bob.call("DELETE", "/me/totp", json={"password": WRONG}))[0] == 422
    assert (await bob.call("DELETE", "/me/totp", json={"password": PASSWORD}))[0] == 429


async def with_totp(gateway: Gateway, clock: Clock) -> tuple[Browser, pyotp.TOTP]:
    bob = await agent(gateway, "bob")
    status, body = await bob.call("POST", "/me/totp")
    assert status == 200
    totp = pyotp.parse_uri(body["uri"])
    assert totp.secret == body["secret"]
    status, body = await bob.call("POST", "/me/totp/confirm", json={"code": totp.at(clock.now)})
    assert (status, body["totp"]) == (200, True)
    clock.move(seconds=30)
    return bob, totp


async def test_with_an_authenticator_app_a_code_is_needed_and_works_once(gateway: Gateway):
    clock = Clock(gateway)
    _, totp = await with_totp(gateway, clock)
    browser, code = Browser(gateway), totp.at(clock.now)
    for _ in range(6):  # asking for the code is no wrong try
        assert (await browser.sign_in("bob"))[1]["error"]["code"] == "code_needed"
    assert (await browser.sign_in("bob", WRONG, code=code))[1]["error"]["code"] == "wrong_login"
    assert (await browser.sign_in("bob", WRONG))[1]["error"]["code"] == "wrong_login"
    assert (await browser.sign_in("bob", code=f"{(int(code) + 1) % 10**6:06}"))[1]["error"]["code"] == "wrong_login"
    assert (await browser.sign_in("bob", code=code))[0] == 200
    replay = await Browser(gateway).sign_in("bob", code=code)
    assert (replay[0], replay[1]["error"]["code"]) == (401, "wrong_login")
    clock.move(seconds=30)
    assert (await Browser(gateway).sign_in("bob", code=totp.at(clock.now)))[0] == 200


async def test_one_code_used_twice_at_the_same_moment_works_once(gateway: Gateway):
    clock = Clock(gateway)
    _, totp = await with_totp(gateway, clock)
    code = totp.at(clock.now)
    answers = await asyncio.gather(*(Browser(gateway).sign_in("bob", code=code) for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 401, 401, 401]


async def test_codes_cannot_be_guessed(gateway: Gateway):
    clock = Clock(gateway)
    _, totp = await with_totp(gateway, clock)
    for number in range(5):
        assert (await Browser(gateway).sign_in("bob", code=f"00000{number}"))[0] == 401
    assert (await Browser(gateway).sign_in("bob", code=totp.at(clock.now)))[0] == 429


async def test_the_app_counts_only_after_its_first_code_and_cannot_be_replaced(gateway: Gateway):
    clock = Clock(gateway)
    bob = await agent(gateway, "bob")
    status, body = await bob.call("POST", "/me/totp/confirm", json={"code": "123456"})
    assert (status, body["error"]["reason"]) == (409, "totp_not_begun")
    _, begun = await bob.call("POST", "/me/totp")
    status, body = await bob.call("POST", "/me/totp/confirm", json={"code": "12345"})
    assert (status, body["error"]["fields"]) == (422, ["code"])
    assert (await Browser(gateway).sign_in("bob"))[0] == 200
    elsewhere = Browser(gateway)
    await elsewhere.sign_in("bob")
    code = pyotp.TOTP(begun["secret"]).at(clock.now)
    assert (await bob.call("POST", "/me/totp/confirm", json={"code": code}))[0] == 200
    assert (await elsewhere.call("GET", "/me"))[0] == 401
    status, body = await bob.call("POST", "/me/totp")
    assert (status, body["error"]["reason"]) == (409, "totp_on")
    status, body = await bob.call("DELETE", "/me/totp", json={"password": WRONG})
    assert (status, body["error"]["fields"]) == (422, ["password"])
    assert (await bob.call("DELETE", "/me/totp", json={"password": PASSWORD}))[1]["totp"] is False
    assert (await Browser(gateway).sign_in("bob"))[0] == 200


async def test_settings_are_kept(gateway: Gateway):
    bob = await agent(gateway, "bob")
    status, body = await bob.call("PATCH", "/me", json={"sound": False, "language": "en", "role": "admin"})
    assert (status, body["language"], body["role"]) == (200, "en", "agent")
    assert body["settings"] == {"sound": False, "notifications": True}
    assert await bob.call("GET", "/me") == (200, body)


async def test_each_role_sees_what_it_may(gateway: Gateway):
    people = [await agent(gateway, name, role) for name, role in
              (("bob", "agent"), ("sue", "supervisor"), ("ann", "admin"))]  # fmt: skip
    found = [[(await each.call("GET", path))[0] for path in ("/colleagues", "/accounts", "/audit")] for each in people]
    assert found == [[200, 403, 403], [200, 200, 403], [200, 200, 200]]
    _, body = await people[0].call("GET", "/audit")
    assert body["error"]["code"] == "forbidden"


async def test_a_new_role_counts_at_once(gateway: Gateway):
    clock = Clock(gateway)
    bob = await agent(gateway, "bob", "admin")
    await gateway.app[ACCOUNTS].change("bob", clock.now, role="agent")
    assert (await bob.call("GET", "/audit"))[0] == 403


async def test_supervisors_see_everybody_agents_whom_they_can_give_a_conversation(gateway: Gateway):
    await add_account(gateway, "carol", team="refunds", disabled=True)
    sue = await agent(gateway, "sue", "supervisor")
    alice = await gateway.customer()
    assert (await sue.call("POST", f"/conversations/{alice.conversation_id}/claim", json={}))[0] == 200
    _, body = await sue.call("GET", "/accounts")
    assert body["accounts"] == [
        {"username": "carol", "name": "Carol", "team": "refunds", "presence": "offline", "open": 0, "role": "agent",
         "capacity": 5, "disabled": True},
        {"username": "sue", "name": "Sue", "team": None, "presence": "offline", "open": 1, "role": "supervisor",
         "capacity": 5, "disabled": False},
    ]  # fmt: skip
    _, body = await sue.call("GET", "/colleagues")
    assert [set(each) for each in body["colleagues"]] == [{"username", "name", "team", "presence", "open"}]


async def test_the_log_says_who_did_what_and_pages(gateway: Gateway):
    ann = await agent(gateway, "ann", "admin")
    bob = await agent(gateway, "bob")
    await bob.call("POST", "/logout")
    status, body = await ann.call("GET", "/audit?username=bob&limit=1")
    assert (status, [each["action"] for each in body["entries"]]) == (200, ["account.sign_out"])
    _, more = await ann.call("GET", f"/audit?username=bob&limit=1&cursor={body['next_cursor']}")
    assert [(each["username"], each["action"]) for each in more["entries"]] == [("bob", "account.sign_in")]
    _, end = await ann.call("GET", f"/audit?username=bob&limit=1&cursor={more['next_cursor']}")
    assert end == {"entries": [], "next_cursor": None}
    assert (await ann.call("GET", "/audit?cursor=x"))[0] == 422
    _, own = await ann.call("GET", "/audit?username=ann")
    assert own["entries"][0]["action"] == "audit.read"


async def test_no_body_breaks_it(gateway: Gateway):
    bob = await agent(gateway, "bob")
    for data in (b"", b"[]", b'{"username": 1}', b"\xff", b'{"username": "\\ud800", "password": "\\u0000"}'):
        for path in ("/login", "/me/password", "/me/totp/confirm"):
            status, _ = await bob.call("POST", path, data=data)
            assert status in (400, 401, 422)


async def test_the_cookie_of_the_desk_opens_no_conversation(gateway: Gateway):
    bob = await agent(gateway, "bob")
    alice = await gateway.customer()
    headers = {"Cookie": f"{COOKIE}={bob.cookie}"}
    status, _ = await gateway.call("GET", alice.path, headers=headers)
    assert status == 401
