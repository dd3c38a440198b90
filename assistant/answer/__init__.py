"""The way from a question to an answer: retrieve, rank, read, select, calibrate, cite."""
