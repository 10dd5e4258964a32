"""Estimators with the interface of scikit-learn. Importing this imports scikit-learn."""

from .classifier import MLPClassifier
from .regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
