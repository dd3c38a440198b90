"""A question taken apart: what it asks for, in which words, and how it would be asked alone."""
