"""supervisor with small programs in place of the four processes."""

import configparser
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.ops.ports import is_free
from bot.ops.processes import Process
from bot.ops.supervisor import News, config_text, news_from, running_pid
from bot.qa.ports import free_ports
from bot.settings import ROOT, Settings

SERVER = "import http.server, sys; http.server.test(SERVER, port=int(sys.argv[1]), bind='127.0.0.1')".replace(
    "SERVER",
    "type('Ok', (http.server.BaseHTTPRequestHandler,), "
    "{'do_GET': lambda self: self.send_response(200) or self.end_headers()})",
)
MAIN = """
import sys
from pathlib import Path
from bot.ops.processes import Process
from bot.ops.run import run
from bot.ops.steps import Problem, raise_on_signals
from bot.settings import Settings
raise_on_signals()
folder, code, *ports = sys.argv[1:]
processes = [
    Process(name, [sys.executable, '-c', code, port], int(port), f'http://127.0.0.1:{port}/healthz', {'NAME': '50%'})
    for name, port in zip(('backend', 'gateway'), ports)
]
try:
    run(Settings(_env_file=None, var_dir=Path(folder), backend_port=1), processes)
except Problem as problem:
    sys.exit(f'daozhang: {problem}')
"""


class Helpdesk:
    """`run` in a process of its own, as the leader of a process group."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder, self.ports = folder, free_ports(2)
        self.out = folder / "out.txt"
        with self.out.open("wb") as out:
            self.child = subprocess.Popen(
                [sys.executable, "-c", MAIN, str(folder), code, *map(str, self.ports)],
                cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def wait_for(self, words: str) -> None:
        while words not in self.out.read_text():
            assert self.child.poll() is None, self.out.read_text()
            time.sleep(0.05)

    def pids(self) -> set[int]:
        """supervisord and the programs; their session is supervisord's or their parent is."""
        supervisord = running_pid(self.folder)
        assert supervisord is not None
        children = Path(f"/proc/{supervisord}/task/{supervisord}/children").read_text().split()
        return {supervisord, *map(int, children)}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Helpdesk]]:
    made: list[Helpdesk] = []

    def begin(code: str = SERVER) -> Helpdesk:
        made.append(Helpdesk(tmp_path, code))
        return made[-1]

    yield begin
    for helpdesk in made:
        if helpdesk.child.poll() is None:
            helpdesk.child.terminate()
            helpdesk.child.wait()


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process_and_no_port(start: Callable[..., Helpdesk], number: signal.Signals):
    helpdesk = start()
    helpdesk.wait_for("is running")
    pids = helpdesk.pids()
    assert len(pids) == 3
    os.killpg(helpdesk.child.pid, number)  # as a terminal does it: to the whole group
    assert helpdesk.child.wait() == 0
    assert [pid for pid in pids if exists(pid)] == []
    assert all(is_free("127.0.0.1", port) for port in helpdesk.ports)


def test_stopping_twice_still_stops_in_order(start: Callable[..., Helpdesk]):
    helpdesk = start()
    helpdesk.wait_for("is running")
    pids = helpdesk.pids()
    helpdesk.child.send_signal(signal.SIGINT)
    helpdesk.wait_for("stopping")
    helpdesk.child.send_signal(signal.SIGINT)
    assert helpdesk.child.wait() == 0
    assert [pid for pid in pids if exists(pid)] == []


def test_what_dies_is_started_again_and_told(start: Callable[..., Helpdesk]):
    helpdesk = start()
    helpdesk.wait_for("is running")
    victim = max(helpdesk.pids())
    os.kill(victim, signal.SIGKILL)
    helpdesk.wait_for(" ended, starting it again\n")
    helpdesk.wait_for(" started\n")
    assert len(helpdesk.pids() - {victim}) == 3


def test_a_program_that_ends_at_once_is_told_with_its_last_words(start: Callable[..., Helpdesk]):
    helpdesk = start("raise SystemExit('no such table: orders')")
    assert helpdesk.child.wait() == 1
    last = helpdesk.out.read_text().splitlines()[-1]
    assert last.startswith("daozhang: backend does not start: no such table: orders") or last.startswith(
        "daozhang: gateway does not start: no such table: orders"
    )
    assert running_pid(helpdesk.folder) is None


def make_config(var_dir: Path, **values: object) -> configparser.RawConfigParser:
    process = Process("rasa", ["rasa", "run", "a b", "100%"], 5005, "", {"DAOZHANG_DEMO": "x", "TF": "3", **values})
    parser = configparser.RawConfigParser()
    parser.read_string(config_text([process], var_dir))
    return parser


def test_commands_are_quoted_and_percent_signs_kept(tmp_path: Path):
    assert make_config(tmp_path)["program:rasa"]["command"] == "rasa run 'a b' 100%%"


def test_settings_are_not_written_into_the_file(tmp_path: Path):
    # They come through the environment: a password in a database URL must not stand in one more file.
    assert make_config(tmp_path)["program:rasa"]["environment"] == 'TF="3"'


def test_a_long_path_does_without_the_control_socket(tmp_path: Path):
    assert "unix_http_server" in make_config(Path("/var"))
    assert "unix_http_server" not in make_config(Path("/" + "long/" * 30))


@pytest.mark.parametrize(
    ("line", "news"),
    [
        ("2026-01-01 10:00:00,1 WARN exited: rasa (terminated by SIGKILL; not expected)", News("rasa", "exited")),
        ("2026-01-01 10:00:00,1 INFO exited: rasa (exit status 0; expected)", News("rasa", "exited")),
        ("2026-01-01 10:00:00,1 INFO spawned: 'rasa' with pid 12", News("rasa", "spawned")),
        (
            "2026-01-01 10:00:00,1 INFO gave up: rasa entered FATAL state, too many start retries",
            News("rasa", "gave up"),
        ),
        ("2026-01-01 10:00:00,1 INFO success: rasa entered RUNNING state", None),
        ("2026-01-01 10:00:00,1 INFO stopped: rasa (exit status 0)", None),
    ],
)
def test_supervisors_lines_become_news(line: str, news: News | None):
    assert news_from(line) == news


def test_a_pid_file_of_another_program_means_nothing(tmp_path: Path):
    (tmp_path / "supervisord.pid").write_text(str(os.getpid()))
    assert running_pid(tmp_path) is None


def test_no_pid_file_means_not_running(tmp_path: Path):
    assert running_pid(tmp_path) is None


def test_settings_reach_a_child_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from bot.ops.processes import environment_from

    settings = Settings(
        _env_file=None, var_dir=tmp_path, allowed_origins=["https://a.example"], secret_key="x y", demo=False,
        legal_amount="12.50", gateway_port=8123,
    )  # fmt: skip
    for name, value in environment_from(settings).items():
        monkeypatch.setenv(name, value)
    assert Settings(_env_file=None) == settings
