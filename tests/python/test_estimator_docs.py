"""The examples in the estimators' pages and docstrings, and the notebook."""

import doctest
import importlib
import os
import pathlib

import pytest

pytest.importorskip("sklearn", minversion="1.6")
pytest.importorskip("pandas")

ROOT = pathlib.Path(__file__).parents[2]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_page():
    result = doctest.testfile(str(ROOT / "docs/python_estimators.md"), module_relative=False, optionflags=OPTIONS)
    assert result.attempted >= 15 and result.failed == 0


@pytest.mark.parametrize("name, examples", [
    ("mlp.callbacks", 4), ("mlp.tables", 4), ("mlp.estimators.classifier", 5), ("mlp.estimators.regressor", 5)])
def test_docstrings(name, examples):
    result = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert result.attempted >= examples and result.failed == 0


def test_the_notebook():
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    path = ROOT / "examples/python/first_steps.ipynb"
    assert path.stat().st_size < 20_000
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client.NotebookClient(notebook, timeout=120, kernel_name="python3",
                          resources={"metadata": {"path": os.getcwd()}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert shown and not any(output.output_type == "error" for output in shown)
