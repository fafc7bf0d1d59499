"""`textgen sources`: one file per command or group of commands."""
