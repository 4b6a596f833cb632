"""Where a predictor's choices come from: the trials of its tuning, the predictor before it."""

from __future__ import annotations

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import as_table
from forecastle.console.widgets.layout import fact, panel
from forecastle.service.evaluations import Evaluation
from forecastle.training.origin import Trial
from forecastle.training.tuning import best_of


def trials_panel(visitor: Visitor, evaluation: Evaluation) -> None:
    """The trials of a predictor that was tuned; nothing of one that was not."""
    t, trials = visitor.language, evaluation.origin.trials
    if not trials:
        return
    best = best_of(trials)
    with panel(t("Tuning")):
        found = ", ".join(f"{name} {value}" for name, value in best.parameters.items())
        fact(t("Training parameters that forecast best"), found)
        as_table(
            t.plural("{count} trial", "{count} trials", len(trials)),
            [t("Trial"), *best.parameters, t("Loss"), t("Seconds")],
            [_row(t, number, trial) for number, trial in enumerate(trials, 1)],
            open_at_once=True,
        )


def retraining_text(language: Language, evaluation: Evaluation) -> str | None:
    """How algorithms and shares were chosen; None where it is no retrained predictor."""
    found = evaluation.origin.retraining
    if found is None:
        return None
    if found.kept:
        return language("Taken over from the earlier predictor")
    return language("Chosen anew, as the earlier ones did not hold")


def _row(t: Language, number: int, trial: Trial) -> list[str]:
    loss = t("failed") if trial.loss is None else t.number(trial.loss, 4)
    return [str(number), *trial.parameters.values(), loss, t.number(trial.seconds, 1)]
