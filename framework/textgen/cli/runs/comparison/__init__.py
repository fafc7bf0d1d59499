"""Runs side by side: what differs, on a terminal, as CSV, as a drawing, and as one HTML page."""
