"""Readers: where in the passages the answer stands, and whether there is one."""
