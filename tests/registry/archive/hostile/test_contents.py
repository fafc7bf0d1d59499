"""Manifests, runs and figures that no export writes are refused, in one clear line."""

from __future__ import annotations

import io
import json

import pytest

from textgen.errors import ArchiveError
from textgen_registry import Registry
from textgen_registry.archive import Archive, import_archive

ID = "1k0z76b04hdz36h3"


def test_a_newer_format_is_refused_naming_both_versions(good, members_of, zipped, refusal_of):
    members = members_of(good)
    manifest = {**json.loads(members["manifest.json"]), "format": 7, "new": []}
    members |= {"manifest.json": json.dumps(manifest), "models/new.json": b"{}"}
    message = refusal_of(zipped(members))
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
def test_a_manifest_of_another_kind_is_refused(good, manifest, members_of, zipped, refusal_of):
    assert "manifest.json" in refusal_of(zipped({**members_of(good), "manifest.json": manifest}))


def test_members_that_are_missing_unknown_or_damaged_are_refused(
    good, members_of, packed, zipped, refusal_of
):
    members = members_of(good)
    for name in members.keys() - {"manifest.json"}:
        rest = {other: data for other, data in members.items() if other != name}
        assert f"lacks the member {name!r}" in refusal_of(zipped(rest))
        assert "lacks the member" in refusal_of(packed(rest))
        other = bytes([members[name][0] ^ 1]) + members[name][1:]
        message = refusal_of(zipped({**members, name: other}))
        assert f"{name} is damaged" in message or f"{name}, line 1 is not JSON" in message
    stranger = f"objects/sha256/ab/ab{'c' * 62}"
    assert f"does not know its member {stranger}" in refusal_of(zipped({**members, stranger: b""}))
    assert f"no run of it has the file ab{'c' * 62}" in refusal_of(
        packed({**members, stranger: b""})
    )


@pytest.mark.parametrize("what", ["runs", "metrics", "objects"])
def test_counts_that_are_not_so_are_refused(good, what, members_of, packed, refusal_of):
    members = members_of(good)
    manifest = json.loads(members["manifest.json"])
    manifest["counts"][what] += 1
    data = packed({**members, "manifest.json": json.dumps(manifest)})
    assert f"tells of {manifest['counts'][what]} {what}" in refusal_of(data)


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
def test_a_run_with_a_wrong_value_is_refused(good, changed, members_of, packed, refusal_of, run_of):
    members = members_of(good)
    name, values = run_of(members)
    members[name] = json.dumps({**values, **changed}).encode()
    message = refusal_of(packed(members))
    assert f": {name}" in message or "it lacks the member objects/" in message


def test_a_run_that_lacks_a_field_is_refused(good, members_of, packed, refusal_of, run_of):
    members = members_of(good)
    name, values = run_of(members)
    for key in values:
        rest = {other: value for other, value in values.items() if other != key}
        message = refusal_of(packed({**members, name: json.dumps(rest).encode()}))
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
def test_a_wrong_line_of_metrics_is_refused(good, line, members_of, packed, refusal_of, metrics_of):
    members = members_of(good)
    name, lines = metrics_of(members)
    message = refusal_of(packed({**members, name: b"".join([*lines, line])}))
    assert name in message


def test_metrics_out_of_order_or_twice_are_refused(
    good, members_of, packed, refusal_of, metrics_of
):
    members = members_of(good)
    name, lines = metrics_of(members)
    for wrong in (lines[::-1], [lines[0], *lines]):
        message = refusal_of(packed({**members, name: b"".join(wrong)}))
        assert "out of order, or twice the same" in message


def test_a_note_of_another_run_is_refused(good, tmp_path, members_of, packed, run_of, metrics_of):
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
