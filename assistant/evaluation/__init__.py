"""How good answers are: graded against what is expected, measured, and fitted to."""
