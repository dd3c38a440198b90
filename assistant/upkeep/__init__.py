"""The commands that look after a corpus: lint, coverage, diff."""
