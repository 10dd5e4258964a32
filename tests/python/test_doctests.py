"""Every example in a docstring does what it says."""

import doctest
import inspect

import pytest

import mlp

PARSER = doctest.DocTestParser()


def documented():
    """(name, docstring) of everything public."""
    yield "mlp", mlp.__doc__
    for name in mlp.__all__:
        value = getattr(mlp, name)
        if not isinstance(value, str):
            yield name, value.__doc__ or ""
        if inspect.isclass(value):
            for member in dir(value):
                if not member.startswith("_"):
                    yield f"{name}.{member}", getattr(value, member).__doc__ or ""


EXAMPLES = [(name, text) for name, text in documented() if ">>>" in text]


def test_there_are_examples():
    names = {name for name, _ in EXAMPLES}
    assert {"Network", "Dataset.from_arrays", "Model.outputs", "Model.load", "Trainer", "Table", "train", "split_table",
            "gradients_by_inputs", "load_dataset", "recipe_for"} <= names


def test_functions_and_classes_say_what_they_do():
    silent = [name for name in mlp.__all__ if not isinstance(getattr(mlp, name), str) and not getattr(mlp, name).__doc__]
    assert silent == []


@pytest.mark.parametrize("name, text", EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_example(name, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # What stands above the first blank line is a native function's signature.
    test = PARSER.get_doctest(inspect.cleandoc(text), {}, name, None, None)
    output = []
    flags = doctest.NORMALIZE_WHITESPACE
    doctest.DocTestRunner(optionflags=flags).run(test, out=output.append)
    assert output == [], "".join(output)
