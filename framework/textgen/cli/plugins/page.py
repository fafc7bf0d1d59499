"""What `textgen plugins show` prints: a part's or section's options, or a recipe as a file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from textgen.cli.display import print_facts, print_line, print_table, print_toml
from textgen.cli.toml import toml_comment, toml_text
from textgen.errors import command

Shown = Mapping[str, Any]
"""What is known of a part, section or recipe, as ``--json`` gives it."""


def print_shown(item: Shown) -> None:
    """Print a part, a section or a recipe for people."""
    if item["kind"] == "recipe":
        _print_recipe(item)
    elif item["kind"] == "plugin":
        _print_plugin(item)
    else:
        _print_options(item)


def _print_recipe(recipe: Shown) -> None:
    """All but the settings is a comment, so that the whole page is a file for ``--config``."""
    example = toml_comment([f"example: {command('run', '--recipe', recipe['name'])}"])
    parts = [toml_comment(_heading(recipe)), toml_text(recipe["settings"]), example]
    print_toml("\n".join(parts))


def _print_plugin(plugin: Shown) -> None:
    state = f"{plugin['state']}: {plugin['cause']}" if plugin["cause"] else plugin["state"]
    print_line(f"plugin {plugin['name']} of {plugin['package']} {plugin['version']}\n")
    facts = {"state": state, "path": plugin["path"], "hooks": ", ".join(plugin["hooks"])}
    print_facts([*facts.items(), ("provides", ", ".join(plugin["provides"]))])


def _print_options(item: Shown) -> None:
    print_line("\n".join(_heading(item)) + "\n")
    section = _section(item)
    rows = [
        [f"{section}.{row['name']}", row["type"], _default(row), row["unit"], row["help"]]
        for row in item["options"]
    ]
    if rows:
        columns = ["option", "type", "default", "unit", "what it does"]
        print_table(columns, rows, whole=["option"])
    else:
        print_line("no options")
    if item.get("aliases"):
        print_line("\naliases: " + ", ".join(f"{k} = {v}" for k, v in item["aliases"].items()))
    print_line(f"\nexample: {_example(item)}")


def _heading(item: Shown) -> list[str]:
    if item["kind"] == "section":
        return [f"section {item['name']}"]
    return [
        f"{item['kind']} {item['name']}: {item['summary']}",
        f"provided by {item['package']} {item['version']}",
    ]


def _section(item: Shown) -> str:
    """Return where the options are set: in the section itself, or in that of the part's kind."""
    return str(item["name"] if item["kind"] == "section" else item["kind"])


def _default(option: Mapping[str, Any]) -> str:
    """Return an option's default as ``--set`` takes it."""
    value = option["default"]
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _example(item: Shown) -> str:
    section = _section(item)
    words = ["textgen", "run"]
    if item["kind"] != "section":
        words += [f"--{section}", _use(item)]
    for option in item["options"]:
        if option["default"] not in (None, []):
            words += ["--set", f"{section}.{option['name']}={_default(option)}"]
            break
    return shlex.join(words)


def _use(part: Shown) -> str:
    if part["kind"] != "source":
        return str(part["name"])
    return f"{part['name']}:{next(iter(part['aliases']), 'LOCATOR')}"
