"""What the page shows of the steps: names, sentences and numbers, ready for JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from course_lib.plots import Picture, sgd_step
from course_lib.plots._pieces import enumerated, quoted, written
from course_lib.plots.picture import DIVERGING
from course_lib.widgets.steps import Step, Steps

ARCHITECTURES = {"skip-gram": "Skip-gram", "cbow": "CBOW"}
OBJECTIVES = {
    "softmax": "full softmax",
    "negative-sampling": "negative sampling",
    "hierarchical-softmax": "hierarchical softmax",
}
# Of the predictions: a caption, what each belongs to, and what its number is.
PREDICTIONS = {
    "softmax": ("Prediction: the probability of each word", "word", "probability"),
    "negative-sampling": (
        "Prediction: is the pair a true one?",
        "word",
        "probability of a true pair",
    ),
    "hierarchical-softmax": (
        "Prediction: the probability of each turn",
        "node and turn",
        "probability of the turn",
    ),
}
DIGITS = 6  # of the numbers handed over; two or three of them are shown
SHADES = 41


def story(run: Steps) -> dict[str, Any]:
    """Tell all steps in the form that ``word2vec_steps.js`` draws.

    Parameters
    ----------
    run : Steps
        The steps.

    Returns
    -------
    dict
        Strings, numbers, lists and dicts only.
    """
    first = run.steps[0]
    caption, asked, _ = PREDICTIONS[run.settings.objective]
    matrices = [
        ("word", run.vocabulary.words, first.input_before, "input_after"),
        ("node" if run.tree else "word", output_names(run), first.output_before, "output_after"),
    ]
    return {
        "title": title(run),
        "start": f"Start: {len(run)} steps are ready, none is made yet.",
        "caption": caption,
        "asked": asked,
        "shades": shades(),
        "peak": max(
            float(np.abs(matrix).max()) for step in run.steps for matrix in _matrices(step)
        ),
        "matrices": [
            {
                "name": name,
                "kind": kind,
                "rows": rows,
                "states": [_rounded(start), *(_rounded(getattr(s, after)) for s in run.steps)],
            }
            for name, (kind, rows, start, after) in zip(_matrix_names(run), matrices, strict=True)
        ],
        "steps": [_step(run, number) for number in range(len(run))],
    }


def title(run: Steps) -> str:
    """Name the model.

    Parameters
    ----------
    run : Steps
        The steps.

    Returns
    -------
    str
        Such as "Skip-gram with the full softmax, step by step".
    """
    settings = run.settings
    article = "the " if settings.objective == "softmax" else ""
    objective = f"{article}{OBJECTIVES[settings.objective]}"
    return f"{ARCHITECTURES[settings.architecture]} with {objective}, step by step"


def picture(run: Steps) -> Picture:
    """Draw the first step, to stand where the widget cannot run.

    Parameters
    ----------
    run : Steps
        The steps.

    Returns
    -------
    Picture
        Bars and both matrices.
    """
    step = run.steps[0]
    names = _matrix_names(run)
    target = quoted(run.vocabulary.words[step.target])
    finding = f"Step 1: predicting {target} from {_source(run, step)}, the loss {_change(step)}"
    return sgd_step(
        {"before": step.predictions, "after": step.predictions_after},
        asked_names(run, step),
        {
            names[0]: (step.input_before, step.input_after),
            names[1]: (step.output_before, step.output_after),
        },
        [run.vocabulary.words, output_names(run)],
        title=finding,
        xlabel=PREDICTIONS[run.settings.objective][2],
    )


def said(run: Steps, number: int) -> str:
    """Tell a step in two or three sentences, as a screen reader says it.

    Parameters
    ----------
    run : Steps
        The steps.
    number : int
        Which one; the first is 0.

    Returns
    -------
    str
        The pair, the loss before and after, and what moved where.
    """
    step = run.steps[number]
    target, center = quoted(run.vocabulary.words[step.target]), quoted(step.tokens[step.center])
    contexts = _listed([step.tokens[place] for place in step.contexts])
    return (
        f"Step {number + 1} of {len(run)}: centre {center}, context {contexts}; "
        f"predict {target}, the loss {_change(step)}. {_movement(run, step)}"
    )


def output_names(run: Steps) -> list[str]:
    """Name the rows of the second matrix.

    Parameters
    ----------
    run : Steps
        The steps.

    Returns
    -------
    list of str
        The words; for hierarchical softmax the inner nodes "node 0", "node 1" and so on; the last
        one is the root.
    """
    if run.tree is None:
        return list(run.vocabulary.words)
    nodes = [f"node {node}" for node in range(len(run.vocabulary) - 1)]
    nodes[-1] += " (root)"
    return nodes


def asked_names(run: Steps, step: Step) -> list[str]:
    """Name the predictions of a step.

    Parameters
    ----------
    run : Steps
        The steps.
    step : Step
        One of them.

    Returns
    -------
    list of str
        Words, or inner nodes with the turn taken there.
    """
    names = [output_names(run)[row] for row in step.asked]
    if run.tree is None:
        return names
    return [f"{name}: {_turn(label)}" for name, label in zip(names, step.labels, strict=True)]


def shades() -> list[tuple[str, str]]:
    """Sample the colours of the heat maps, each with the ink that is easier to read on it.

    Returns
    -------
    list of (str, str)
        41 pairs of background and ink, from the most negative to the most positive value.
    """
    return [(to_hex(rgb), _ink(rgb)) for rgb in DIVERGING(np.linspace(0, 1, SHADES))[:, :3]]


def _ink(rgb: NDArray[np.float64]) -> str:
    """Black or white, by the contrast of WCAG 2.2: (lighter + .05) / (darker + .05)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _matrix_names(run: Steps) -> tuple[str, str]:
    return "IN vectors W", "node vectors" if run.tree else "OUT vectors W'"


def _source(run: Steps, step: Step) -> str:
    return _listed([run.vocabulary.words[row] for row in step.inputs])


def _listed(names: Sequence[str]) -> str:
    return enumerated([quoted(name) for name in names])


def _change(step: Step) -> str:
    before, after = written(step.loss, 3), written(step.loss_after, 3)
    if before == after:
        return f"stays at {before}"
    return f"{'falls' if step.loss_after < step.loss else 'rises'} from {before} to {after}"


def _turn(label: int) -> str:
    return "left" if label else "right"


def _movement(run: Steps, step: Step) -> str:
    return f"{_output_movement(run, step)} {_input_movement(run, step)}"


def _output_movement(run: Steps, step: Step) -> str:
    """Say which rows of the second matrix moved: towards h for label 1, away from it for 0."""
    if run.settings.architecture == "skip-gram":
        hidden = f"the IN vector of {_source(run, step)}"
    else:
        mean = "mean" if run.settings.cbow_mean else "sum"
        hidden = f"the {mean} of the context's IN vectors"
    if np.array_equal(step.output_after, step.output_before):
        zero = not step.input_before[step.inputs].sum(axis=0).any()
        reason = f", because {hidden} is zero" if zero else ""
        return f"No {'OUT' if run.tree is None else 'node'} vector moved{reason}."
    names = output_names(run)
    pulled, pushed = (
        list(dict.fromkeys(names[row] for row in step.asked[step.counted & (step.labels == label)]))
        for label in (1, 0)
    )
    towards = f"{_vectors(run, pulled)} of {_listed(pulled)} moved towards {hidden}"
    others = f"{_vectors(run, pushed)} of {_listed(pushed)}"
    if run.settings.objective == "softmax":
        return f"The {towards}, all other OUT vectors away from it."
    if not pushed:
        return f"The {towards}."
    if not pulled:
        return f"The {others} moved away from {hidden}."
    return f"The {towards}, the {others} away from it."


def _input_movement(run: Steps, step: Step) -> str:
    if np.array_equal(step.input_after, step.input_before):
        zero = not step.output_before[step.asked[step.counted]].any()
        reason = ", because the vectors that it met are zero" if zero else ""
        return f"No IN vector moved{reason}."
    who = list(dict.fromkeys(run.vocabulary.words[row] for row in step.inputs))
    return f"In W, the {'row' if len(who) == 1 else 'rows'} of {_listed(who)} moved."


def _vectors(run: Steps, names: Sequence[str]) -> str:
    kind = "OUT vector" if run.tree is None else "vector"
    return kind if len(names) == 1 else f"{kind}s"


def _step(run: Steps, number: int) -> dict[str, Any]:
    step = run.steps[number]
    return {
        "said": said(run, number),
        "tokens": list(step.tokens),
        "roles": _roles(step),
        "facts": _facts(run, step),
        "asked": [
            {
                "name": name,
                "true": None if run.tree is not None else int(label),
                "counted": bool(counted),
                "before": round(float(before), DIGITS),
                "after": round(float(after), DIGITS),
            }
            for name, label, counted, before, after in zip(
                asked_names(run, step),
                step.labels,
                step.counted,
                step.predictions,
                step.predictions_after,
                strict=True,
            )
        ]
        + _product(run, step),
        "marks": _marks(run, step),
    }


def _product(run: Steps, step: Step) -> list[dict[str, Any]]:
    """The word's probability, the product of its turns, in hierarchical softmax."""
    if run.tree is None:
        return []
    before, after = (round(float(np.exp(-loss)), DIGITS) for loss in (step.loss, step.loss_after))
    name = f"{run.vocabulary.words[step.target]}: the product"
    return [{"name": name, "true": None, "counted": True, "before": before, "after": after}]


def _roles(step: Step) -> list[str]:
    roles = ["" for _ in step.tokens]
    roles[step.center] = "centre"
    for place in step.contexts:
        roles[place] = "context"
    return roles


def _facts(run: Steps, step: Step) -> list[tuple[str, str]]:
    """What a step consists of, line by line: a name and what it is."""
    target = run.vocabulary.words[step.target]
    facts = [("Predict", f"{quoted(target)} from {_source(run, step)}")]
    names = output_names(run)
    if run.settings.objective == "negative-sampling":
        noise = [
            names[row] if counted else f"{names[row]} (skipped: it is the word to predict)"
            for row, counted in zip(step.asked[1:], step.counted[1:], strict=True)
        ]
        facts.append(("Noise words", ", ".join(noise)))
    if run.tree is not None:
        facts.append(("Path", " → ".join([*asked_names(run, step), target])))
    change = f"{written(step.loss, 3)} before, {written(step.loss_after, 3)} after"
    return [*facts, ("Loss", f"{change} (nats)"), ("Learning rate α", f"{step.alpha:.3g}")]


def _marks(run: Steps, step: Step) -> list[dict[str, str]]:
    """Words beside the rows that take part, for each of the two matrices."""
    source = "centre" if run.settings.architecture == "skip-gram" else "context"
    second: dict[str, str] = {}
    if run.tree is not None:
        second = {str(row): "path" for row in step.asked}
    elif run.settings.objective == "negative-sampling":
        second = {str(row): "noise" for row in step.asked[step.counted]}
    if run.tree is None:
        second[str(step.target)] = "predict"
    return [{str(row): source for row in step.inputs}, second]


def _matrices(step: Step) -> tuple[NDArray[np.floating], ...]:
    return step.input_before, step.input_after, step.output_before, step.output_after


def _rounded(matrix: NDArray[np.floating]) -> list[list[float]]:
    return np.round(matrix, DIGITS).tolist()
