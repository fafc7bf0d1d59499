"""Which plugins are installed, read from packages' metadata; malformed ones hide no others.

Imports no plugin, and knows nothing of what one is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points

from textgen.plugins.choice import normal
from textgen.plugins.package_metadata import OURSELVES, identity

GROUP = "textgen"


def installed_points() -> list[EntryPoint]:
    """Return the entry points of all installed plugins, also of those that are malformed.

    The built-in parts come first, so that nobody takes their place; the others by name.
    """
    try:
        points = list(entry_points(group=GROUP))
    except Exception:  # one package's malformed file, whatever it is about, hides all the others
        points = list(_points_one_by_one())
    return sorted(points, key=_place)


def _place(point: EntryPoint) -> tuple[bool, str, str]:
    package = "" if point.dist is None else normal(identity(point.dist)[0])
    return package != OURSELVES, package, point.name


def _points_one_by_one() -> Iterator[EntryPoint]:
    """Yield what can be read of every package, and for a plugin's that cannot, what was there."""
    seen: set[str] = set()
    for dist in distributions():
        package, _ = identity(dist)
        if normal(package) in seen - {"unknown"}:
            continue
        seen.add(normal(package))
        try:
            yield from dist.entry_points.select(group=GROUP)
        except UnicodeDecodeError:
            continue  # whose entry points they are cannot be told
        except Exception:
            yield from _malformed(dist, package)


def _malformed(dist: Distribution, package: str) -> Iterator[EntryPoint]:
    _, is_plugin, rest = (dist.read_text("entry_points.txt") or "").partition(f"[{GROUP}]")
    if is_plugin:
        point = EntryPoint(package, f"[{GROUP}] {' '.join(rest.split())}", GROUP)
        yield point._for(dist)  # type: ignore[attr-defined] # as Distribution itself does
