"""A training run: jobs in order, threads that train them, and a state that can be saved."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from course_lib.embeddings import Embeddings
from course_lib.huffman import HuffmanTree
from course_lib.numpy_impl import blas, checkpoints, compiler, kernels
from course_lib.numpy_impl.hot_rows import models_of
from course_lib.numpy_impl.jobs import Reader, noise_table
from course_lib.numpy_impl.texts import JOB_WORDS, open_text
from course_lib.progress import progress_bar
from course_lib.settings import Word2VecSettings
from course_lib.training import NO_PAIRS, starting_point
from course_lib.vocabulary import Vocabulary

SAVE_SECONDS = 60.0  # between two checkpoints


class Run:
    """Training by negative sampling or hierarchical softmax, from the start or from a checkpoint.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        What to train.
    vocabulary : Vocabulary, optional
        As in ``train_word2vec``.
    initial : Embeddings, optional
        As in ``train_word2vec``.
    checkpoint : path, optional
        As in ``train_word2vec``.
    lockf : numpy.ndarray of float32, shape (V,), optional
        Fine-tuning: the part of its step that each IN vector takes.
    anchor : float, default 0
        Fine-tuning: how strongly the IN vectors are pulled back to ``initial``.

    Raises
    ------
    ValueError
        The text, the vectors, the settings and the checkpoint do not fit each other.
    OSError
        The checkpoint cannot be written there.
    """

    def __init__(
        self,
        sentences: Iterable[Sequence[str]],
        settings: Word2VecSettings,
        vocabulary: Vocabulary | None,
        initial: Embeddings | None,
        checkpoint: str | Path | None,
        lockf: NDArray[np.float32] | None = None,
        anchor: float = 0.0,
    ) -> None:
        self.settings = settings
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        self.text = open_text(sentences)
        if vocabulary is None and initial is None:
            vocabulary = self.text.vocabulary(settings.min_count)
        start = starting_point(sentences, settings, vocabulary, initial)
        self.vocabulary = start.vocabulary
        self.text.number_by(self.vocabulary)
        if not self.text.sentences:  # nobody has read it to count its words
            deque(self.text.jobs(), maxlen=0)
        self.reader = Reader(self.vocabulary, settings)
        model = build_model(start, settings, own=initial is None)
        if lockf is not None:
            model = model._replace(lockf=lockf, anchor=np.float32(anchor))
            if anchor > 0:
                model = model._replace(start=model.vectors.copy())
        hierarchical = settings.objective == "hierarchical-softmax"
        self.models = models_of(model, self.vocabulary, settings.workers, hierarchical)
        # The threads' own rows come after these.
        self.vectors = self.models[0].vectors[: len(model.vectors)]
        self.outputs = self.models[0].outputs[: len(model.outputs)]
        self._at_rest: SimpleQueue[kernels.Model] = SimpleQueue()
        for model in self.models:
            self._at_rest.put(model)
        self.loop = kernels.compiled_job(
            settings.vector_size,
            settings.architecture == "cbow",
            hierarchical,
            settings.shared_negatives,
            _variant(settings),
            tuned=lockf is not None,
        )
        self.state = checkpoints.RunState(self.reader.random_state())
        self.fingerprint = checkpoints.fingerprint(settings, self.vocabulary, self.text.sentences)
        if self.checkpoint is not None and self.checkpoint.is_file():
            self._resume(self.checkpoint)
        else:
            self._save()  # a place that cannot be written to shows now, not an epoch later

    def _resume(self, path: Path) -> None:
        matrices = (self.vectors, self.outputs)
        self.state = checkpoints.load(path, self.fingerprint, matrices)
        self.reader.set_random_state(self.state.random)

    def train(self, progress: bool) -> Embeddings:
        """Train to the end.

        Parameters
        ----------
        progress : bool
            Show a progress bar.

        Returns
        -------
        Embeddings
            The vectors, and the mean loss of each epoch.

        Raises
        ------
        ValueError
            The text holds nothing to predict.
        """
        total = self.text.tokens * self.settings.epochs
        with progress_bar(progress, total=total, unit=" words", unit_scale=True) as bar:
            self._compile(bar)
            stop = threading.Event()
            # The main thread only waits, so that Ctrl-C meets it there and never between the
            # drawing of a job and its training.
            with ThreadPoolExecutor(1) as feeder:
                running = feeder.submit(self._epochs, bar, stop)
                try:
                    running.result()
                except BaseException:
                    stop.set()
                    running.exception()  # the jobs under way are finished
                    self._save()
                    raise
        return self._embeddings()

    def _compile(self, bar: tqdm) -> None:
        bar.set_description("compiling the loops (at the first start only)")
        nothing = np.empty(0, np.int32), np.empty(0, np.int64)
        self._train_job(Reader(self.vocabulary, self.settings).job(*nothing, self.settings.alpha))
        compiler.release_code()
        bar.set_description("")

    def _train_job(self, job: kernels.Job) -> tuple[float, int]:
        window = min(self.settings.window, JOB_WORDS)  # no job has a larger one
        model = self._at_rest.get()
        try:
            return self.loop(model, job, kernels.make_scratch(model, window))
        finally:
            self._at_rest.put(model)

    def _epochs(self, bar: tqdm, stop: threading.Event) -> None:
        state = self.state
        saved = time.monotonic()
        with ThreadPoolExecutor(self.settings.workers) as workers:
            under_way: deque[Future] = deque()
            try:
                while state.epoch < self.settings.epochs and not stop.is_set():
                    for rows, lengths, alpha in self._jobs():
                        job = self.reader.job(rows, lengths, alpha)
                        under_way.append(workers.submit(self._train_job, job))
                        state.jobs += 1
                        state.random = self.reader.random_state()
                        if len(under_way) > 8 * self.settings.workers:
                            self._collect(under_way, 2 * self.settings.workers)
                        self._show(bar, len(rows), alpha)
                        if stop.is_set():
                            return
                        if time.monotonic() - saved > SAVE_SECONDS:
                            self._collect(under_way, 0)
                            self._save()
                            saved = time.monotonic()
                    self._collect(under_way, 0)
                    self._end_epoch()
                    self._save()
            finally:
                self._collect(under_way, 0)

    def _jobs(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64], float]]:
        """Give the jobs of this epoch that are still to be done, each with its learning rate."""
        settings = self.settings
        pushed = 0
        for number, (rows, lengths) in enumerate(self.text.jobs()):
            share = (self.state.epoch + pushed / self.text.sentences) / settings.epochs
            alpha = settings.alpha - (settings.alpha - settings.min_alpha) * share
            pushed += len(lengths)
            if number >= self.state.jobs:
                yield rows, lengths, max(settings.min_alpha, alpha)

    def _collect(self, under_way: deque[Future], left: int) -> None:
        """Wait until at most so many jobs are under way, and add up what the others lost."""
        while len(under_way) > left:
            loss, predictions = under_way.popleft().result()
            self.state.loss += loss
            self.state.predictions += predictions

    def _show(self, bar: tqdm, words: int, alpha: float) -> None:
        mean = self.state.loss / max(1, self.state.predictions)
        epoch = self.state.epoch + 1
        bar.set_postfix(epoch=epoch, loss=f"{mean:.3f}", alpha=f"{alpha:.4f}", refresh=False)
        bar.update(words)

    def _end_epoch(self) -> None:
        state = self.state
        if state.predictions == 0:
            raise ValueError(NO_PAIRS)
        state.losses.append(state.loss / state.predictions)
        state.epoch += 1
        state.jobs, state.loss, state.predictions = 0, 0.0, 0

    def _save(self) -> None:
        if self.checkpoint is not None:
            matrices = (self.vectors, self.outputs)
            checkpoints.save(self.checkpoint, self.state, self.fingerprint, matrices)

    def _embeddings(self) -> Embeddings:
        vectors, outputs = self.vectors, self.outputs
        if self.settings.objective == "hierarchical-softmax":
            return Embeddings(
                self.vocabulary, vectors, node_vectors=outputs, losses=self.state.losses
            )
        return Embeddings(self.vocabulary, vectors, outputs, losses=self.state.losses)


def build_model(start: Embeddings, settings: Word2VecSettings, own: bool) -> kernels.Model:
    """Lay out the arrays that the compiled loops work on.

    Parameters
    ----------
    start : Embeddings
        Vectors to start from.
    settings : Word2VecSettings
        What is trained.
    own : bool
        The vectors belong to this run, and need not be copied.

    Returns
    -------
    kernels.Model
        The arrays.
    """
    vocabulary = start.vocabulary
    hierarchical = settings.objective == "hierarchical-softmax"
    given = start.node_vectors if hierarchical else start.output_vectors
    shape = (len(vocabulary) - hierarchical, settings.vector_size)
    noise, guide = np.zeros(1, np.uint32), np.zeros(1, np.int32)
    starts, points, codes = np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.int8)
    if hierarchical:
        tree = HuffmanTree.from_counts(vocabulary.require_counts())
        starts, points, codes = tree.starts, tree.flat_points, tree.flat_codes
    else:
        noise, guide = noise_table(vocabulary, settings.ns_exponent)
    sdot, saxpy = blas.addresses() if settings.exact else (0, 0)
    nothing = np.empty((2, 0, settings.vector_size), np.float32)
    return kernels.Model(
        start.input_vectors.astype(np.float32, order="C", copy=not own),
        np.zeros(shape, np.float32) if given is None else given.astype(np.float32, copy=not own),
        settings.negative,
        noise,
        guide,
        starts,
        points,
        codes,
        kernels.sigmoid_table(),
        kernels.loss_table(),
        settings.cbow_mean,
        sdot,
        saxpy,
        *(0, 0, 0, 0),  # one thread needs no rows of its own
        nothing,
        nothing[:, :, 0],
        *(nothing[0, :, 0], nothing[0], kernels.ZERO),  # nothing is locked, nothing anchored
    )


def _variant(settings: Word2VecSettings) -> int:
    if not settings.exact:
        return kernels.FAST
    from gensim.models.word2vec_inner import FAST_VERSION

    return FAST_VERSION
