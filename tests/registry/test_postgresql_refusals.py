"""What a PostgreSQL server refuses is told at once, in words, with what to do about it."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from textgen.errors import RegistryError, UsageError
from textgen_registry import Registry
from textgen_registry.database import database, server_connections
from textgen_registry.database.postgresql import PostgreSQLServer


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.3)


@pytest.fixture
def registry(url):
    return Registry(url)


def refusal(place):
    with pytest.raises((RegistryError, UsageError)) as refused:
        Registry(place).runs()
    message = str(refused.value)
    for trace in ("Traceback", "[SQL", "sqlalche.me", "psycopg.", "battery staple", "correct"):
        assert trace not in message
    return message


def test_a_wrong_or_missing_password_is_refused_at_once_and_never_shown(postgresql, monkeypatch):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    for password, words in [("battery staple", "does not accept"), (None, "given none")]:
        message = refusal(postgresql.loopback("template", password=password))
        assert words in message
        assert "--registry or TEXTGEN_REGISTRY" in message
    host = f"127.0.0.1:{postgresql.port}"
    secret = f"postgresql+psycopg://postgres@{host}/template?password=battery%20staple"
    assert "does not accept" in refusal(secret)
    assert "two @" in refusal(f"postgresql://me:battery staple@correct@{host}/template")
    assert "no URL" in refusal("postgresql://me:battery staple@host:port/template")


def test_a_missing_database_user_or_host_is_told_at_once(postgresql):
    assert "createdb" in refusal(postgresql.loopback("nowhere"))
    assert "no such user" in refusal(postgresql.url("template", user="nobody"))
    assert "no machine" in refusal("postgresql://me@nowhere.invalid/registry?connect_timeout=2")


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_run_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    message = refusal(f"postgresql://me@127.0.0.1:{port}/registry")
    assert "cannot be reached" in message
    assert "running" in message


def test_a_user_without_rights_is_told_what_to_ask_for(postgresql):
    postgresql.sql("CREATE ROLE reader LOGIN PASSWORD 'only reads'")
    name = Registry(postgresql.new_database()).location.url.database
    empty = Registry(postgresql.empty_database()).location.url.database
    with pytest.raises(RegistryError, match=r"may not do that.*Ask whoever runs the server"):
        Registry(postgresql.url(name, user="reader")).runs()
    with pytest.raises(RegistryError, match="may not do that"):
        Registry(postgresql.url(empty, user="reader")).check_new_run(name=None)


def test_a_database_that_can_only_be_read_is_told(postgresql, url, make_run):
    make_run("there", into=Registry(url))
    name = Registry(url).location.url.database
    postgresql.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert [row.name for row in Registry(url).runs()] == ["there"]
    with pytest.raises(RegistryError, match="can only be read"):
        make_run(into=Registry(url))


def test_a_database_without_unicode_is_told(postgresql, make_run):
    postgresql.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(RegistryError, match="encoding=UTF8"):
        make_run(into=Registry(postgresql.url("latin")), prompt="𝕏")


def test_a_database_that_stays_locked_is_told(registry, url, monkeypatch, make_run):
    monkeypatch.setitem(server_connections._OF_SERVER, "lock_timeout", 50)
    other = Registry(url)
    with pytest.raises(RegistryError, match="keeps it locked"):
        other.database.write(lambda connection: make_run(into=registry))


def test_another_programs_database_is_refused_and_left_alone(postgresql, make_run):
    url = postgresql.empty_database()
    postgresql.sql("CREATE TABLE recipes (name text)", url)
    for attempt in (Registry(url).runs, lambda: make_run(into=Registry(url))):
        with pytest.raises(RegistryError, match="not a textgen registry"):
            attempt()
    tables = postgresql.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url)
    assert tables == [("recipes",)]


def test_without_psycopg_the_extra_is_named():
    script = """
import sys
sys.modules["psycopg"] = None
from textgen_registry import Registry
from textgen.errors import RegistryError
try:
    Registry("postgresql://me:secret@host/registry").runs()
except RegistryError as error:
    print(error)
"""
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "textgen-framework[postgres]" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_an_error_of_the_statement_itself_is_not_tried_again(registry, url):
    backend = PostgreSQLServer(registry.location)
    calls = []

    def work(connection):
        calls.append(connection)
        connection.exec_driver_sql("SELECT 1 / 0")

    with pytest.raises(RegistryError, match="division by zero"):
        registry.database.write(work)
    assert len(calls) == 1
    assert not backend.is_passing(ValueError())
