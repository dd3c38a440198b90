"""Settings come from arguments and the environment, and a misspelt one is an error."""

from __future__ import annotations

import pytest

from assistant.errors import SettingsError
from assistant.settings import load_settings


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


def test_a_value_out_of_range_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="dense_weight"):
        load_settings({"dense_weight": 2})
