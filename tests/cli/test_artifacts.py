"""TEXTGEN_ARTIFACTS says where a registry that is made keeps its files."""


def test_a_new_registry_keeps_its_files_where_the_variable_says(
    tiny, textgen, records, monkeypatch, tmp_path
):
    monkeypatch.setenv("TEXTGEN_ARTIFACTS", str(tmp_path / "files"))
    assert tiny().code == 0
    assert list((tmp_path / "files").rglob("sha256/*/*"))
    assert not (records.location.path / "objects").exists()
    monkeypatch.delenv("TEXTGEN_ARTIFACTS")
    assert textgen("generate", "latest", "--length", 5).code == 0


def test_another_place_said_later_is_refused_before_training_begins(tiny, monkeypatch, tmp_path):
    assert tiny().code == 0
    monkeypatch.setenv("TEXTGEN_ARTIFACTS", str(tmp_path / "files"))
    line = tiny().error_line(2)
    assert str(tmp_path / "files") in line
    assert "objects" in line
