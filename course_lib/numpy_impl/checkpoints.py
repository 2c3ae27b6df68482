"""The state of an unfinished run on disk: written whole or not at all, and never unpickled."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.files import UNREADABLE, open_arrays, replacing
from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary


@dataclass
class RunState:
    """Where a run is, beside its matrices.

    Attributes
    ----------
    random : dict
        ``key`` and ``pos`` of the Mersenne Twister, as they were after the last job.
    epoch : int
        Epochs done.
    jobs : int
        Jobs done in the epoch that is under way.
    loss : float
        Their summed loss, in nats.
    predictions : int
        Their number of predictions.
    losses : list of float
        Mean loss of each epoch that is done.
    """

    random: dict
    epoch: int = 0
    jobs: int = 0
    loss: float = 0.0
    predictions: int = 0
    losses: list[float] = field(default_factory=list)


def fingerprint(settings: Word2VecSettings, vocabulary: Vocabulary, sentences: int) -> str:
    """Sum up what a run depends on; threads are left out.

    Parameters
    ----------
    settings : Word2VecSettings
        The settings.
    vocabulary : Vocabulary
        The words, with counts.
    sentences : int
        Sentences in the text.

    Returns
    -------
    str
        A SHA-256 in hexadecimal digits.
    """
    told = asdict(settings) | {"workers": 0, "sentences": sentences}
    digest = hashlib.sha256(json.dumps(told, default=float, sort_keys=True).encode())
    digest.update("\0".join(vocabulary.words).encode("utf-8", "surrogatepass"))
    digest.update(vocabulary.require_counts().tobytes())
    return digest.hexdigest()


def save(
    path: Path, state: RunState, fingerprint: str, matrices: tuple[NDArray[np.float32], ...]
) -> None:
    """Write a checkpoint; an older one is replaced when the new one is whole.

    Parameters
    ----------
    path : pathlib.Path
        The file, an .npz archive.
    state : RunState
        Where the run is.
    fingerprint : str
        See ``fingerprint``.
    matrices : tuple of numpy.ndarray of float32
        The vectors.
    """
    with replacing(path) as file:
        arrays: dict[str, Any] = {
            "fingerprint": np.array(fingerprint),
            "key": state.random["key"],
            "counts": np.array([state.random["pos"], state.epoch, state.jobs, state.predictions]),
            "losses": np.array([state.loss, *state.losses]),
        }
        arrays |= {f"matrix{number}": matrix for number, matrix in enumerate(matrices)}
        np.savez(file, **arrays)


def load(path: Path, fingerprint: str, matrices: tuple[NDArray[np.float32], ...]) -> RunState:
    """Read a checkpoint.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    fingerprint : str
        The one that the run has now.
    matrices : tuple of numpy.ndarray of float32
        The vectors are read into these.

    Returns
    -------
    RunState
        Where the run was.

    Raises
    ------
    ValueError
        The file is damaged, or belongs to a run with other settings or another text.
    """
    try:
        with open_arrays(path) as archive:
            found = str(archive["fingerprint"])
            key, losses = archive["key"], archive["losses"].tolist()
            position, epoch, jobs, predictions = archive["counts"].tolist()
            if found == fingerprint:
                for number, matrix in enumerate(matrices):
                    matrix[:] = archive[f"matrix{number}"]
    except UNREADABLE as error:
        raise ValueError(
            f"The checkpoint {path} is damaged ({error}). Delete it to train from the start."
        ) from error
    if found != fingerprint:
        raise ValueError(
            f"The checkpoint {path} belongs to a run with other settings or another text. "
            "Name another file, or delete this one to train from the start."
        )
    random = {"key": key, "pos": position}
    return RunState(random, epoch, jobs, losses[0], predictions, losses[1:])
