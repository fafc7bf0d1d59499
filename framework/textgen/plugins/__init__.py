"""Plugins: which are installed, what each provides, and what becomes of one that fails."""

from textgen.plugins.lookup import Plugins, load_plugins

__all__ = ["Plugins", "load_plugins"]
