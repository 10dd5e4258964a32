"""Tables of pandas, polars and Arrow."""

import datetime
import decimal

import numpy as np
import pytest

import mlp
from mlp import tables

pandas = pytest.importorskip("pandas")


def coded(column):
    """A column of codes as the texts it stands for."""
    codes, categories = column
    assert codes.dtype == np.int32
    return [None if code < 0 else categories[code] for code in codes]


def only(data):
    """The one column of a table."""
    columns = tables.columns_of(data)
    assert len(columns.cells) == 1
    return columns.cells[0]


def test_what_is_a_table():
    assert tables.is_table(pandas.DataFrame({"a": [1]}))
    for other in (np.zeros((2, 2)), [[1, 2]], pandas.Series([1]), {"a": [1]}, "a.csv", None):
        assert not tables.is_table(other)


def test_numbers_of_pandas_are_not_copied():
    values = np.arange(6.0).reshape(3, 2)
    columns = tables.columns_of(pandas.DataFrame(values, columns=["a", "b"], copy=False))
    assert columns.names == ["a", "b"]
    for index, column in enumerate(columns.cells):
        assert np.shares_memory(column, values)
        np.testing.assert_array_equal(column, values[:, index])
    assert not columns.needs_encoding


@pytest.mark.parametrize("values, dtype, expected", [
    ([1, 2, 3], "int8", [1, 2, 3]),
    ([1, 2, 3], "uint64", [1, 2, 3]),
    ([1.5, None, 3], "float32", [1.5, np.nan, 3]),
    ([1, None, 3], "Int64", [1, np.nan, 3]),
    ([1, 2, 3], "Int64", [1, 2, 3]),
    ([1.5, None, 3], "Float32", [1.5, np.nan, 3]),
    ([1, None, 3], "object", [1, np.nan, 3]),
    ([decimal.Decimal("1.5"), None], "object", [1.5, np.nan]),
    ([None, None], "object", [np.nan, np.nan]),
    ([0.0, 0.0, 5.0], pandas.SparseDtype("float64", 0.0), [0, 0, 5]),
])
def test_numbers_of_pandas(values, dtype, expected):
    column = only(pandas.DataFrame({"a": pandas.Series(values, dtype=dtype)}))
    assert column.dtype.kind in "iuf"
    np.testing.assert_array_equal(column.astype(float), expected)


def test_booleans_of_pandas():
    np.testing.assert_array_equal(only(pandas.DataFrame({"a": [True, False]})), [True, False])
    for dtype in ("boolean", "object"):
        series = pandas.Series([True, None, False], dtype=dtype)
        assert coded(only(pandas.DataFrame({"a": series}))) == ["True", None, "False"]


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category"])
def test_texts_of_pandas(dtype):
    table = pandas.DataFrame({"a": pandas.Series(["b", None, "a", "b"], dtype=dtype)})
    assert coded(only(table)) == ["b", None, "a", "b"]
    assert tables.columns_of(table).categorical == (["a"] if dtype == "category" else [])
    assert tables.columns_of(table).needs_encoding


def test_categories_that_are_numbers_keep_their_spelling():
    whole = pandas.DataFrame({"a": pandas.Series([4, 8, 4], dtype="category")})
    with_missing = pandas.DataFrame({"a": pandas.Series([4, None, 8.5], dtype="category")})
    assert coded(only(whole)) == ["4", "8", "4"]
    assert coded(only(with_missing)) == ["4", None, "8.5"]


def test_texts_and_numbers_in_one_column_are_texts():
    assert coded(only(pandas.DataFrame({"a": ["x", 1, 2.0, None]}, dtype=object))) == ["x", "1", "2", None]


@pytest.mark.parametrize("values", [
    pandas.to_datetime(["2024-01-14"]), pandas.to_timedelta(["1 day"]), [datetime.date(2024, 1, 14)],
    pandas.to_datetime(["2024-01-14"]).tz_localize("UTC"), pandas.period_range("2024", periods=1, freq="D"),
    ["x", datetime.date(2024, 1, 14)][1:],
])
def test_dates_are_refused_with_a_way_out(values):
    with pytest.raises(TypeError, match="column 'when' holds dates or times(.|\n)*hint: .*weekday"):
        tables.columns_of(pandas.DataFrame({"when": values}))


@pytest.mark.parametrize("values", [[[1, 2]], [{"a": 1}], [1 + 2j]])
def test_other_objects_are_refused(values):
    with pytest.raises(TypeError, match="column 'a' holds .*\nhint: "):
        tables.columns_of(pandas.DataFrame({"a": values}))


def test_names_that_are_no_texts():
    assert tables.columns_of(pandas.DataFrame([[1, 2]])).names == ["0", "1"]


class TestPolars:
    @pytest.fixture(autouse=True)
    def installed(self):
        self.polars = pytest.importorskip("polars")

    def test_numbers_are_not_copied(self):
        series = self.polars.Series("a", np.arange(4.0))
        column = only(self.polars.DataFrame([series]))
        assert np.shares_memory(column, series.to_numpy())

    def test_columns(self):
        polars = self.polars
        table = polars.DataFrame({
            "number": [1, None, 3], "whole": [1, 2, 3], "flag": [True, None, False], "text": ["b", None, "a"],
            "decimal": polars.Series([decimal.Decimal("1.5"), None, None]),
            "category": polars.Series(["y", "x", None], dtype=polars.Categorical),
            "enum": polars.Series(["y", "x", None], dtype=polars.Enum(["z", "y", "x"])),
            "nothing": [None, None, None]})
        columns = tables.columns_of(table)
        cells = dict(zip(columns.names, columns.cells))
        np.testing.assert_array_equal(cells["number"], [1, np.nan, 3])
        np.testing.assert_array_equal(cells["whole"], [1, 2, 3])
        np.testing.assert_array_equal(cells["decimal"], [1.5, np.nan, np.nan])
        np.testing.assert_array_equal(cells["nothing"], [np.nan] * 3)
        assert coded(cells["flag"]) == ["True", None, "False"]
        assert coded(cells["text"]) == ["b", None, "a"]
        assert coded(cells["category"]) == coded(cells["enum"]) == ["y", "x", None]
        assert columns.categorical == ["category", "enum"]

    def test_what_is_refused(self):
        with pytest.raises(TypeError, match="column 'when' holds dates or times"):
            tables.columns_of(self.polars.DataFrame({"when": [datetime.date(2024, 1, 14)]}))
        with pytest.raises(TypeError, match="column 'a' holds values of type List"):
            tables.columns_of(self.polars.DataFrame({"a": [[1, 2]]}))


class TestArrow:
    @pytest.fixture(autouse=True)
    def installed(self):
        self.pyarrow = pytest.importorskip("pyarrow")

    def test_columns(self):
        pyarrow = self.pyarrow
        parts = [pyarrow.table({"number": pyarrow.array([1, None], pyarrow.int64()), "whole": [1, 2],
                                "flag": pyarrow.array([True, None]), "text": pyarrow.array([first, None]),
                                "category": pyarrow.array([first, "x"]).dictionary_encode()})
                 for first in ("a", "b")]
        table = pyarrow.concat_tables(parts)  # in two chunks, each with a dictionary of its own
        columns = tables.columns_of(table)
        cells = dict(zip(columns.names, columns.cells))
        np.testing.assert_array_equal(cells["number"], [1, np.nan, 1, np.nan])
        np.testing.assert_array_equal(cells["whole"], [1, 2, 1, 2])
        assert coded(cells["flag"]) == ["True", None, "True", None]
        assert coded(cells["text"]) == ["a", None, "b", None]
        assert coded(cells["category"]) == ["a", "x", "b", "x"]
        assert columns.categorical == ["category"]

    @pytest.mark.parametrize("interface", ["__arrow_c_stream__", "__dataframe__"])
    def test_anything_with_an_interface(self, interface):
        table = self.pyarrow.table({"a": [1.5, None], "b": ["x", "y"]})

        class Foreign:
            columns = ["a", "b"]

        setattr(Foreign, interface, lambda self, *others, **more: getattr(table, interface)(*others, **more))
        assert tables.is_table(Foreign())
        columns = tables.columns_of(Foreign())
        np.testing.assert_array_equal(columns.cells[0], [1.5, np.nan])
        assert coded(columns.cells[1]) == ["x", "y"]

    def test_dates_are_refused(self):
        with pytest.raises(TypeError, match="column 'when' holds dates or times"):
            tables.columns_of(self.pyarrow.table({"when": [datetime.date(2024, 1, 14)]}))


def test_a_model_evaluates_a_table_as_it_does_the_data_set():
    random = np.random.default_rng(0)
    columns = [random.normal(size=100), (random.integers(0, 2, 100), ["a", "b"])]
    columns.append(columns[0] + columns[1][0])
    table = mlp.Table.from_columns(["x", "kind", "y"], columns, targets=["y"])
    split = mlp.split_table(table, targets=["y"], test_fraction=0)
    model = mlp.train(split.train, epochs=3).model
    assert [column.name for column in model.types] == ["x", "kind", "y"]
    again = mlp.Table.from_columns(["y", "kind", "x"], columns[::-1], types=model.types)
    assert model.evaluate(again) == model.evaluate(split.train)
    arrays = mlp.train(mlp.Dataset.from_arrays(columns[0][:, None].astype(np.float32), targets=columns[2]), epochs=1).model
    with pytest.raises(ValueError, match="not trained on a table"):
        arrays.evaluate(table)


def test_texts_that_are_no_missing_cells():
    cells = (np.array([0, 1, 2, 0]), ["NA", "b", "?"])
    assert mlp.Table.from_columns(["a"], [cells]).columns[0].categories == ["b"]
    assert mlp.Table.from_columns(["a"], [cells], not_missing=["NA", "?"]).columns[0].categories == ["?", "NA", "b"]
