"""Answers for a file of questions: a table in, the same table with an answer beside each question out."""
