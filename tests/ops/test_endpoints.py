from pathlib import Path

import yaml

from bot.ops.endpoints import endpoints_from, write_endpoints
from bot.settings import ROOT, Settings


def make_settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_action_server_is_where_the_settings_say():
    base = {"action_endpoint": {"url": "http://x/webhook", "enable_selective_domain": True}}
    found = endpoints_from(base, make_settings(actions_port=7001))
    assert found["action_endpoint"] == {"url": "http://127.0.0.1:7001/webhook", "enable_selective_domain": True}


def test_other_endpoints_stay():
    found = endpoints_from({"lock_store": {"type": "redis"}}, make_settings())
    assert found["lock_store"] == {"type": "redis"}


def test_a_sqlite_tracker_store_is_a_file_below_var_dir(tmp_path: Path):
    store = endpoints_from({}, make_settings(var_dir=tmp_path, rasa_database_url=""))["tracker_store"]
    assert store == {"type": "SQL", "dialect": "sqlite", "db": str(tmp_path / "rasa.db")}


def test_a_postgresql_tracker_store_has_host_port_and_password():
    url = "postgresql+psycopg://rasa:p%40ss@db.example:6543/trackers?sslmode=require"
    store = endpoints_from({}, make_settings(rasa_database_url=url))["tracker_store"]
    assert store == {
        "type": "SQL", "dialect": "postgresql", "db": "trackers", "url": "db.example", "port": 6543,
        "username": "rasa", "password": "p@ss", "query": {"sslmode": "require"},
    }  # fmt: skip


def test_a_postgresql_url_without_a_port_leaves_it_to_the_driver():
    store = endpoints_from({}, make_settings(rasa_database_url="postgresql://db/trackers"))["tracker_store"]
    assert store == {"type": "SQL", "dialect": "postgresql", "db": "trackers", "url": "db"}


def test_the_committed_store_of_another_type_is_kept():
    base = {"tracker_store": {"type": "rasa_ext.store.FastStore", "dialect": "sqlite", "db": "var/rasa.db"}}
    assert endpoints_from(base, make_settings())["tracker_store"]["type"] == "rasa_ext.store.FastStore"


def test_the_file_is_for_its_owner_only_and_made_of_the_committed_one(tmp_path: Path):
    path = write_endpoints(make_settings(var_dir=tmp_path, actions_port=7002))
    committed = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert written.keys() == committed.keys()
    assert written["action_endpoint"]["url"] == "http://127.0.0.1:7002/webhook"
