"""All that can be set, each with its default, its range and what it does."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from assistant.errors import SettingsError
from assistant.types import Mode

PREFIX = "ASSISTANT_"
_SWITCHED_ON = 600  # the rate limit, where one is wanted and no number is said
_PORTS = {"http": "80", "https": "443"}


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _switched(value: object) -> object:
    switch = value.strip().lower() if isinstance(value, str) else value
    if switch is True or switch in ("on", "true", "yes"):
        return _SWITCHED_ON
    return 0 if switch is False or switch in ("off", "false", "no") else value


def _origin(value: str) -> str:
    """An origin as browsers send it: in lower case, without the port that its scheme has anyway."""
    match = re.fullmatch(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?", value.lower())
    if value == "*":
        return value
    if match is None:
        raise ValueError("should be the scheme and host of a site, such as https://example.org, or *")
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" + (f":{port}" if port and port != _PORTS[scheme] else "")


def _network(value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError as error:
        raise ValueError("should be an address or a network, such as 10.0.0.0/8") from error


_Origin = Annotated[str, AfterValidator(_origin)]
_Network = Annotated[str, AfterValidator(_network)]


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
    read_passages: int = Field(5, ge=1, le=100, description="The passages that the reader reads, at most.")
    max_false_answer_rate: float = Field(
        0.10,
        ge=0,
        le=1,
        description="The share of questions without an answer that may be answered; 1 answers all that it can.",
    )
    calibration: Path | None = Field(
        None, description="A file that `assistant calibrate` wrote, to be used instead of the one that ships."
    )
    mode: Mode = Field(
        "extractive",
        description="How a question is answered that does not say: extractive, in the documents' own words, or "
        "generative, in those of a language model as far as they pass the check.",
    )
    llm_url: str = Field(
        "",
        max_length=1000,
        description="The address of an OpenAI-compatible API, up to its /v1, such as http://127.0.0.1:8080/v1; without "
        "one, no language model is asked.",
    )
    llm_model: str = Field("", max_length=300, description="The name of the language model there.")
    llm_key: SecretStr | None = Field(None, description="The key to that API, where it takes one.")
    llm_timeout: float = Field(
        20, gt=0, le=600, description="The seconds that a language model may take, all attempts together."
    )
    llm_max_tokens: int = Field(400, ge=16, le=8000, description="The tokens that a language model may write.")
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
    handoff: str = Field(
        "",
        max_length=300,
        description="Where a person can be asked, told with a refusal: a sentence that may hold an e-mail address or a "
        "link.",
    )
    admin_key: SecretStr | None = Field(
        None,
        description="The key to the page /admin, of 16 characters or more without white space; without one there is no "
        "such page.",
    )
    allowed_origins: Annotated[tuple[_Origin, ...], BeforeValidator(_listed)] = Field(
        (),
        description="The sites whose pages may ask, load the widget and frame the page at /, comma separated, such as "
        "https://example.org; * is every site, none is this server's own pages alone.",
    )
    rate_limit: Annotated[int, BeforeValidator(_switched)] = Field(
        0, ge=0, le=1_000_000, description="The requests a minute of one client; 0 is any number, `on` is 600."
    )
    trusted_proxies: Annotated[tuple[_Network, ...], BeforeValidator(_listed)] = Field(
        (),
        description="The proxies, by address or network, comma separated, whose X-Forwarded headers tell client, "
        "scheme and host.",
    )
    max_concurrent: int = Field(0, ge=0, le=256, description="The questions worked on at once; 0 is one a core.")
    max_queue: int = Field(64, ge=0, le=100_000, description="The questions that wait beside; more are turned away.")
    request_timeout: float = Field(
        30, gt=0, le=3600, description="The seconds that a question may wait and take, together."
    )

    @field_validator("llm_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[^\s/@?#]+(?:/[^\s@?#]*)?", url):
            raise ValueError("should be like http://127.0.0.1:8080/v1: http or https, and no user, query or fragment")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _whole_model(self) -> Settings:
        if self.llm_url and not self.llm_model:
            raise ValueError("llm_url needs a model: set ASSISTANT_LLM_MODEL to its name there")
        if self.mode == "generative" and not self.llm_url:
            raise ValueError(
                "the mode generative needs a language model: set ASSISTANT_LLM_URL and ASSISTANT_LLM_MODEL"
            )
        return self

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
