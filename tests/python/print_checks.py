"""Prints the outcome of each of scikit-learn's checks for the estimators, as a table in Markdown.

    python tests/python/print_checks.py > docs/python_checks.md
"""

import warnings

import sklearn
from sklearn.utils.estimator_checks import check_estimator

from mlp import MLPClassifier, MLPRegressor

ESTIMATORS = (MLPClassifier, MLPRegressor)


def results_of(estimator):
    """[(check, "passed", "skipped" or "failed: why")], in scikit-learn's order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator(), on_fail=None, on_skip=None)
    return [(result["check_name"], result["status"] if result["status"] != "failed" else f"failed: {result['exception']}")
            for result in results]


def table():
    outcomes = {estimator: results_of(estimator) for estimator in ESTIMATORS}
    checks = list(dict.fromkeys(check for results in outcomes.values() for check, _ in results))
    lines = ["| check | " + " | ".join(estimator.__name__ for estimator in ESTIMATORS) + " |",
             "|---|" + "---|" * len(ESTIMATORS)]
    for check in checks:  # a check may be made several times, in variants
        cells = [", ".join(outcome for name, outcome in outcomes[estimator] if name == check) or "-"
                 for estimator in ESTIMATORS]
        lines.append(f"| {check} | " + " | ".join(cells) + " |")
    for estimator in ESTIMATORS:
        counts = [outcome.split(":")[0] for _, outcome in outcomes[estimator]]
        lines.append("")
        lines.append(f"{estimator.__name__}: {counts.count('passed')} passed, {counts.count('skipped')} skipped, "
                     f"{counts.count('failed')} failed, of {len(counts)}.")
    return "\n".join(lines)


if __name__ == "__main__":
    print("# scikit-learn's checks of the estimators\n")
    print(f"`check_estimator` of scikit-learn {sklearn.__version__} on `MLPClassifier()` and `MLPRegressor()`, with no")
    print("expected failures. Skipped is what scikit-learn itself leaves out: the array API is off unless SCIPY_ARRAY_API")
    print("is set, and there is no decision_function. Written by tests/python/print_checks.py.\n")
    print(table())
