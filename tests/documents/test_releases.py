from __future__ import annotations

import pytest

from assistant.documents.releases import names_release


@pytest.mark.parametrize("title", [
    "Version 2.3.1 (2024-05-02)", "2.3.0 - 2024-03-11", "[1.0.0] - 2017-06-20", "v2.0.0-beta.1 (May 2, 2024)",
    "Release 24.04", "Version 3", "Version 3 \u2013 2 May 2024", "Acme 2.1.0 / 2020-01-02", "2.3.1 (LTS)", "v1.9.0",
    "2024-05-02", "May 2024", "1998",
])  # fmt: skip
def test_a_version_and_a_date_name_a_release(title: str) -> None:
    assert names_release(title)


@pytest.mark.parametrize("title", [
    "2.3 Payment terms", "3. Scope", "Price: 40 EUR", "Version 4 of the policy", "Room 2.14", "May", "", "5" * 200,
])  # fmt: skip
def test_a_numbered_heading_and_a_value_name_none(title: str) -> None:
    assert not names_release(title)
