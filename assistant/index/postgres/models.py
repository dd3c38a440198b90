"""Exported models kept in the database, so that a server needs nothing else to serve its index."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from assistant.disk import sync
from assistant.index.postgres.connections import Connections
from assistant.index.publishing import writing

PART = 8 << 20  # bytes of a file in one row


def upload(connections: Connections, kind: str, fingerprint: str, folder: Path) -> None:
    """Keeps the files of a folder, unless they are there."""
    with connections.writing() as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('assistant.model'))")
        there = "SELECT 1 FROM assistant.model WHERE (kind, fingerprint) = (%s, %s) LIMIT 1"
        if connection.execute(there, [kind, fingerprint]).fetchone():
            return
        for path in sorted(folder.iterdir()):
            with path.open("rb") as file:
                for part in range(path.stat().st_size // PART + 1):
                    connection.execute(
                        "INSERT INTO assistant.model VALUES (%s, %s, %s, %s, %s)",
                        [kind, fingerprint, path.name, part, file.read(PART)],
                    )


def download(connections: Connections, kind: str, fingerprint: str, target: Path) -> None:
    """Brings the files into the folder `target`, all of them or none; nothing where the database has none."""
    with writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
        try:
            with connections.reading() as connection:
                names = connection.execute(
                    "SELECT name, part FROM assistant.model WHERE (kind, fingerprint) = (%s, %s) ORDER BY name, part",
                    [kind, fingerprint],
                ).fetchall()
                for name, part in names:
                    [content] = connection.execute(
                        "SELECT content FROM assistant.model WHERE (kind, fingerprint, name, part) = (%s, %s, %s, %s)",
                        [kind, fingerprint, name, part],
                    ).fetchone() or (b"",)
                    with (made / Path(name).name).open("ab") as file:
                        file.write(content)
            if names:
                for path in (*made.iterdir(), made):
                    sync(path)
                made.chmod(0o755)
                if target.exists():
                    shutil.rmtree(target)
                made.rename(target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
