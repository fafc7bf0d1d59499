r"""The format of an archive of runs, version 1.

An archive is a zip file that any program opens. Its members are stored as they are, none is
compressed: so the same runs give the same bytes wherever they are written, and no member can be
larger than the archive. Whoever wants it smaller compresses the whole file.

    manifest.json                        what is in the archive
    runs/<id>/run.json                   a run: everything recorded of it once
    runs/<id>/metrics.jsonl              its figures, one a line
    objects/sha256/<ab>/<abcdef…>        contents of files, each once, named by their SHA-256

All text is JSON in ASCII, keys in alphabetical order, times in microseconds since 1970-01-01 UTC,
losses in nats per token. A number that JSON lacks is ``{"$float": "nan"}``, ``"inf"`` or
``"-inf"``; a value that is such an object itself is ``{"$float": [value]}``.

``manifest.json`` is an object of

    format     1. A change that an older reader would misunderstand gets another number.
    textgen    the version of textgen that wrote the archive
    counts     how many ``runs``, ``metrics`` (points) and ``objects`` there are
    members    for each other member, by its path: its ``sha256`` and its ``size`` in bytes

``run.json`` holds the run's columns (``id``, ``name``, ``status``, ``created``, ``config``, …) and
these lists:

    sessions   ``number``, ``started``, ``first_step``, ``environment``, ``parts``; by number
    artifacts  ``name``, ``sha256``, ``size``, ``created``; by name
    tags       words, in alphabetical order
    notes      ``id``, ``created``, ``author``, ``text``; by time
    events     ``id``, ``created``, ``author``, ``kind``, ``detail``: what was done to it; by time

A line of ``metrics.jsonl`` is an object of ``name``, ``step``, ``epoch``, ``value`` and ``time``;
by name, then step, and no step of a name comes twice.

Runs come in order of their ids, then objects in order of their hashes, then the manifest. What is
left out: the trash, who trains a run, that it was once imported, and named models, all of which
are the affairs of the one registry. A run that was being trained has the status ``running``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import JSONEncoder
from typing import Any

from textgen_registry.marking import mark

FORMAT = 1

MANIFEST = "manifest.json"
LARGEST_DOCUMENT = 64 << 20  # bytes of a manifest or of a run.json, which are read as a whole
LONGEST_LINE = 1 << 16  # bytes of a line of metrics

_DOCUMENTS = JSONEncoder(sort_keys=True, allow_nan=False, indent=1)
_LINES = JSONEncoder(sort_keys=True, allow_nan=False)

_ID = "[0-9a-hjkmnp-tv-z]{16}"
RUN_MEMBER = re.compile(rf"runs/({_ID})/(?:run\.json|metrics\.jsonl)")
OBJECT_MEMBER = re.compile(r"objects/sha256/([0-9a-f]{2})/(\1[0-9a-f]{62})")


def run_member(run_id: str) -> str:
    """Return the path of what is recorded of a run."""
    return f"runs/{run_id}/run.json"


def metrics_member(run_id: str) -> str:
    """Return the path of a run's figures."""
    return f"runs/{run_id}/metrics.jsonl"


def object_member(sha256: str) -> str:
    """Return the path of the object with that hash."""
    return f"objects/sha256/{sha256[:2]}/{sha256}"


def document(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a manifest or of a run."""
    return f"{_DOCUMENTS.encode(mark(value))}\n".encode("ascii")


def line(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a line of metrics."""
    return f"{_LINES.encode(mark(value))}\n".encode("ascii")
