"""An index in PostgreSQL with pgvector: written in one transaction, searched by every server at once."""
