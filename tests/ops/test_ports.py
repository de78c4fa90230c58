import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ops.ports import PORTS, check_ports, is_free, ports_from
from bot.ops.steps import Problem
from bot.settings import Settings

NO_FILE = Path("/nonexistent/.env")


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_that_someone_listens_on_is_busy(busy_port: int):
    assert not is_free("127.0.0.1", busy_port)


def test_a_port_that_nobody_listens_on_is_free():
    assert is_free("127.0.0.1", free_port())


@pytest.mark.parametrize("name", list(PORTS))
def test_each_busy_port_is_told_with_its_process_and_setting(name: str, busy_port: int):
    ports = {each: ("127.0.0.1", busy_port if each == name else free_port()) for each in PORTS}
    with pytest.raises(Problem) as caught:
        check_ports(ports)
    assert str(caught.value).startswith(f"port {busy_port} for {name} is busy")
    assert f"DAOZHANG_{name.upper()}_PORT" in str(caught.value)


def test_free_ports_are_no_problem():
    ports = {"rasa": ("127.0.0.1", free_port())}
    check_ports(ports)
    assert is_free(*ports["rasa"])


def test_one_port_for_two_processes_is_told():
    port = free_port()
    with pytest.raises(Problem, match=f"port {port} is set for rasa and actions"):
        check_ports({"rasa": ("127.0.0.1", port), "actions": ("127.0.0.1", port)})


def test_an_address_of_another_machine_is_told():
    with pytest.raises(Problem, match="cannot listen on"):
        is_free("192.0.2.1", 8000)


def test_the_first_look_has_the_defaults_of_the_settings(monkeypatch: pytest.MonkeyPatch):
    for name in PORTS:
        monkeypatch.delenv(f"DAOZHANG_{name.upper()}_PORT", raising=False)
    settings = Settings(_env_file=None)
    expected = {name: ("127.0.0.1", getattr(settings, f"{name}_port")) for name in PORTS}
    assert ports_from(NO_FILE, {}) == expected


def test_the_first_look_reads_the_file_and_the_environment_over_it(tmp_path: Path):
    (tmp_path / ".env").write_text('# ports\nDAOZHANG_RASA_PORT="7005" # ours\nDAOZHANG_ACTIONS_PORT=7055\n')
    found = ports_from(tmp_path / ".env", {"daozhang_actions_port": "7056", "DAOZHANG_GATEWAY_HOST": "0.0.0.0"})
    assert found["rasa"] == ("127.0.0.1", 7005)
    assert found["actions"] == ("127.0.0.1", 7056)
    assert found["gateway"] == ("0.0.0.0", 8000)


@pytest.mark.parametrize("value", ["abc", "0", "65536", "-1", "", "8e3"])
def test_a_port_that_is_none_is_told(value: str):
    with pytest.raises(Problem, match="bad setting: DAOZHANG_GATEWAY_PORT="):
        ports_from(NO_FILE, {"DAOZHANG_GATEWAY_PORT": value})
