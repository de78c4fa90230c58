"""A private PostgreSQL cluster for one test run, made from the machine's binaries."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest


@dataclass
class Cluster:
    """A running server that only listens on a Unix socket."""

    folder: Path
    names: Iterator[str] = field(default_factory=lambda: (f"test_{number}" for number in count()))
    # Emptied databases by what they were copied from: a new one takes a hundred times as long as emptying one.
    free: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        return f"{driver}://postgres@/{database}?host={self.folder}"

    def make_database(self, template: str = "template0") -> str:
        """A new database; returns its name."""
        name = next(self.names)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    @contextmanager
    def database(self, template: str) -> Iterator[str]:
        """The name of a database as it is after the migrations of `template`, and nobody else's."""
        name = self.free[template].pop() if self.free[template] else self.make_database(template)
        yield name
        self._empty(name)
        self.free[template].append(name)

    def _empty(self, name: str) -> None:
        """End its connections, delete its rows and let its numbers begin anew; the migrations wrote no rows."""
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with psycopg.connect(self.url(name, "postgresql")) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            connection.execute("SET session_replication_role = replica")  # in any order: no foreign key is checked
            for (table,) in tables:
                if table != "alembic_version":
                    connection.execute(f'DELETE FROM "{table}"'.encode())
            used = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
            for (sequence,) in connection.execute(used).fetchall():
                connection.execute(f'ALTER SEQUENCE "{sequence}" RESTART'.encode())

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            connection.execute(statement.encode())


def find_binary(name: str) -> str | None:
    """In PATH or where Debian puts it, the newest version first."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda each: int(each.parts[-3]))
    return shutil.which(name) or (str(versions[-1]) if versions else None)


def server_user() -> str:
    """PostgreSQL refuses to run as root, so root lends it another user."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {each.pw_name for each in pwd.getpwall()}
    return next((each for each in ("postgres", "nobody") if each in known), "")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The cluster of this run; the test is skipped where PostgreSQL cannot run."""
    initdb, server, user = find_binary("initdb"), find_binary("postgres"), server_user()
    if not initdb or not server:
        pytest.skip("PostgreSQL's initdb and postgres are not installed")
    if not user:
        pytest.skip("PostgreSQL does not run as root, and there is no other user")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    try:
        with _running(initdb, server, user, folder):
            yield Cluster(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _running:  # noqa: N801  (used like a function)
    """The server process, from initdb to its end."""

    def __init__(self, initdb: str, server: str, user: str, folder: Path) -> None:
        self.server, self.user, self.folder = server, user, folder
        self.as_user = {"user": user, "extra_groups": []} if os.geteuid() == 0 else {}
        if self.as_user:
            shutil.chown(folder, user)
        options = ["-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run([initdb, *options], check=True, capture_output=True, cwd=folder, **self.as_user)

    def __enter__(self) -> None:
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off", "max_connections=200"]
        arguments = [part for each in settings for part in ("-c", each)]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.server, "-D", str(self.folder / "data"), *arguments],
                stdout=log, stderr=log, cwd=self.folder, **self.as_user,
            )  # fmt: skip
        for _ in range(300):
            try:
                psycopg.connect(f"postgresql://postgres@/postgres?host={self.folder}").close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
        raise TimeoutError((self.folder / "log").read_text())

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(3)  # SIGQUIT: stop at once, there is nothing to keep
        self.process.wait(30)
