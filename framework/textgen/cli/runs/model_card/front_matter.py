"""The front matter of a model card: what programs read of it, as YAML.

Every value is written as JSON on the line of its key, which YAML reads as well, so that no name can
break out of it. The keys are those of model hubs where they mean the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from textgen.cli.texts import on_a_page
from textgen_registry import RunRecord

# Characters that JSON leaves as they are and YAML refuses, or takes for the end of a line.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_METRICS = {
    "bits_per_char": "held-out bits per character",
    "validation_loss": "held-out loss, nats per token",
    "perplexity": "held-out perplexity per token",
}


def front_matter(run: RunRecord) -> str:
    """Return a card's front matter between its two rules."""
    lines = [f"{key}: {_yaml(value)}" for key, value in _entries(run)]
    return "\n".join(["---", *lines, "---", ""])


def _entries(run: RunRecord) -> Iterator[tuple[str, Any]]:
    licence = run.provenance.get("licence") or "unknown"
    if licence == "unknown":
        yield "license", "unknown"
    else:
        yield "license", "other"
        yield "license_name", licence
    yield "library_name", "textgen"
    yield "pipeline_tag", "text-generation"
    yield "tags", list(dict.fromkeys(["textgen", "text-generation", run.model, *run.tags]))
    yield "model_name", run.name
    yield "run_id", run.id
    yield "model-index", [{"name": run.name, "results": list(_results(run))}]


def _results(run: RunRecord) -> Iterator[dict[str, Any]]:
    """Yield the one result that hubs know of: the held-out figures, if there are any."""
    metrics = [
        {"type": key, "name": name, "value": run.summary[key]}
        for key, name in _METRICS.items()
        if _is_figure(run.summary.get(key))
    ]
    if metrics:
        dataset = {
            "name": run.provenance.get("title") or run.source,
            "type": run.source,
            "split": "held-out end of the text",
        }
        task = {"type": "text-generation", "name": "Text generation"}
        yield {"task": task, "dataset": dataset, "metrics": metrics}


def _is_figure(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


def _yaml(value: Any) -> str:
    text = json.dumps(_shown(value), ensure_ascii=False, allow_nan=False)
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _shown(value: Any) -> Any:
    """Return nested values with all their text made visible."""
    if isinstance(value, Mapping):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return on_a_page(value) if isinstance(value, str) else value
