"""`qa record` where there is nothing to record; recordings themselves are in tests/system/test_recording.py."""

from pathlib import Path

import pytest

from bot.migrate import upgrade
from bot.qa.record import faults_of, main
from bot.settings import Settings


def test_a_folder_without_data_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["3fa9", "--var-dir", str(tmp_path)]) == 2
    assert f"there is no {tmp_path}/gateway.db" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_conversation_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    upgrade(Settings(_env_file=None, var_dir=tmp_path), "gateway")
    assert main(["3fa9", "--var-dir", str(tmp_path), "--out", str(tmp_path / "out.yml")]) == 2
    assert "there is no conversation '3fa9'" in capsys.readouterr().err
    assert not (tmp_path / "out.yml").exists()


def test_what_the_checker_says_of_a_script_is_told_with_its_line():
    assert faults_of("name: x\nturns:\n- customer: hi\n  bot: [utter_nothing]\nthen: {owner: bot}\n") == [
        "line 4: no response has the name 'utter_nothing'"
    ]
