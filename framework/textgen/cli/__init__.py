"""The command line: one file per command or group; each parses, calls and prints.

Modules here import only Typer and the standard library at the top: torch, the registry's database
and the plugins are imported inside the functions that need them, so that help is quick.
"""
