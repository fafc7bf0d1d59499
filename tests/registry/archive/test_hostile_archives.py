"""Whatever an archive holds: it is imported as it was exported, or refused in one clear line."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen.errors import ArchiveError
from textgen_registry import MetricPoint, Registry
from textgen_registry.archive import Archive, export_runs, import_archive

ID = "1k0z76b04hdz36h3"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The bytes of a good archive of one run."""
    folder = tmp_path_factory.mktemp("good")
    registry = Registry(folder / "registry")
    parts = dict.fromkeys(("source", "tokenizer", "model", "sampler"), "x")
    plain = {key: {"a": 1.5} for key in ("parts", "provenance", "environment", "plan")}
    config = {"model": {"rate": float("inf")}}
    run = registry.create_run(
        name="good", tags=["a", "b"], config=config, **parts, **{**plain, "parts": {"model": {}}}
    )
    points = [MetricPoint(step, 0.5, "loss", 1.0, step) for step in range(1, 4)]
    registry.add_metrics(run.id, points)
    registry.put_artifacts(run.id, {"weights": b"weights" * 20, "tokenizer": b"{}"})
    export_runs(registry, [run.id], folder / "good.zip")
    return (folder / "good.zip").read_bytes()


def members_of(data):
    with ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(members, *, describe=True):
    """Return an archive of members, with a manifest that describes them."""
    members = dict(members)
    manifest = json.loads(members.pop("manifest.json"))
    if describe:
        manifest["members"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in members.items()
        }
    return zipped({**members, "manifest.json": json.dumps(manifest).encode()})


def zipped(members, **headers):
    """Return a zip file; ``headers`` are fields of every member's header."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, data in members.items():
            info = ZipInfo(name)
            for field, value in headers.items():
                setattr(info, field, value)
            archive.writestr(info, data)
    return file.getvalue()


def refusal_of(data, tmp_path):
    """Return why an archive is refused, which must leave the file system as it was."""
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ArchiveError) as refusal:
        import_archive(Registry(tmp_path / "other"), Archive(io.BytesIO(data), "bad.zip"))
    message = str(refusal.value)
    assert message.startswith("archive bad.zip: ")
    assert message.isprintable()
    assert len(message) < 600
    assert sorted(tmp_path.rglob("*")) == before
    return message


def run_of(members):
    (name,) = (name for name in members if name.endswith("run.json"))
    return name, json.loads(members[name])


def metrics_of(members):
    (name,) = (name for name in members if name.endswith("metrics.jsonl"))
    return name, members[name].splitlines(keepends=True)


def test_the_archive_that_the_others_are_made_of_is_good(good, tmp_path):
    for data in (good, packed(members_of(good))):
        Archive(io.BytesIO(data), "good.zip")


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "objects/sha256/../../../outside",
        "C:\\outside",
        "C:/outside",
        "runs\\x\\run.json",
        "objects/",
        f"runs/{ID}/",
        f"runs/{ID}/run.json/../run.json",
        f"RUNS/{ID}/run.json",
        f"runs/{ID.upper()}/run.json",
        "Manifest.json",
        "README",
        "objects/sha256/ab/" + "A" * 64,
        "objects/sha256/ab/" + "cd" * 32,
        "runs/not-an-id/run.json",
        "a\nb\x1b[31m",
        "x" * 5000,
        "runs/1k0z76b04hdz36h３/run.json",
        "manifest.json\x00",
    ],
)
def test_a_member_that_no_archive_has_is_refused(good, tmp_path, name):
    data = zipped({**members_of(good), name.replace("\x00", "?"): b"data"})
    data = data.replace(b"manifest.json?", b"manifest.json\x00")
    assert "is none that an archive of runs has" in refusal_of(data, tmp_path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFIFO])
def test_a_member_that_is_no_file_is_refused(good, tmp_path, kind):
    data = zipped(members_of(good), create_system=3, external_attr=(kind | 0o777) << 16)
    assert "is not a file" in refusal_of(data, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(good, tmp_path):
    members = members_of(good)
    file = io.BytesIO(good)
    with ZipFile(file, "a") as archive:
        archive.writestr(ZipInfo(next(iter(members))), b"{}")
    assert "it has two members runs/" in refusal_of(file.getvalue(), tmp_path)


def test_a_compression_bomb_is_refused_unread(good, tmp_path):
    bomb = {**members_of(good), f"runs/{ID}/run.json": b" " * (50 << 20)}
    data = zipped(bomb, compress_type=ZIP_DEFLATED)
    assert len(data) < 1 << 20
    assert "is compressed" in refusal_of(data, tmp_path)


def test_members_that_lie_over_each_other_are_refused(good, tmp_path):
    """Every entry of the directory leads to the same large member: small, and yet a bomb."""
    blob = b"x" * 100_000
    names = [f"runs/{ID[:-2]}{a}{b}/run.json" for a in "abcdefgh" for b in "abcdefgh"]
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(ZipInfo(names[0]), blob)
        archive.writestr(ZipInfo("manifest.json"), members_of(good)["manifest.json"])
        first = archive.infolist()[0]
        for name in names[1:]:
            again = ZipInfo(name)
            for field in ("header_offset", "file_size", "compress_size", "CRC"):
                setattr(again, field, getattr(first, field))
            archive.filelist.append(again)
    assert "larger than the archive itself" in refusal_of(file.getvalue(), tmp_path)


def test_an_encrypted_member_is_refused(good, tmp_path):
    data = bytearray(good)
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "is encrypted" in refusal_of(bytes(data), tmp_path)


@pytest.mark.parametrize(
    ("size", "told"), [(2**32 - 2, "larger than"), (3, "has not the size|is compressed")]
)
def test_a_size_that_is_not_so_is_refused(good, tmp_path, size, told):
    data = bytearray(good)
    place = data.index(b"PK\x01\x02")
    data[place + 20 : place + 28] = struct.pack("<LL", size, size)
    message = refusal_of(bytes(data), tmp_path)
    assert any(words in message for words in told.split("|"))


def test_what_is_no_zip_file_is_refused(tmp_path):
    for data in (b"", b"PK\x05\x06", b"my shopping list\n" * 100, bytes(22)):
        assert "no zip file" in refusal_of(data, tmp_path)


def test_another_zip_file_is_refused(tmp_path):
    assert "it has no manifest.json" in refusal_of(zipped({}), tmp_path)


def test_a_newer_format_is_refused_naming_both_versions(good, tmp_path):
    members = members_of(good)
    manifest = {**json.loads(members["manifest.json"]), "format": 7, "new": []}
    members |= {"manifest.json": json.dumps(manifest), "models/new.json": b"{}"}
    message = refusal_of(zipped(members), tmp_path)
    assert "format 7" in message
    assert "up to 1" in message
    assert "update textgen-framework" in message


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'{"format":' + b"9" * 100_000 + b"}",
        b'{"format":NaN}',
        b'{"format":1.0}',
        b'{"format":true}',
        b'{"format":"1"}',
        b'{"format":-1}',
        b'{"format":{"$float":"x"}}',
        b'{"format":1,"textgen":1,"counts":{},"members":{}}',
        b'{"format":1,"textgen":"\\ud800","counts":{},"members":{}}',
        b'{"format":1,"textgen":"1","counts":{"runs":1e400,"metrics":0,"objects":0},"members":{}}',
        b'{"format":1,"textgen":"1","counts":{"runs":0,"metrics":0,"objects":0},"members":[]}',
    ],
    ids=lambda data: data[:20].decode("latin-1") + str(len(data)),
)
def test_a_manifest_of_another_kind_is_refused(good, tmp_path, manifest):
    assert "manifest.json" in refusal_of(
        zipped({**members_of(good), "manifest.json": manifest}), tmp_path
    )


def test_members_that_are_missing_unknown_or_damaged_are_refused(good, tmp_path):
    members = members_of(good)
    for name in members.keys() - {"manifest.json"}:
        rest = {other: data for other, data in members.items() if other != name}
        assert f"lacks the member {name!r}" in refusal_of(zipped(rest), tmp_path)
        assert "lacks the member" in refusal_of(packed(rest), tmp_path)
        other = bytes([members[name][0] ^ 1]) + members[name][1:]
        message = refusal_of(zipped({**members, name: other}), tmp_path)
        assert f"{name} is damaged" in message or f"{name}, line 1 is not JSON" in message
    stranger = f"objects/sha256/ab/ab{'c' * 62}"
    assert f"does not know its member {stranger}" in refusal_of(
        zipped({**members, stranger: b""}), tmp_path
    )
    assert f"no run of it has the file ab{'c' * 62}" in refusal_of(
        packed({**members, stranger: b""}), tmp_path
    )


@pytest.mark.parametrize("what", ["runs", "metrics", "objects"])
def test_counts_that_are_not_so_are_refused(good, tmp_path, what):
    members = members_of(good)
    manifest = json.loads(members["manifest.json"])
    manifest["counts"][what] += 1
    data = packed({**members, "manifest.json": json.dumps(manifest)})
    assert f"tells of {manifest['counts'][what]} {what}" in refusal_of(data, tmp_path)


DEEP = "[" * 101 + "]" * 101
WRONG = {
    "another id": {"id": ID},
    "no id": {"id": "../../outside"},
    "a name that is no text": {"name": None},
    "a source that is no text": {"source": 5},
    "a lone surrogate": {"source": "\udcff"},
    "an unknown status": {"status": "lost"},
    "a huge time": {"created": 2**63 - 1},
    "a negative time": {"created": -1},
    "a huge integer": {"step": 2**63},
    "a switch for a number": {"step": True},
    "a number for an object": {"config": 5},
    "an integer for a float": {"best_loss": 1},
    "an integer beyond floats": {"config": {"seed": 2**1001}},
    "too deep": {"config": {"deep": json.loads(DEEP)}},
    "a mark that means nothing": {"config": {"$float": "1.5"}},
    "a mark of the wrong kind": {"config": {"x": {"$float": []}}},
    "two settings of one key": {"config": {"a.b": 1, "a": {"b": 2}}},
    "no sessions": {"sessions": []},
    "a hostile tag": {"tags": ["\x1b]0;x\x07"]},
    "a tag twice": {"tags": ["a", "a"]},
    "tags out of order": {"tags": ["b", "a"]},
    "tags that are no list": {"tags": {"a": 1}},
    "an unknown field": {"evil\n\x1b[31m": 1},
    "a file that is not there": {
        "artifacts": [{"name": "x", "sha256": "a" * 64, "size": 1, "created": 1}]
    },
    "a hash that is a path": {
        "artifacts": [{"name": "x", "sha256": "../../x", "size": 1, "created": 1}]
    },
    "parts that are none": {
        "sessions": [
            {"number": 1, "started": 1, "first_step": 0, "environment": {}, "parts": {"model": 5}}
        ]
    },
    "sessions that begin at two": {
        "sessions": [{"number": 2, "started": 1, "first_step": 0, "environment": {}, "parts": {}}]
    },
    "a note without an id": {"notes": [{"id": "", "created": 1, "author": "a", "text": "b"}]},
    "an event twice": {
        "events": [
            {"id": ID, "created": created, "author": "a", "kind": "b", "detail": {}}
            for created in (1, 2)
        ]
    },
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_a_run_with_a_wrong_value_is_refused(good, tmp_path, changed):
    members = members_of(good)
    name, values = run_of(members)
    members[name] = json.dumps({**values, **changed}).encode()
    message = refusal_of(packed(members), tmp_path)
    assert f": {name}" in message or "it lacks the member objects/" in message


def test_a_run_that_lacks_a_field_is_refused(good, tmp_path):
    members = members_of(good)
    name, values = run_of(members)
    for key in values:
        rest = {other: value for other, value in values.items() if other != key}
        message = refusal_of(packed({**members, name: json.dumps(rest).encode()}), tmp_path)
        assert f"lacks the field '{key}'" in message


POINT = {"name": "loss", "step": 9, "epoch": 1.0, "value": 1.0, "time": 1}


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"[]",
        b"{",
        b"[" * 60_000,
        b'{"name":"x","step":' + b"9" * 5000 + b"}",
        *(
            json.dumps({**POINT, **wrong}).encode()
            for wrong in (
                {"step": 2**63},
                {"step": -1},
                {"step": 1.0},
                {"step": True},
                {"value": "1"},
                {"value": None},
                {"value": {"$float": "1"}},
                {"time": 2**62},
                {"name": 5},
                {"name": "\udcff"},
                {"extra": 1},
                {"name": "a"},
                {"step": 3},
                {"name": "x" * 70_000},
            )
        ),
    ],
    ids=lambda line: line[:40].decode() + str(len(line)),
)
def test_a_wrong_line_of_metrics_is_refused(good, tmp_path, line):
    members = members_of(good)
    name, lines = metrics_of(members)
    message = refusal_of(packed({**members, name: b"".join([*lines, line])}), tmp_path)
    assert name in message


def test_metrics_out_of_order_or_twice_are_refused(good, tmp_path):
    members = members_of(good)
    name, lines = metrics_of(members)
    for wrong in (lines[::-1], [lines[0], *lines]):
        message = refusal_of(packed({**members, name: b"".join(wrong)}), tmp_path)
        assert "out of order, or twice the same" in message


def test_a_note_of_another_run_is_refused(good, tmp_path):
    members = members_of(good)
    name, values = run_of(members)
    values["notes"] = [{"id": ID, "created": 1, "author": "a", "text": "b"}]
    twin = "1k0z76b04hdz36h4"
    first, second = dict(members), {}
    first[name] = json.dumps(values).encode()
    for path in (name, metrics_of(members)[0]):
        second[path.replace(values["id"], twin)] = first[path].replace(
            values["id"].encode(), twin.encode()
        )
    manifest = json.loads(members["manifest.json"])
    manifest["counts"] = {"runs": 2, "metrics": 6, "objects": 2}
    both = {**first, **second, "manifest.json": json.dumps(manifest)}
    registry = Registry(tmp_path / "other")
    with pytest.raises(ArchiveError, match=f"note {ID}"):
        import_archive(registry, Archive(io.BytesIO(packed(both)), "bad.zip"))
    assert registry.runs() == []
    assert not [path for path in (tmp_path / "other" / "objects").rglob("*") if path.is_file()]


def content_of(data):
    """Return all that an import would store."""
    archive = Archive(io.BytesIO(data), "bad.zip")
    runs = {run: (repr(archive.run(run)), repr(list(archive.points(run)))) for run in archive.runs}
    return runs, {sha256: archive.content(sha256) for sha256 in archive.objects}


def is_refused(data):
    try:
        content_of(data)
    except ArchiveError as refusal:
        return str(refusal).isprintable()
    return False


@settings(max_examples=1500)
@given(data=st.data())
def test_any_damage_is_refused_or_changes_nothing_that_is_imported(good, data):
    damaged = bytearray(good)
    match data.draw(st.sampled_from(["flip", "cut", "insert", "swap"])):
        case "flip":
            damaged[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
        case "cut":
            start = data.draw(st.integers(0, len(good) - 1))
            del damaged[start : start + data.draw(st.integers(1, len(good)))]
        case "insert":
            place = data.draw(st.integers(0, len(good)))
            damaged[place:place] = data.draw(st.binary(min_size=1, max_size=30))
        case "swap":
            one, two = sorted(data.draw(st.tuples(*[st.integers(0, len(good) - 1)] * 2)))
            damaged = damaged[two:] + damaged[one:two] + damaged[:one]
    assert is_refused(bytes(damaged)) or content_of(bytes(damaged)) == content_of(good)


def test_any_bit_of_the_directory_that_is_flipped_is_refused_or_changes_nothing(good):
    """There zip files keep names, sizes and places of their members."""
    content = content_of(good)
    for place in range(good.index(b"PK\x01\x02"), len(good)):
        for bit in range(8):
            damaged = bytearray(good)
            damaged[place] ^= 1 << bit
            assert is_refused(bytes(damaged)) or content_of(bytes(damaged)) == content
