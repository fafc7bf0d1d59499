"""The same tokenizer in another process, where Python's hashes of text are other ones.

Run as a module, it is that process: it reads what to do from stdin and prints ids as its last
line, both in JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pkgutil import resolve_name
from typing import Any

from textgen.testing.rules import NotApplicable, require
from textgen.testing.subjects import Subject


def ids_elsewhere(subject: Subject, chunks: Sequence[str], *, hash_seed: int) -> list[int]:
    """Have a tokenizer learn and encode a text, given in chunks, in a process of its own.

    Raises:
        BrokenRule: It fails there.
        NotApplicable: Its code is in no module that another process could import.
    """
    options = type(subject.options)
    places = {
        "factory": subject.provided.component.factory,
        "options": f"{options.__module__}:{options.__qualname__}",
    }
    if not all(map(_can_be_imported, places.values())):
        raise NotApplicable("its code is in no module that another process could import")
    task = {
        **places,
        "path": sys.path,
        "values": subject.options.model_dump(mode="json"),
        "chunks": chunks,
    }
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(task),
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        encoding="utf-8",
    )
    last = (done.stderr.strip().splitlines() or [""])[-1]
    require(done.returncode == 0, f"in another process it fails: {last}")
    ids: list[int] = json.loads(done.stdout.splitlines()[-1])
    return ids


def _can_be_imported(place: str) -> bool:
    module, _, name = place.partition(":")
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return spec is not None and "<locals>" not in name


def _encoded(task: dict[str, Any]) -> list[int]:
    sys.path[:] = task["path"]
    options = resolve_name(task["options"])(**task["values"])
    tokenizer = resolve_name(task["factory"])(options)
    tokenizer.learn(task["chunks"])
    ids: list[int] = tokenizer.encode("".join(task["chunks"])).tolist()
    return ids


if __name__ == "__main__":
    print(json.dumps(_encoded(json.load(sys.stdin))))
