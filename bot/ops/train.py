"""Training the dialog model, only when something that it is made from changed."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.ops.environments import sync_rasa_environment
from bot.ops.processes import RASA_ENVIRONMENT
from bot.ops.stamps import files_below, hash_of
from bot.ops.steps import Problem, raise_on_signals, run_step
from bot.settings import ROOT

MODELS = ROOT / "models"
KEPT = 3  # models of ours; those that a person trained by hand are never removed


def inputs(root: Path = ROOT) -> list[Path]:
    """Everything that a model is made from; the texts in domain.yml are part of it."""
    found = [root / "config.yml", root / "domain.yml", root / "requirements" / "rasa.lock"]
    found += files_below(root / "data")
    return found + files_below(root / "rasa_ext", without=("__pycache__",))


def model_path(root: Path = ROOT) -> Path:
    """Where the model made from the present inputs is, or would be: the name holds their hash."""
    return root / "models" / f"daozhang-{hash_of(inputs(root), root)[:16]}.tar.gz"


def train(force: bool = False) -> Path:
    """The model of the present inputs, trained now if there is none. Raises Problem."""
    path = model_path()
    if path.exists() and not force:
        return path
    # Rasa writes the archive piece by piece; it is moved to its place only when it is whole.
    draft = MODELS / ".training"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    (ROOT / "var").mkdir(exist_ok=True)  # endpoints.yml keeps the tracker store of `rasa shell` there
    argv = [
        str(ROOT / ".venv-rasa/bin/rasa"), "train", "--out", str(draft), "--fixed-model-name", "daozhang",
        "--domain", "domain.yml", "--config", "config.yml", "--data", "data",
    ]  # fmt: skip
    argv += ["--force"] if force else []
    run_step("dialog model: training", argv, ROOT / "var" / "log" / "train.log", RASA_ENVIRONMENT, ROOT)
    (draft / "daozhang.tar.gz").replace(path)
    shutil.rmtree(draft, ignore_errors=True)
    os.utime(path)  # `rasa shell` takes the newest
    _remove_old()
    return path


def _remove_old() -> None:
    ours = sorted(MODELS.glob("daozhang-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in ours[KEPT:]:
        path.unlink()


def main(argv: Sequence[str]) -> int:
    """Train and say where the model is; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot train", description="Train the dialog model.")
    parser.add_argument("--force", action="store_true", help="also if nothing changed")
    found = parser.parse_args(argv)
    try:
        raise_on_signals()
        sync_rasa_environment()
        print(f"model: {train(found.force).relative_to(ROOT)}")  # noqa: T201
    except Problem as problem:
        print(f"daozhang: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
