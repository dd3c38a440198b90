"""The promise of generated sentences bounds what was measured."""

from __future__ import annotations

import subprocess
import sys

from scipy.stats import beta

from assistant.generate.promise import Checked


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    for missed in (0, 1, 21, 100):
        made = Checked(400, missed, 400, 370, 41)
        assert abs(made.upper_bound - beta.ppf(0.95, missed + 1, 400 - missed)) < 1e-9
    assert (
        "lets 5.2% through (below 7.5% with 95% confidence), and it keeps 92% of"
        in Checked(400, 21, 400, 370, 41).statement()
    )


def test_serving_without_a_model_loads_nothing_of_its_client() -> None:
    code = (
        "import assistant, assistant.cli, assistant.server, assistant.phrasing, assistant.compose, sys; "
        "from assistant.settings import Settings; assistant.phrasing.modes(Settings()); "
        "print(sorted({'openai', 'text_to_num', 'scipy', 'assistant.generate.endpoint'} & sys.modules.keys()))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
