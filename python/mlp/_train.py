"""train: the native training with what is not given filled in by the data set's recipe."""

from __future__ import annotations

from typing import Any

from . import _core


def train(
    dataset: _core.Dataset,
    network: _core.Network | str | None = None,
    **options: Any,
) -> _core.Trained:
    """Train a network on a data set.

    What is not given is what the command line would take: the recipe of the data set (`recipe_for`). A network or an
    optimizer of your own starts from its own defaults instead of the recipe's.

    Parameters
    ----------
    dataset : Dataset
    network : Network or str, optional
        Or its layers as a text: ``"64:relu,10:softmax"``.
    loss, optimizer, schedule : str
        As the command line names them: ``"cross_entropy(0.05)"``, ``"adamw(weight_decay=0.3)"``, ``"one_cycle"``.
    learning_rate : float
        Of the optimizer.
    epochs, batch_size : int
    validation_fraction : float
        The share of the rows held out to validate on, where the data set has not decided which.
    early_stopping : int
        Stop after so many epochs without a better validation loss, and keep the best parameters. 0: never.
    l2, clip_norm : float
        The L2 penalty; the length that longer gradients are scaled down to, 0: never.
    seed : int
        Of every random number: the same seed gives the same bits.
    threads : int
        0: as many as help. Decides nothing but speed.
    members : int
        Of an ensemble: networks whose outputs are averaged.
    init : Model
        Start from its parameters (fine-tuning); `keep_preprocessing` says whether from its scaling, too.
    own_loss : callable
        ``own_loss(rows [n], outputs [n, O]) -> (losses [n], gradients [n, O])`` replaces the loss.
    on_epoch : callable
        ``on_epoch(member, epoch, model_so_far)`` after each epoch; ``model_so_far()`` makes a `Model`. Return False
        to stop.
    on_step : callable
        ``on_step(member, {"epoch", "epochs", "batch", "batches", "mean_loss"})`` after each step.
    resume_from : sequence of TrainingState
        ``Trained.states`` of a training that was stopped: goes on to the bits of one that was not.
    validation_seed, standardize, target, precision, examples, sparse_inputs
        See mlp/train.h.

    Returns
    -------
    Trained
        After Ctrl-C, which stops at the next step, with the model so far and ``stopped == "interrupted"``.

    Examples
    --------
    >>> import mlp
    >>> data = mlp.load_dataset("digits")
    >>> trained = mlp.train(data.train, "64:relu,10:softmax", epochs=3)
    >>> [epoch.epoch for epoch in trained.history]
    [1, 2, 3]
    >>> trained.model.evaluate(data.test)["accuracy"] > 0.95
    True
    """
    recipe = _core.recipe_for(dataset)
    if network is None:
        network = recipe.network
    elif isinstance(network, str):
        network = _core.Network(network, dataset.features)
    defaults: dict[str, Any] = {
        "loss": recipe.loss,
        "schedule": recipe.schedule,
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
    }
    if options.get("optimizer") is None:  # the recipe's learning rate belongs to its optimizer
        defaults |= {"optimizer": recipe.optimizer, "learning_rate": recipe.learning_rate}
    if dataset.validation_rows is None:
        defaults["validation_fraction"] = recipe.validation
    given = {name: value for name, value in options.items() if value is not None}
    return _core.train(network, dataset, **(defaults | given))
