"""pip in the environment that textgen runs in, and what that environment then provides.

Both in processes of their own: packages come and go beneath a program that has read them already.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textgen.cli.workspace import tell
from textgen.errors import TextgenError
from textgen.plugins.choice import normal
from textgen.plugins.import_strings import find_module
from textgen.plugins.package_metadata import metadata_folder


def install_packages(
    specs: Sequence[str], *, upgrade: bool, editable: bool, verbose: bool
) -> list[str]:
    """Install what ``specs`` say; return the names of the packages that they mean.

    Args:
        specs: What pip takes.
        upgrade: Whether to take the newest versions there are.
        editable: Whether each is a folder whose code is to be used where it lies.
        verbose: Whether to show what pip says in any case.

    Raises:
        TextgenError: There is no pip here, or it failed.
    """
    words = [word for spec in specs for word in (["--editable", spec] if editable else [spec])]
    words = [*(["--upgrade"] if upgrade else []), *words]
    _require_pip("install", words)
    tell(f"installing {', '.join(specs)} …")
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        _run_pip("install", words, unsaid=["--report", str(report)], verbose=verbose)
        new = json.loads(report.read_text("utf-8"))["install"]
    # Of what is there already, the report says nothing; what is editable is a folder, not a name.
    named = [] if editable else filter(None, map(_name_in, specs))
    names = [*named, *(item["metadata"]["name"] for item in new if item["requested"])]
    return list({normal(name): name for name in names}.values())


def uninstall_packages(packages: Sequence[str], *, verbose: bool) -> None:
    """Uninstall packages.

    Raises:
        TextgenError: There is no pip here, or it failed, or left a package where it is.
    """
    _require_pip("uninstall", packages)
    try:
        _run_pip("uninstall", ["--yes", *packages], verbose=verbose)
    except TextgenError as error:
        folders = ", ".join(str(metadata_folder(item)) for item in _installed(packages))
        raise TextgenError(
            f"{error}. If a package's own metadata are what pip cannot read, delete them: {folders}"
        ) from error
    for package in _installed(packages):
        raise TextgenError(
            f"plugins uninstall: pip left {package.name} where it is, in "
            f"{metadata_folder(package)}, which is no folder of this environment. Uninstall it "
            "with the pip of the one it is in."
        )


def listed_parts() -> list[dict[str, Any]] | None:
    """Return what `textgen plugins list --json` says now; None where it says nothing."""
    command = [sys.executable, "-P", "-m", "textgen", "plugins", "list", "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    try:
        rows: list[dict[str, Any]] | None = json.loads(done.stdout)
    except ValueError:  # it failed, or a plugin has written into its document
        return None
    return rows


def _require_pip(action: str, words: Sequence[str]) -> None:
    if find_module("pip") is None:
        raise TextgenError(
            f"plugins {action}: this environment has no pip. If uv made it, type: "
            + shlex.join(["uv", "pip", action, "--python", sys.executable, *words])
        )


def _run_pip(
    action: str, words: Sequence[str], *, unsaid: Sequence[str] = (), verbose: bool
) -> None:
    """Run pip; what it says reaches stderr where it fails, or with ``verbose`` as it works.

    Args:
        action: ``install`` or ``uninstall``.
        words: What pip shall take in or away, and how.
        unsaid: More words, of no use to whoever repeats this by hand.
        verbose: Whether to show what it says in any case.

    Raises:
        TextgenError: It failed.
    """
    command = [sys.executable, "-m", "pip", action, "--disable-pip-version-check", *words]
    output = sys.stderr.fileno() if verbose else subprocess.PIPE
    done = subprocess.run(
        [*command, *unsaid],
        stdout=output,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        if done.stdout:
            tell(done.stdout.rstrip())
        by_hand = shlex.join(command)
        raise TextgenError(
            f"plugins {action}: pip failed, and says why above. The same by hand: {by_hand}"
        )


def _name_in(spec: str) -> str | None:
    """Return the package that a requirement names; None for a file or address."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(spec).name
    except InvalidRequirement:
        return None


def _installed(packages: Sequence[str]) -> Iterator[Distribution]:
    for package in packages:
        with suppress(PackageNotFoundError):
            yield distribution(package)
