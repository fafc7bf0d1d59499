"""The schema of the first release, which made its tables without migrations.

Nothing has to be done: registries of this revision exist only where the first release made them.
"""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Do nothing."""
