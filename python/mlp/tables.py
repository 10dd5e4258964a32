"""Tables of pandas, polars and Arrow as the library's :class:`mlp.Table`.

Numbers and booleans are handed over as the arrays they are, without a copy where the table has one; texts and categories as
the number of each cell's category. Missing cells stay missing.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import numbers
from typing import Any, Sequence

import numpy as np

from mlp import _core

__all__ = ["Column", "Columns", "columns_of", "is_table", "table_of"]

#: An array of numbers or booleans; or (codes int32, -1 missing; categories).
Column = Any


def is_table(data: Any) -> bool:
    """Whether ``data`` is a table with named columns: of pandas, polars, Arrow or with an interface to them."""
    if type(data) is np.ndarray or not (hasattr(data, "columns") or hasattr(data, "column_names")
                                        or hasattr(data, "__dataframe__")):
        return False
    return _is_from(data, "pandas") or hasattr(data, "__dataframe__") or hasattr(data, "__arrow_c_stream__")


def table_of(data: Any, *, types: Sequence[Any] | None = None) -> _core.Table:
    """``data`` as a table; matched to ``types``, the columns that a model knows, where they are given.

    Parameters
    ----------
    data : pandas.DataFrame, polars.DataFrame, pyarrow.Table, ...
        Anything for which :func:`is_table` holds.
    types : sequence of mlp.ColumnType, optional
        Such as ``model.input_types``.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlp.tables import table_of
    >>> table = table_of(pd.DataFrame({"weight": [3504, 2130], "origin": ["USA", None]}))
    >>> table.rows, table.names
    (2, ['weight', 'origin'])
    """
    columns = columns_of(data)
    if types is not None:
        return _core.Table.from_columns(columns.names, columns.cells, types=types)
    return _core.Table.from_columns(columns.names, columns.cells, categorical=columns.categorical)


@dataclasses.dataclass(frozen=True)
class Columns:
    """A table, column by column."""

    names: list[str]
    cells: list[Column]
    categorical: list[str]  # the names of those that are categories by their type, numbers or not

    @property
    def needs_encoding(self) -> bool:
        """Whether some are no numbers, or have missing cells."""
        return any(isinstance(column, tuple) or (column.dtype.kind == "f" and np.isnan(column).any())
                   for column in self.cells)


def columns_of(data: Any) -> Columns:
    """The columns of anything for which :func:`is_table` holds.

    Raises
    ------
    TypeError
        For a column of dates, complex numbers, lists and the like; the message says what to do.
    """
    if _is_from(data, "pandas"):
        pairs = [(str(name), data.iloc[:, index]) for index, name in enumerate(data.columns)]
        read = _pandas_column
    elif _is_from(data, "polars"):
        pairs, read = [(name, data[name]) for name in data.columns], _polars_column
    else:
        arrow = _arrow_table(data)
        pairs, read = list(zip(arrow.column_names, arrow.columns)), _arrow_column
    columns, categorical = [], []
    for name, cells in pairs:
        column, is_category = read(name, cells)
        columns.append(column)
        if is_category:
            categorical.append(name)
    return Columns([name for name, _ in pairs], columns, categorical)


def _is_from(data: Any, package: str) -> bool:
    return any(base.__module__.partition(".")[0] == package for base in type(data).__mro__)


def _no_column(name: str, what: str, hint: str) -> TypeError:
    return TypeError(f"column '{name}' holds {what}, which no network can take as they are\nhint: {hint}")


def _dates(name: str) -> TypeError:
    return _no_column(name, "dates or times", "say what of them counts: columns of the year, the month, the weekday, or the "
                      "days since some day; or leave the column out")


def _category_text(category: Any) -> str:
    """As a CSV file would have it: 4 and 4.0 are the same category."""
    if isinstance(category, numbers.Real) and not isinstance(category, numbers.Integral) and float(category).is_integer():
        category = int(category)
    return str(category)


def _coded(codes: Any, categories: Any) -> Column:
    return np.asarray(codes, dtype=np.int32), [_category_text(category) for category in categories]


def _coded_booleans(values: Any, missing: Any) -> Column:
    """Booleans of which some are missing."""
    return np.where(missing, -1, np.where(missing, False, values).astype(bool)).astype(np.int32), ["False", "True"]


def _pandas_column(name: str, series: Any) -> tuple[Column, bool]:
    import pandas

    dtype = series.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        return _coded(series.cat.codes, series.cat.categories), True
    if isinstance(dtype, pandas.SparseDtype):
        series = series.sparse.to_dense()
        dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    if kind in "iuf":
        if isinstance(dtype, np.dtype) or not series.hasnans:
            return series.to_numpy(dtype=None if isinstance(dtype, np.dtype) else dtype.numpy_dtype), False
        return series.to_numpy(dtype=np.float64, na_value=np.nan), False
    if kind == "b":
        if not series.hasnans:
            return series.to_numpy(dtype=bool), False
        return _coded_booleans(series.to_numpy(dtype=object), series.isna().to_numpy()), False
    return _object_column(name, series.to_numpy(dtype=object)), False


def _object_column(name: str, values: np.ndarray) -> Column:
    """Python objects: texts, most often."""
    import pandas

    found = pandas.api.types.infer_dtype(values, skipna=True)
    if found in ("integer", "floating", "mixed-integer-float", "decimal", "empty"):
        missing = pandas.isna(values)
        return np.where(missing, np.nan, values).astype(np.float64)
    if found == "boolean":
        return _coded_booleans(values, pandas.isna(values))
    if found in ("datetime64", "datetime", "date", "timedelta64", "timedelta", "time", "period"):
        raise _dates(name)
    codes, categories = pandas.factorize(values) if found == "string" else _factorized_mixture(name, values)
    return _coded(codes, categories)


def _factorized_mixture(name: str, values: np.ndarray) -> tuple[np.ndarray, list[Any]]:
    """Texts and numbers in one column: each is its text."""
    import pandas

    known = (str, numbers.Real, decimal.Decimal, bool, np.bool_)
    missing = pandas.isna(values)
    for value in values[~missing]:
        if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
            raise _dates(name)
        if not isinstance(value, known):
            raise _no_column(name, f"values of type {type(value).__name__}",
                             "make numbers or texts of them, or leave the column out")
    texts = np.array([None if gone else _category_text(value) for value, gone in zip(values, missing)], dtype=object)
    return pandas.factorize(texts)


def _polars_column(name: str, series: Any) -> tuple[Column, bool]:
    import polars

    dtype = series.dtype
    if dtype.is_temporal():
        raise _dates(name)
    if dtype == polars.Null:
        return np.full(len(series), np.nan), False
    if dtype.is_numeric():
        if series.null_count() or dtype.is_decimal():
            series = series.cast(polars.Float64)
        return series.to_numpy(), False
    if dtype == polars.Boolean:
        if not series.null_count():
            return series.to_numpy(), False
        return _coded_booleans(series.fill_null(False).to_numpy(), series.is_null().to_numpy()), False
    is_category = dtype in (polars.Categorical, polars.Enum)
    if is_category:
        series = series.cast(polars.String)
    elif dtype != polars.String:
        raise _no_column(name, f"values of type {dtype}", "make numbers or texts of them, or leave the column out")
    categories = series.drop_nulls().unique(maintain_order=True)
    codes = series.replace_strict(categories, range(len(categories)), default=None, return_dtype=polars.Int32)
    return _coded(codes.fill_null(-1).to_numpy(), categories.to_list()), is_category


def _arrow_table(data: Any) -> Any:
    try:
        import pyarrow
        import pyarrow.interchange
    except ImportError as error:
        raise TypeError(f"a table of type {type(data).__name__} is read by the package pyarrow\n"
                        "hint: install it, or make a DataFrame of pandas or polars of the table") from error
    if isinstance(data, pyarrow.Table):
        return data
    if hasattr(data, "__arrow_c_stream__"):
        return pyarrow.table(data)
    return pyarrow.interchange.from_dataframe(data)


def _arrow_column(name: str, cells: Any) -> tuple[Column, bool]:
    import pyarrow
    from pyarrow import types

    kind = cells.type
    if types.is_temporal(kind):
        raise _dates(name)
    if types.is_null(kind):
        return np.full(len(cells), np.nan), False
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        if cells.null_count or types.is_decimal(kind):
            cells = cells.cast(pyarrow.float64())
        return cells.to_numpy(), False
    if types.is_boolean(kind):
        if not cells.null_count:
            return cells.to_numpy(), False
        return _coded_booleans(cells.fill_null(False).to_numpy(), cells.is_null().to_numpy()), False
    is_category = types.is_dictionary(kind)
    if not (is_category or types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)):
        raise _no_column(name, f"values of type {kind}", "make numbers or texts of them, or leave the column out")
    if types.is_string_view(kind):
        cells = cells.cast(pyarrow.large_string())
    encoded = (cells if is_category else cells.dictionary_encode()).unify_dictionaries().combine_chunks()
    chunk = encoded.chunk(0) if isinstance(encoded, pyarrow.ChunkedArray) else encoded
    return _coded(chunk.indices.fill_null(-1).to_numpy(), chunk.dictionary.to_pylist()), is_category
