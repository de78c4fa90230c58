import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ops.problems import load_settings
from bot.ops.steps import Problem
from bot.settings import ROOT


def test_a_bad_number_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAOZHANG_VERIFY_TRIES", "many")
    with pytest.raises(Problem, match="bad setting: DAOZHANG_VERIFY_TRIES=many: ") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_a_list_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAOZHANG_ALLOWED_ORIGINS", "https://shop.example")
    with pytest.raises(Problem, match="allowed_origins") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_two_bad_settings_are_told_together(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAOZHANG_GATEWAY_PORT", "0")
    monkeypatch.setenv("DAOZHANG_LOG_LEVEL", "LOUD")
    with pytest.raises(Problem, match=r"DAOZHANG_LOG_LEVEL=LOUD.*DAOZHANG_GATEWAY_PORT=0"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DAOZHANG_GATEWAY_PORT", "abc"),
        ("DAOZHANG_RASA_DATABASE_URL", "nonsense"),
        ("DAOZHANG_BACKEND_DATABASE_URL", "nonsense"),
        ("DAOZHANG_GATEWAY_DATABASE_URL", "mysql+nonsense://x/y"),
        ("DAOZHANG_VAR_DIR", "/dev/null/var"),
    ],
)
def test_run_tells_a_broken_setting_in_one_line_before_anything_long(variable: str, value: str, tmp_path: Path):
    # Ports that are free, wherever this runs.
    ports = {f"DAOZHANG_{name}_PORT": str(port) for name, port in zip(PORT_NAMES, range(17811, 17815), strict=True)}
    env = {**os.environ, **ports, "DAOZHANG_VAR_DIR": str(tmp_path), variable: value}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("daozhang: ")
    assert variable in lines[0]
    assert "packages" not in done.stdout and "training" not in done.stdout


PORT_NAMES = ("GATEWAY", "BACKEND", "RASA", "ACTIONS")
