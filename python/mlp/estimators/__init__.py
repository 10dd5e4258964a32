"""Estimators with the interface of scikit-learn. Importing this imports scikit-learn."""

try:
    from sklearn.utils.validation import validate_data as _since_1_6  # noqa: F401
except ImportError as error:
    raise ImportError("the estimators need scikit-learn 1.6 or newer\nhint: pip install 'scikit-learn>=1.6'") from error

from .classifier import MLPClassifier
from .regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
