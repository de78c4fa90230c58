import pytest

from bot.gateway.origins import is_allowed

HOST, PUBLIC = "help.example.com", "https://help.example.com"


@pytest.mark.parametrize(
    "origin",
    ["https://help.example.com", "http://help.example.com", "HTTPS://HELP.example.com", "https://shop.example"],
)
def test_our_own_pages_and_the_shops_may(origin: str):
    assert is_allowed(origin, HOST, PUBLIC, ["https://shop.example/"], demo=False)


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "https://evil.example", "https://help.example.com.evil.example", "https://help.example.com:8443",
        "http://shop.example", "https://sub.shop.example", "file://", "https://[", "http://localhost:5173",
        "chrome-extension://abc", "https://evil.example/help.example.com",
    ],
)  # fmt: skip
def test_others_may_not(origin: str):
    assert not is_allowed(origin, HOST, PUBLIC, ["https://shop.example"], demo=False)


def test_the_public_address_counts_behind_a_proxy_that_changes_the_host():
    assert is_allowed("https://help.example.com", "10.0.0.5:8000", PUBLIC + "/", [], demo=False)


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:80"])
def test_the_demo_trusts_this_machine(origin: str):
    assert is_allowed(origin, "127.0.0.1:8000", "http://127.0.0.1:8000", [], demo=True)
    assert not is_allowed("http://localhost.evil.example", HOST, PUBLIC, [], demo=True)
