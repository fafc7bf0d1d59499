"""`textgen runs migrate` says what it found and what it did."""

import sqlite3

from textgen_registry.database.schema import REVISION


def test_where_there_is_no_registry_nothing_is_made(textgen, tmp_path):
    done = textgen("runs", "migrate", "--registry", tmp_path / "none")
    assert done.code == 0
    assert "nothing in it yet" in done.err
    assert not (tmp_path / "none").exists()


def test_one_that_is_up_to_date_stays_as_it_is(textgen, records):
    records.database.write(lambda connection: None)
    done = textgen("runs", "migrate", "--json")
    assert done.json == {"registry": str(records.location), "before": REVISION, "after": REVISION}
    assert "up to date already" in done.err


def test_an_old_one_is_brought_up_to_date(textgen, records):
    records.database.write(lambda connection: None)
    connection = sqlite3.connect(records.location.path / "registry.sqlite")
    for table in ("alias", "model_file", "model_version", "model", "event", "note", "receipt"):
        connection.execute(f"DROP TABLE {table}")
    for table in ("pending_object", "figure", "setting", "property", "textgen_schema"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE run DROP COLUMN deleted")
    connection.execute("ALTER TABLE run DROP COLUMN lease")
    connection.execute("UPDATE schema_version SET version = 2")
    connection.commit()
    connection.close()
    done = textgen("runs", "migrate", "--json")
    assert (done.json["before"], done.json["after"]) == ("0001", REVISION)
    assert f"was 0001 and is {REVISION} now" in done.err
    assert records.runs() == []


def test_a_newer_one_is_refused(textgen, records):
    records.database.write(
        lambda connection: connection.exec_driver_sql(
            "UPDATE textgen_schema SET version_num = '9999'"
        )
    )
    assert "9999" in textgen("runs", "migrate").error_line(1)
