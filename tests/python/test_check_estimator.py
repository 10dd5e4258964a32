"""All of scikit-learn's checks of an estimator, on the estimators as they are by default. None may fail.

docs/python_checks.md lists them: tests/python/print_checks.py writes it.
"""

import pytest

pytest.importorskip("sklearn", minversion="1.6")

from print_checks import ESTIMATORS, results_of  # noqa: E402

# What scikit-learn leaves out by itself: the array API is not switched on, and there is no decision_function.
SKIPPED = {"check_array_api_input", "check_classifiers_multilabel_output_format_decision_function"}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: estimator.__name__)
def test_every_check_passes(estimator):
    results = results_of(estimator)
    failed = {name: outcome for name, outcome in results if outcome not in ("passed", "skipped")}
    assert not failed
    assert {name for name, outcome in results if outcome == "skipped"} <= SKIPPED
    assert len(results) >= 55  # scikit-learn 1.6 has 58 for a classifier; fewer would mean that some were not yielded
