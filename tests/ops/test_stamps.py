from pathlib import Path

import pytest

from bot.ops.stamps import files_below, hash_of, is_fresh, leave
from bot.ops.train import inputs, model_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.yml").write_text("1")
    (tmp_path / "b.yml").write_text("2")
    return tmp_path


def test_the_hash_stays_while_nothing_changes(folder: Path):
    paths = files_below(folder)
    assert hash_of(paths, folder) == hash_of(reversed(paths), folder)


@pytest.mark.parametrize("change", ["content", "name", "new", "gone"])
def test_the_hash_changes_with_content_name_and_number_of_files(folder: Path, change: str):
    before = hash_of(files_below(folder), folder)
    file = folder / "data" / "a.yml"
    if change == "content":
        file.write_text("3")
    elif change == "name":
        file.rename(folder / "data" / "c.yml")
    elif change == "new":
        (folder / "data" / "empty.yml").touch()
    else:
        file.unlink()
    assert hash_of(files_below(folder), folder) != before


def test_moving_bytes_from_one_file_to_the_next_changes_the_hash(tmp_path: Path):
    (tmp_path / "a").write_text("xy")
    (tmp_path / "b").write_text("z")
    before = hash_of(files_below(tmp_path), tmp_path)
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("yz")
    assert hash_of(files_below(tmp_path), tmp_path) != before


def test_the_words_count_too(folder: Path):
    assert hash_of([], folder, "3.11.7") != hash_of([], folder, "3.12.0")


def test_files_below_leaves_out_folders_and_other_suffixes(folder: Path):
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "c.yml").touch()
    (folder / "d.txt").touch()
    found = files_below(folder, ".yml", without=("node_modules",))
    assert [path.name for path in found] == ["b.yml", "a.yml"]


def test_a_stamp_is_fresh_only_for_what_was_left(tmp_path: Path):
    stamp = tmp_path / "new" / ".stamp"
    assert not is_fresh(stamp, "1")
    leave(stamp, "1")
    assert is_fresh(stamp, "1")
    assert not is_fresh(stamp, "2")


def test_a_damaged_stamp_is_not_fresh(tmp_path: Path):
    (tmp_path / ".stamp").write_bytes(b"\xff\xfe")
    assert not is_fresh(tmp_path / ".stamp", "1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/zh.yml", "rasa_ext/text.py", "requirements/rasa.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/nlu/zh.yml", "rasa_ext/text.py", "requirements/rasa.lock"]
)
def test_every_input_of_the_model_asks_for_training(project: Path, name: str):
    before = model_path(project)
    (project / name).write_text("changed")
    assert model_path(project) != before


def test_compiled_python_and_other_files_ask_for_none(project: Path):
    before = model_path(project)
    (project / "rasa_ext" / "__pycache__").mkdir()
    (project / "rasa_ext" / "__pycache__" / "text.pyc").touch()
    (project / "README.md").touch()
    assert model_path(project) == before


def test_the_model_of_this_project_is_made_of_its_own_files():
    names = {path.name for path in inputs()}
    assert {"config.yml", "domain.yml", "rules.yml", "stories.yml", "nlu.yml", "rasa.lock", "tokenizer.py"} <= names
