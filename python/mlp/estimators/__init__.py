"""Estimators with the interface of scikit-learn. Importing this imports scikit-learn."""

try:
    from sklearn.utils.validation import validate_data
except ImportError as error:
    raise ImportError("the estimators need scikit-learn 1.6 or newer\nhint: pip install 'scikit-learn>=1.6'") from error
del validate_data  # it is there, which is all that was asked

from .classifier import MLPClassifier  # noqa: E402
from .regressor import MLPRegressor  # noqa: E402

__all__ = ["MLPClassifier", "MLPRegressor"]
