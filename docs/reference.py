"""Writes the reference of docs/plugins.md from the code: `make docs`.

Hooks are shown as headings and prose; of classes and functions, the source without bodies. A hook
is as old as the contract unless its docstring says ``Since VERSION.``
"""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import textgen
from textgen import hookspecs

PAGE = Path(__file__).with_name("plugins.md")
BEGIN, END = "<!-- reference: begin -->", "<!-- reference: end -->"
GROUPS = {
    "What a plugin announces": ["Component", "Options", "option", "Recipe", "KnownPart"],
    "Sources": [
        *("Corpus", "DocumentStart", "Provenance", "Cut"),
        *(
            "corpus_from_text",
            "corpus_from_chunks",
            "join_documents",
            "sha256_of_documents",
            "utf8_of",
        ),
        *("Shelf", "ShelfItem", "CatalogueEntry", "Fetched"),
    ],
    "Tokenizers": ["Tokenizer"],
    "Models": ["Model", "SelfFitting", "StepDecoder"],
    "Samplers": ["Sampler", "Decoder", "TokenChooser"],
    "Events": [
        *("RunStarted", "Plan", "Progress", "Metrics", "Checkpoint"),
        *("SampleWritten", "RunFinished"),
    ],
}

Function = ast.FunctionDef


def page(text: str) -> str:
    """Return the page ``text`` with its reference written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_reference()}\n{END}{after}"


def _reference() -> str:
    parts = ["### Hooks\n", *_hooks()]
    for group, names in GROUPS.items():
        code = "\n\n\n".join(_outline(name) for name in names)
        parts.append(f"### {group}\n\n```python\n{code}\n```\n")
    return "\n".join(parts)


def _hooks() -> Iterator[str]:
    """Yield each hook of the contract: its signature, its age, its docstring."""
    for node in ast.parse(inspect.getsource(hookspecs)).body:
        if isinstance(node, Function):
            doc = ast.get_docstring(node) or ""
            since = re.search(r"Since (\d+\.\d+)\.", doc)
            returned = ast.unparse(node.returns or ast.Constant(None))
            signature = f"{node.name}({ast.unparse(node.args)}) -> {returned}"
            age = f"Since {since[1] if since else '1.0'}."
            told = re.sub(r"\s*Since \d+\.\d+\.", "", doc).replace("``", "`")
            yield f"#### `{signature}`\n\n{told}\n\n{age}\n"


def _outline(name: str) -> str:
    """Return the source of a public class or function, without bodies."""
    source = inspect.getsource(import_module(f"textgen.{textgen._HOMES[name]}"))
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return "\n".join(_class_lines(node, lines))
        if isinstance(node, Function) and node.name == name:
            return "\n".join(lines[node.lineno - 1 : node.body[0].end_lineno])
    raise LookupError(f"textgen.{name} is neither a class nor a function")


def _class_lines(node: ast.ClassDef, lines: list[str]) -> Iterator[str]:
    """Yield a class's lines: its docstring, its fields, the heads of what can be called."""
    yield from lines[node.lineno - 1 : node.body[0].end_lineno]
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    if fields:
        yield ""
    for field in fields:
        yield from lines[field.lineno - 1 : field.end_lineno]
    for method in filter(_is_shown, node.body):
        assert isinstance(method, Function)
        first = min([method.lineno, *(decorator.lineno for decorator in method.decorator_list)])
        yield from ["", *lines[first - 1 : method.body[0].end_lineno]]


def _is_shown(method: ast.stmt) -> bool:
    """Return whether this is a public method that says what it is for."""
    if not isinstance(method, Function):
        return False
    is_public = not method.name.startswith("_") or method.name in {"__init__", "__call__"}
    return is_public and ast.get_docstring(method) is not None


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
