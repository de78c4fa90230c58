"""`python -m bot run` and `doctor` as a person at a terminal has them, with the real processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.ops import web
from bot.ops.health import answers
from bot.ops.ports import is_free
from bot.ops.processes import NAMES, environment_from
from bot.ops.stack import Stack
from bot.ops.supervisor import running_pid
from bot.qa.bench import CannotRunError, bench_settings, find_model
from bot.settings import ROOT, Settings

SECONDS = 240.0
WORK = ("packages", "training", "build", "download", "environment")


def command(name: str, environment: Mapping[str, str], cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """`python -m bot NAME` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", name],
        cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


class Terminal:
    """`python -m bot run` in a process group of its own, as a terminal starts it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.path = settings.var_dir / "terminal.txt"
        with self.path.open("wb") as out:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT, env={**os.environ, **environment_from(settings)}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + SECONDS
        while words not in self.text:
            assert self.child.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def pids(self) -> dict[str, int]:
        """supervisord and the four that it started, by name."""
        parent = running_pid(self.settings.var_dir)
        assert parent is not None
        found = {"supervisord": parent}
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
            found["rasa" if "--enable-api" in words else words[3]] = int(child)
        return found

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        os.killpg(self.child.pid, signal.SIGINT)
        return self.child.wait(SECONDS)


def ports_of(settings: Settings) -> list[int]:
    return [int(getattr(settings, f"{name}_port")) for name in NAMES]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A helpdesk that a person has started; the last test stops it."""
    try:
        find_model()
    except CannotRunError as reason:
        pytest.skip(str(reason))
    web.build()  # what `make test` has done before; a run by hand may not
    found = Terminal(bench_settings(tmp_path_factory.mktemp("run")))
    yield found
    if found.child.poll() is None:
        found.child.terminate()
        found.child.wait(SECONDS)


def test_it_says_where_everything_is_and_what_to_try(terminal: Terminal):
    terminal.wait_for("Ctrl-C stops everything.")
    url = terminal.settings.public_url
    for words in (
        f"{url}/\n",
        f"{url}/openapi.json",
        f"{url}/readyz",
        "KM202405120001 付款了但没到账",
        "last four digits",
    ):
        assert words in terminal.text
    assert all(answers(f"{url}{path}") for path in ("/", "/openapi.json", "/readyz"))
    assert set(terminal.pids()) == {"supervisord", *NAMES}


def test_nothing_that_is_done_is_done_again(terminal: Terminal):
    terminal.wait_for("Ctrl-C stops everything.")
    steps = [line for line in terminal.text.splitlines() if line.startswith("·")]
    assert steps and not [line for line in steps if any(word in line for word in WORK)]


def test_the_doctor_finds_a_running_helpdesk_in_order(terminal: Terminal):
    terminal.wait_for("Ctrl-C stops everything.")
    found = command("doctor", environment_from(terminal.settings))
    assert found.returncode == 0, found.stdout + found.stderr
    assert "helpdesk           is running (supervisord" in found.stdout
    assert found.stdout.count("answers in") == len(NAMES)
    assert found.stdout.count("sqlite, revision") == 2
    assert "0 failed" in found.stdout


def test_a_second_start_beside_it_is_refused_in_one_line(terminal: Terminal):
    terminal.wait_for("Ctrl-C stops everything.")
    found = command("run", environment_from(terminal.settings))
    check_refused(found, "is running already (process")


@pytest.mark.parametrize("victim", ["gateway", "actions"])
def test_a_process_that_is_killed_comes_back(victim: str, terminal: Terminal):
    terminal.wait_for("Ctrl-C stops everything.")
    before = terminal.pids()
    os.kill(before[victim], signal.SIGKILL)
    terminal.wait_for(f"{victim} ended, starting it again")
    terminal.wait_for(f"{victim} started")
    port = int(getattr(terminal.settings, f"{victim}_port"))
    deadline = time.monotonic() + SECONDS
    while not answers(f"http://127.0.0.1:{port}/health{'z' if victim == 'gateway' else ''}"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    after = terminal.pids()
    assert {name for name in before if before[name] != after[name]} == {victim}


def test_ctrl_c_leaves_no_process_and_no_open_port(terminal: Terminal):
    terminal.wait_for("Ctrl-C stops everything.")
    pids = terminal.pids()
    assert terminal.interrupt() == 0
    assert "Traceback" not in terminal.text
    assert [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()] == []
    assert all(is_free("127.0.0.1", port) for port in ports_of(terminal.settings))
    found = command("doctor", environment_from(terminal.settings))
    assert found.returncode == 0, found.stdout
    assert "helpdesk           is not running" in found.stdout
    assert found.stdout.count("is free") == len(NAMES)


def check_refused(found: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """An exit code, and in one line what to do."""
    assert found.returncode not in (0, -signal.SIGKILL), found.stdout
    lines = found.stderr.strip().splitlines()
    assert len(lines) == 1, found.stderr
    assert lines[0].startswith("daozhang: ")
    for each in words:
        assert each in lines[0]


@pytest.fixture
def quiet(tmp_path: Path) -> Settings:
    """Settings of a helpdesk that is not running."""
    return bench_settings(tmp_path / "var")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DAOZHANG_BACKEND_PORT", "abc", "DAOZHANG_BACKEND_PORT=abc"),
        ("DAOZHANG_ALLOWED_ORIGINS", "shop", "allowed_origins"),
        ("DAOZHANG_BACKEND_DATABASE_URL", "nonsense", "DAOZHANG_BACKEND_DATABASE_URL"),
        ("DAOZHANG_BACKEND_DATABASE_URL", "nosuch://localhost/x", "DAOZHANG_BACKEND_DATABASE_URL"),
        ("DAOZHANG_GATEWAY_DATABASE_URL", "postgresql+psycopg://u:p@127.0.0.1:1/x", "DAOZHANG_GATEWAY_DATABASE_URL"),
        ("DAOZHANG_RASA_DATABASE_URL", "nonsense", "DAOZHANG_RASA_DATABASE_URL"),
        ("DAOZHANG_RASA_DATABASE_URL", "postgresql://u:p@127.0.0.1:1/x", "DAOZHANG_RASA_DATABASE_URL"),
        ("DAOZHANG_VAR_DIR", "/dev/null/x", "DAOZHANG_VAR_DIR=/dev/null/x cannot be made"),
    ],
)
def test_a_broken_setting_is_told_in_one_line(quiet: Settings, variable: str, value: str, words: str):
    found = command("run", {**environment_from(quiet), variable: value})
    check_refused(found, words)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(quiet: Settings):
    quiet.var_dir.mkdir()
    quiet.var_dir.chmod(0o500)
    if os.access(quiet.var_dir, os.W_OK):  # root may write everywhere but here
        environment = {**environment_from(quiet), "DAOZHANG_VAR_DIR": "/proc/daozhang"}
    else:
        environment = environment_from(quiet)
    check_refused(command("run", environment), "DAOZHANG_VAR_DIR=")


@pytest.mark.parametrize("name", ["gateway", "rasa"])
def test_a_busy_port_is_told_by_run_and_doctor(name: str, quiet: Settings, helpdesk: Stack):
    """The ports of another helpdesk."""
    busy = getattr(helpdesk.settings, f"{name}_port")
    variable = f"DAOZHANG_{name.upper()}_PORT"
    environment = {**environment_from(quiet), variable: str(busy)}
    check_refused(command("run", environment), f"port {busy} for {name} is busy", variable)
    if name == "rasa":
        found = command("doctor", environment)
        assert found.returncode == 1
        (line,) = [each for each in found.stdout.splitlines() if each.startswith("fail")]
        assert f"port {busy} is busy → stop what listens there or set {variable}" in line


def test_the_doctor_tells_of_what_a_fresh_clone_lacks(quiet: Settings, tmp_path: Path):
    """The tree without what is made: a copy, as nothing may be taken from the real one."""
    clone = tmp_path / "clone"
    for folder in ("bot", "data", "migrations", "rasa_ext", "requirements"):
        shutil.copytree(ROOT / folder, clone / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, clone / name)
    for name in (".venv", ".venv-rasa"):
        (clone / name).symlink_to(ROOT / name)
    found = command("doctor", environment_from(quiet), cwd=clone)
    assert found.returncode == 0, found.stdout + found.stderr
    model = next(line for line in found.stdout.splitlines() if line.startswith("warn  model"))
    assert model.endswith("run `make train`")
    (clone / ".venv-rasa").unlink()
    found = command("doctor", environment_from(quiet), cwd=clone)
    assert found.returncode == 1
    (line,) = [each for each in found.stdout.splitlines() if each.startswith("fail")]
    assert ".venv-rasa" in line and line.endswith("run `make setup` (or `make run`)")


def test_the_doctor_tells_of_a_broken_setting(quiet: Settings):
    found = command("doctor", {**environment_from(quiet), "DAOZHANG_RASA_PORT": "0"})
    assert found.returncode == 1
    assert "DAOZHANG_RASA_PORT=0" in found.stdout and "see .env.example" in found.stdout


@pytest.mark.parametrize(("name", "scheme"), [("backend", "postgresql+psycopg"), ("rasa", "postgresql")])
def test_the_doctor_tells_of_a_database_out_of_reach(name: str, scheme: str, quiet: Settings):
    variable = f"DAOZHANG_{name.upper()}_DATABASE_URL"
    found = command("doctor", {**environment_from(quiet), variable: f"{scheme}://u:secret@127.0.0.1:1/x"})
    assert found.returncode == 1
    (line,) = [each for each in found.stdout.splitlines() if each.startswith("fail")]
    assert f"{name} database" in line
    assert line.endswith(f"start the server or change {variable}")
    assert "secret" not in found.stdout + found.stderr
