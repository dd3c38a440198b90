"""All that can be set, each with its default, its range and what it does."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"


class Settings(BaseModel):
    """What a person can set, by an argument of a command or by a variable of the environment, `ASSISTANT_…`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus: Path = Field(Path("corpus"), description="The folder of the documents.")
    index: Path = Field(Path("index"), description="The folder of the built indexes.")
    encoder: str = Field(
        "sentence-transformers/all-MiniLM-L6-v2",
        min_length=1,
        description="The sentence-transformers model: a name in the local cache, or the path of its folder.",
    )
    chunk_tokens: int = Field(
        200, ge=32, le=2000, description="The tokens of a passage, its title and section path included, at most."
    )
    dense_weight: float = Field(
        0.5, ge=0, le=1, description="How much meaning counts against words in a search: 1 is meaning alone."
    )
    word_weight: float = Field(
        0.5, ge=0, le=1, description="How much shared words count against meaning when lines are read."
    )
    search_passages: int = Field(12, ge=1, le=100, description="The passages whose lines are compared for an answer.")
    reader: str = Field(
        "shipped",
        min_length=1,
        description="What reads question and passage together: shipped, none, or an extractive question-answering "
        "model of transformers, by its name in the local cache or the path of its folder.",
    )
    read_passages: int = Field(4, ge=1, le=100, description="The passages that the reader reads, at most.")
    max_false_answer_rate: float = Field(
        0.10,
        ge=0,
        le=1,
        description="The share of questions without an answer that may be answered; 1 answers all that it can.",
    )
    calibration: Path | None = Field(
        None, description="A file that `assistant calibrate` wrote, to be used instead of the one that ships."
    )
    threads: int = Field(0, ge=0, le=256, description="The threads that encode one text; 0 takes one a core.")
    host: str = Field("127.0.0.1", min_length=1, description="The address that the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port that the server listens on; 0 takes a free one.")
    log_questions: bool = Field(False, description="Whether the log holds the text of questions.")
    records: Path | None = Field(
        None,
        description="A SQLite file that keeps what was asked and how it was voted on; without one, nothing is kept. "
        "Questions can be personal data.",
    )
    records_days: int = Field(30, ge=1, le=3650, description="The days after which what is kept is deleted.")
    admin_key: SecretStr | None = Field(
        None,
        description="The key to the page /admin, of 16 characters or more without white space; without one there is no "
        "such page.",
    )

    @field_validator("admin_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not re.fullmatch(r"\S{16,}", key.get_secret_value()):
            raise ValueError("should have at least 16 characters and no white space")
        return key


def load_settings(given: Mapping[str, object] | None = None) -> Settings:
    """The settings from the environment, and over them those that are given. Raises SettingsError."""
    from_environment = {
        name.upper().removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.upper().startswith(PREFIX) and value
    }
    unknown = sorted(from_environment.keys() - Settings.model_fields.keys())
    if unknown:
        raise SettingsError(
            f"no setting {', '.join(PREFIX + name.upper() for name in unknown)}: run `assistant config` to see all, "
            f"or unset the variable"
        )
    chosen = {name: value for name, value in (given or {}).items() if value is not None}
    try:
        return Settings.model_validate({**from_environment, **chosen})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{problems}; run `assistant config` to see what each setting takes") from error
