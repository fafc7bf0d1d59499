"""The files of runs in an object store, by real requests to a server on this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from textgen.errors import DamagedArtifactError, RegistryError, UsageError
from textgen.files import sha256_of
from textgen_registry import Registry, find_trashed, remove_for_good
from textgen_registry.artifacts.s3 import S3Objects, s3_url


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    pytest.importorskip("flask_cors", reason="moto[server] is not installed")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    log = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/moto-api/", server, log)
            yield address
        finally:
            server.kill()


def wait_for(address, server, log):
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.fixture
def service(endpoint, monkeypatch):
    """Empty, and reached by the usual variables."""
    urllib.request.urlopen(f"{endpoint}/moto-api/reset", data=b"").close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return endpoint


@pytest.fixture
def bucket(service):
    urllib.request.urlopen(urllib.request.Request(f"{service}/team", method="PUT")).close()
    return "s3://team/textgen"


@pytest.fixture
def store(bucket):
    return S3Objects(bucket)


def test_an_object_comes_back_and_is_listed_with_its_size_and_time(store):
    before = time.time()
    store.make()
    assert list(store.stored()) == []
    hashes = [store.put(data) for data in (b"", b"text", bytes(range(256)) * 1000, b"text")]
    assert [store.read(sha256) for sha256 in hashes[:2]] == [b"", b"text"]
    found = {item.sha256: item for item in store.stored()}
    assert {sha256: item.size for sha256, item in found.items()} == dict(
        zip(hashes, [0, 4, 256_000, 4], strict=True)
    )
    # The service tells seconds.
    assert all(abs(item.modified / 1e6 - before) < 60 for item in found.values())
    assert store.where(hashes[1]) == f"s3://team/textgen/sha256/{hashes[1][:2]}/{hashes[1]}"


def test_a_missing_and_a_damaged_object_are_noticed_and_mended(store):
    from s3fs import S3FileSystem

    with pytest.raises(DamagedArtifactError, match=r"s3://team/textgen/sha256/.*missing"):
        store.read(sha256_of(b"text"))
    sha256 = store.put(b"text")
    S3FileSystem(skip_instance_cache=True).pipe_file(store.where(sha256), b"texu")
    with pytest.raises(DamagedArtifactError) as refusal:
        store.read(sha256)
    assert sha256_of(b"texu") in str(refusal.value)
    assert store.put(b"text") == sha256
    assert store.read(sha256) == b"text"


def test_an_object_is_deleted_once_or_twice(store):
    sha256 = store.put(b"text")
    store.delete(sha256)
    store.delete(sha256)
    assert list(store.stored()) == []


def test_a_registry_keeps_its_files_there_whoever_opens_it(any_place, bucket, make_run):
    registry = Registry(any_place, artifacts=f"{bucket}/")
    run = make_run(into=registry)
    registry.put_artifacts(run.id, {"a": b"1", "b": b"2"})
    other = Registry(any_place)
    assert other.read_artifact(run.id, "a") == b"1"
    registry.put_artifacts(run.id, {"a": b"3"})
    assert {item.sha256 for item in other.files.objects.stored()} == set(
        map(sha256_of, [b"2", b"3"])
    )
    second = make_run(into=registry)
    registry.put_artifacts(second.id, {"a": b"3", "own": b"4"})
    registry.release(run.id)
    registry.delete_run(run.id)
    remove_for_good(registry, find_trashed(registry, run.id))
    assert {item.sha256 for item in other.files.objects.stored()} == set(
        map(sha256_of, [b"3", b"4"])
    )
    assert Registry(any_place, artifacts=bucket).read_artifact(second.id, "a") == b"3"


def test_a_bucket_that_is_not_there_makes_no_registry(tmp_path, service, make_run):
    registry = Registry(tmp_path / "registry", artifacts="s3://nowhere/textgen")
    with pytest.raises(RegistryError, match=r"s3://nowhere/textgen: there is no such bucket"):
        make_run(into=registry)
    assert Registry(tmp_path / "registry").runs() == []
    assert make_run(into=Registry(tmp_path / "registry"))


def test_a_bucket_that_vanished_is_not_told_as_a_damaged_file(store, service):
    sha256 = store.put(b"text")
    urllib.request.urlopen(f"{service}/moto-api/reset", data=b"").close()
    for attempt in (lambda: store.read(sha256), lambda: store.put(b"text")):
        with pytest.raises(RegistryError, match="no such bucket") as refusal:
            attempt()
        assert not isinstance(refusal.value, DamagedArtifactError)


def test_without_keys_it_says_which_variables_to_set(store, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(RegistryError, match="AWS_ACCESS_KEY_ID"):
        store.put(b"text")


def test_a_service_that_cannot_be_reached_is_told(store, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(RegistryError, match="AWS_ENDPOINT_URL") as refusal:
        store.make()
    assert "Traceback" not in str(refusal.value)


def test_without_s3fs_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(RegistryError, match=r"textgen-framework\[s3\]"):
        S3Objects("s3://team/textgen").put(b"text")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("s3://team", "s3://team"),
        ("s3://team/", "s3://team"),
        ("s3://team//a/b//", "s3://team/a/b"),
    ],
)
def test_one_place_is_written_in_one_way(said, meant):
    assert s3_url(said) == meant


@pytest.mark.parametrize(
    "said", ["s3://", "s3:///a", "s3://key:secret@team/a", "s3://t/a?key=secret"]
)
def test_a_url_without_a_bucket_or_with_a_secret_is_refused(said):
    with pytest.raises(UsageError, match="bucket") as refusal:
        s3_url(said)
    assert "secret" not in str(refusal.value)
