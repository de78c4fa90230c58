"""The OpenAPI document holds for the code: schemathesis sends what it allows and what it forbids."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.backend.app import make_app
from bot.backend.openapi import make_document
from tests.backend.conftest import make_settings
from tests.backend.serving import serving

# Locks would hide what a request is answered otherwise.
NEVER_LOCKED = 10**9


@pytest.fixture(scope="module")
def base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a demo backend and its token."""
    folder = tmp_path_factory.mktemp("openapi")
    shutil.copy(sqlite_template, folder / "backend.db")
    chosen = make_settings(folder, demo=True, verify_tries=NEVER_LOCKED, shop_webhook_secret="secret")
    with serving(make_app(chosen, workers=False)) as url:
        yield url, chosen.derived_key("backend")


# OpenAPI cannot say that one of two query parameters is needed, which cursors and moments there are, what makes
# bytes a picture, or a signature.
MAY_REFUSE_MORE = {
    "GET /v1/tickets", "GET /v1/desk/tickets", "GET /v1/desk/report/cases", "POST /v1/evidence", "POST /v1/hooks/shop",
}  # fmt: skip

schema = schemathesis.openapi.from_dict(
    make_document(), config=SchemathesisConfig.from_dict({"generation": {"allow-x00": False}})
)


@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_as_described(case: schemathesis.Case, base: tuple[str, str]):
    excluded = [positive_data_acceptance] if case.operation.label in MAY_REFUSE_MORE else []
    headers = {"Authorization": f"Bearer {base[1]}"}
    case.call_and_validate(base_url=base[0], headers=headers, excluded_checks=excluded)


def test_every_route_is_described_and_the_reverse(tmp_path: Path):
    app = make_app(make_settings(tmp_path))
    described = {(method.upper(), path) for path, item in make_document()["paths"].items() for method in item}
    routed = {(route.method, route.resource.canonical) for route in app.router.routes() if route.method != "HEAD"}
    assert described == routed
