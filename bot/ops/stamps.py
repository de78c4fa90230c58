"""Stamps: a file that holds the hash of what a step was made from, so that the step is skipped until that changes.

Standard library only: this runs before any environment exists.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def hash_of(paths: Iterable[Path], root: Path, *words: str) -> str:
    """A hash (64 hex digits) over the names below `root` and the contents of these files, and over the words."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        name, content = path.relative_to(root).as_posix().encode(), path.read_bytes()
        digest.update(b"%d %b %d " % (len(name), name, len(content)) + content)
    for word in words:
        digest.update(b"\0" + word.encode())
    return digest.hexdigest()


def files_below(folder: Path, *suffixes: str, without: Iterable[str] = ()) -> list[Path]:
    """The files below a folder with one of these suffixes (none given: all), leaving out folders with these names."""
    skipped = set(without)
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and (not suffixes or path.suffix in suffixes)
        and not skipped.intersection(path.relative_to(folder).parts)
    )


def is_fresh(stamp: Path, value: str) -> bool:
    """Whether the step that left this stamp was made from the same."""
    try:
        return stamp.read_text(encoding="utf-8").strip() == value
    except (OSError, UnicodeDecodeError):
        return False


def leave(stamp: Path, value: str) -> None:
    """Write the stamp; only after the step has succeeded."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{value}\n", encoding="utf-8")
