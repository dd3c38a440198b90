"""Settings come from arguments and the environment, and a misspelt one is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import DatabaseUrl, Settings, load_settings


def test_arguments_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PORT", "9000")
    monkeypatch.setenv("ASSISTANT_HOST", "::1")
    settings = load_settings({"port": 9001, "corpus": None})
    assert (settings.port, settings.host, str(settings.corpus)) == (9001, "::1", "corpus")


def test_a_misspelt_variable_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PROT", "9000")
    with pytest.raises(SettingsError, match="no setting ASSISTANT_PROT: did you mean ASSISTANT_PORT"):
        load_settings()


def test_a_variable_like_no_setting_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_ZEBRA", "9000")
    with pytest.raises(SettingsError, match="no setting ASSISTANT_ZEBRA: run `assistant config`"):
        load_settings()


def test_the_address_of_a_database_is_shown_without_its_password_and_kept_whole() -> None:
    for address, shown in (
        ("postgresql://reader:s3cr:t@db.example.org:5432/docs", "postgresql://reader:…@db.example.org:5432/docs"),
        (
            "postgres://db/docs?user=a&password=s3cret&sslmode=verify-full",
            "postgres://db/docs?user=a&password=…&sslmode=verify-full",
        ),
        ("postgresql:///docs?host=/run/postgresql", "postgresql:///docs?host=/run/postgresql"),
    ):
        settings = load_settings({"index": address})
        assert str(settings.index) == shown and "s3cr" not in repr(settings)
        again = Settings.model_validate_json(settings.model_dump_json())
        assert isinstance(again.index, DatabaseUrl) and again.index.value == address


def test_a_folder_stays_one_whatever_it_is_called() -> None:
    for name in ("index", "postgresql", "postgresql:/x"):
        assert load_settings({"index": name}).index == Path(name)


def test_a_value_out_of_range_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="dense_weight"):
        load_settings({"dense_weight": 2})
