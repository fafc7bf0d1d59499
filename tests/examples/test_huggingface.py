"""The example source of Hugging Face datasets: folders made here, and a hub on this machine."""

import gc
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from textgen import DocumentStart, SourceError, sha256_of

pytestmark = [
    pytest.mark.skipif(find_spec("datasets") is None, reason="datasets is not installed"),
    # datasets leaves a CSV file open for a while that was not read to its end
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

EXAMPLE = Path(__file__).parents[2] / "examples" / "textgen-huggingface"
TEXTS = ["One day.\nThen another.", "Été, “NA”, 春", "NA"]
LINES = "".join(
    json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(TEXTS)
)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module", autouse=True)
def hub(serve_hub, tmp_path_factory):
    """Have the libraries, which look when they are imported, ask nobody but a hub that is here."""
    environment = serve_hub(
        COMMIT, {"README.md": b"---\nlicense: mit\n---\n", "train.jsonl": LINES.encode()}
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hub")))
        patch.syspath_prepend(EXAMPLE)
        yield environment
    gc.collect()  # here, where it is expected, and not during the tests of another file


@pytest.fixture
def read(tmp_path):
    """Opens a folder of files, given by their names and bytes."""

    def open_folder(files, **options):
        from textgen_huggingface import DatasetOptions, hf

        for name, data in files.items():
            (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        return hf.read(str(tmp_path), DatasetOptions(**options))

    return open_folder


def parquet():
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"text": TEXTS}), sink := pyarrow.BufferOutputStream())
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"train.jsonl": LINES},
        lambda: {"train.jsonl.gz": gzip.compress(LINES.encode())},
        lambda: {"train.csv": 'id,text\n0,"One day.\nThen another."\n1,"Été, “NA”, 春"\n2,NA\n'},
        lambda: {"train.parquet": parquet()},
        lambda: {f"{number}.txt": text for number, text in enumerate(TEXTS)},
    ],
    ids=["jsonl", "jsonl.gz", "csv", "parquet", "text files"],
)
def test_every_format_gives_the_same_documents_each_time_it_is_read(read, make, tmp_path):
    corpus = read(make())
    text = "\n\n".join(TEXTS)
    assert list(corpus.chunks) == list(corpus.chunks)
    assert corpus.text() == text
    assert [chunk for chunk in corpus.chunks if isinstance(chunk, DocumentStart)] == TEXTS
    assert corpus.provenance.documents == 3
    assert corpus.provenance.sha256_text == corpus.provenance.sha256_received
    assert corpus.provenance.sha256_text == sha256_of(text.encode())
    assert corpus.provenance.locator == f"hf:{tmp_path}"


def test_options_choose_configuration_split_column_and_how_much(read):
    card = """---
license: cc-by-4.0
configs:
- {config_name: en, data_files: [{split: test, path: en.jsonl}]}
- {config_name: fr, data_files: fr.jsonl}
---
"""
    lines = '{"a": "No", "b": null}\n{"a": "", "b": "été"}\n{"a": "", "b": "two"}\n'
    files = {"README.md": card, "en.jsonl": lines, "fr.jsonl": LINES}
    chosen = {"config": "en", "split": "test", "column": "b", "separator": r"\t|\n"}
    assert read(files, **chosen).provenance.licence == "cc-by-4.0"
    assert read(files, **chosen).text() == "été\t|\ntwo"
    assert read(files, **chosen, max_documents=1).text() == "été"
    assert read(files, **chosen, max_bytes=8).text() == "été\t|\ntwo"
    assert read(files, **chosen, max_bytes=7).text() == "été"


def test_the_only_column_of_text_need_not_be_named(read):
    assert read({"a.jsonl": '{"id": 1, "story": "Once."}\n'}).text() == "Once."


def test_a_long_document_comes_in_pieces(read):
    corpus = read({"a.jsonl": json.dumps({"text": "é\n" * 1_200_000})})
    assert [type(chunk) for chunk in corpus.chunks] == [DocumentStart, str, str]
    assert max(map(len, corpus.chunks)) <= 1_000_000


TWO = {
    "README.md": """---
configs:
- {config_name: en, data_files: a.jsonl}
- {config_name: fr, data_files: a.jsonl}
---
""",
    "a.jsonl": LINES,
}


@pytest.mark.parametrize(
    ("files", "options", "told"),
    [
        ({}, {}, "doesn't contain any data files"),
        ({"a.jsonl": ""}, {}, "nothing is there"),
        ({"a.jsonl": '{"text": null}\n{"text": ""}\n'}, {}, "no text is read"),
        ({"a.jsonl": LINES}, {"max_bytes": 1}, "max_bytes"),
        ({"a.jsonl": LINES + '{"text": "cut'}, {}, "JSON parse error"),
        ({"a.parquet": b"PAR1"}, {}, "Parquet"),
        ({"a.jsonl.gz": gzip.compress(LINES.encode())[:-20]}, {}, "EOFError"),
        ({"a.txt": b"caf\xe9"}, {}, "'utf-8' codec can't decode byte 0xe9"),
        ({"a.jsonl": LINES}, {"split": "trian"}, "no split 'trian'; did you mean 'train'?"),
        ({"a.jsonl": LINES}, {"column": "txt"}, "no column of text 'txt'; did you mean 'text'?"),
        ({"a.jsonl": LINES}, {"column": "id"}, "no column of text 'id'; known: text."),
        ({"a.jsonl": '{"q": "x", "a": "y"}'}, {}, "no column of text 'text'; known: a, q."),
        ({"a.jsonl": '{"text": 1}'}, {}, "none is known"),
        ({"a.png": b"\x89PNG"}, {}, "none is known"),
        (TWO, {"config": "fe"}, "did you mean 'fr'?"),
        (TWO, {}, "['en', 'fr']"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(read, files, options, told):
    with pytest.raises(SourceError, match=re.escape(told)) as refused:
        read(files, **options)
    assert len(str(refused.value).splitlines()) == 1
    assert str(refused.value).startswith("hf:/")


def test_a_file_that_is_damaged_after_it_was_opened_is_told_by_the_source(read, tmp_path):
    corpus = read({"a.jsonl": LINES})
    (tmp_path / "a.jsonl").write_text('{"text": "cut')
    with pytest.raises(SourceError, match="cannot be read"):
        corpus.text()


def test_a_cache_that_cannot_be_written_is_told_with_its_name(read, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", Path(os.devnull, "cache"))
    with pytest.raises(SourceError, match=r"/cache.*HF_HOME"):
        read({"a.jsonl": LINES})


PEAKS = """
import resource
import sys
from textgen_huggingface import DatasetOptions, hf
for folder in sys.argv[1:]:
    hf.read(folder, DatasetOptions())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def test_a_dataset_of_twice_the_size_takes_no_more_memory(tmp_path):
    line = json.dumps({"text": "Once upon a time. " * 500}) + "\n"
    folders = [tmp_path / "36 MB", tmp_path / "72 MB"]
    for folder, documents in zip(folders, [4_000, 8_000], strict=True):
        folder.mkdir()
        (folder / "a.jsonl").write_text(line * documents)
    command = [sys.executable, "-c", PEAKS, *folders]
    path = os.pathsep.join([str(EXAMPLE), os.environ.get("PYTHONPATH", "")])
    told = subprocess.check_output(command, env={**os.environ, "PYTHONPATH": path}, text=True)
    smaller, larger = map(int, told.split())
    assert larger - smaller < 12e6  # of 36 MB more


@pytest.mark.parametrize("locator", ["ann/stories", "ann/stories@v1", f"ann/stories@{COMMIT}"])
def test_a_name_is_read_from_the_hub_and_recorded_by_its_commit(locator, capfd):
    from textgen_huggingface import DatasetOptions, hf

    corpus = hf.read(locator, DatasetOptions())
    assert corpus.text() == "\n\n".join(TEXTS)
    record = corpus.provenance
    assert (record.locator, record.licence) == (f"hf:ann/stories@{COMMIT}", "mit")
    assert record.notes == (f"fingerprint {COMMIT}",)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("locator", ["ann/storys", "ann/stories@v2"])
def test_a_name_that_the_hub_does_not_know_is_told_in_one_line(locator, capfd):
    refused_in_one_line(locator)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("network", [{"HF_HUB_OFFLINE": True}, {"ENDPOINT": "http://127.0.0.1:9"}])
def test_a_name_without_a_network_is_refused_at_once(network, monkeypatch, capfd):
    for name, value in network.items():
        monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)
    refused_in_one_line("ann/stories")
    assert capfd.readouterr() == ("", "")


def refused_in_one_line(locator):
    from textgen_huggingface import DatasetOptions, hf

    with pytest.raises(SourceError, match=f"^hf:{locator} cannot be read") as refused:
        hf.read(locator, DatasetOptions())
    assert len(str(refused.value).splitlines()) == 1


def test_what_is_neither_a_folder_nor_a_name_is_refused():
    from textgen_huggingface import DatasetOptions, hf

    for locator in ["", "/no/such/folder", "./ann", "~nobody/x", "a/b/c", "a b", "ann/..", "\0"]:
        with pytest.raises(SourceError, match="Name a folder, or OWNER/NAME"):
            hf.read(locator, DatasetOptions())


@pytest.fixture(scope="module")
def installed(fresh_environment, tmp_path_factory):
    """An environment where a copy of the example is installed."""
    environment = fresh_environment("textgen-huggingface")
    environment.copy = tmp_path_factory.mktemp("copy") / EXAMPLE.name
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLE, environment.copy, ignore=ignored)
    done = environment.run("pip install .", cwd=environment.copy)
    assert done.code == 0, done
    return environment


def test_a_run_trains_on_it_and_its_own_tests_pass(installed, hub):
    tiny = "--set training.batch_size=1 --set training.sequence_length=8 --set model.hidden_size=8"
    line = f"textgen run --source hf:ann/stories@v1 --model lstm-single {tiny} --epochs 1 --json"
    record = json.loads(installed.run(line, **hub).out)
    assert record["parts"]["source"]["package"] == "textgen-huggingface"
    assert record["source"] == f"hf:ann/stories@{COMMIT}"
    assert installed.run("pytest", cwd=installed.copy).code == 0
