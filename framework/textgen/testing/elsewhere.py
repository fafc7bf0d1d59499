"""The same tokenizer in another process, where Python's hashes of text are other ones.

Run as a module, it is that process: it reads what to do from stdin and prints ids as its last
line, both in JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from textgen.components import Component
from textgen.testing.rules import NotApplicable, require
from textgen.testing.subjects import Subject


def ids_elsewhere(subject: Subject, text: str, *, hash_seed: int) -> list[int]:
    """Have a tokenizer learn and encode ``text`` in a process of its own.

    Raises:
        BrokenRule: It fails there.
        NotApplicable: Its code is in no file that another process could import.
    """
    factory = subject.provided.component.factory
    if getattr(sys.modules.get(factory.partition(":")[0]), "__spec__", None) is None:
        raise NotApplicable("its code is in no module that another process could import")
    options = type(subject.options)
    task = {
        "path": sys.path,
        "factory": factory,
        "options": f"{options.__module__}:{options.__qualname__}",
        "values": subject.options.model_dump(mode="json"),
        "text": text,
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


def _encoded(task: dict[str, Any]) -> list[int]:
    sys.path[:] = task["path"]
    options = Component("options", "its options", task["options"]).load()
    tokenizer = Component("tokenizer", "itself", task["factory"]).load()(options(**task["values"]))
    tokenizer.learn([task["text"]])
    ids: list[int] = tokenizer.encode(task["text"]).tolist()
    return ids


if __name__ == "__main__":
    print(json.dumps(_encoded(json.load(sys.stdin))))
