"""How often words occur, and how often subsampling keeps them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.plots._pieces import finite_numbers, place_labels, quoted, written
from course_lib.plots.picture import BLUE, GREY, INK, PALETTE, VERMILION, Picture, Size, styled
from course_lib.vocabulary import Vocabulary


@styled
def zipf(
    corpora: Vocabulary | ArrayLike | Mapping[str, Vocabulary | ArrayLike],
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw frequency against rank on two logarithmic axes, with a fitted line (Zipf's law).

    Parameters
    ----------
    corpora : Vocabulary, array of counts, or dict of name to one of them
        One text or several. Counts are sorted here.
    title : str, optional
        The finding; made from the slopes when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a corpus.

    Raises
    ------
    ValueError
        No corpus, fewer than three words, a count below 1, or a vocabulary without counts.
    """
    named = corpora if isinstance(corpora, Mapping) else {"the text": corpora}
    if not 1 <= len(named) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} corpora, not {len(named)}.")
    fits = {name: zipf_fit(corpus) for name, corpus in named.items()}
    slopes = [slope for slope, _ in fits.values()]
    if title is None:
        title = f"Frequency falls about as rank to the power {_range(slopes)}"
    facts = [_zipf_fact(name, named[name], slope) for name, (slope, _) in fits.items()]
    alt = "Word frequency against rank, both axes logarithmic. " + "; ".join(facts) + "."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot(xscale="log", yscale="log")
    for (name, (slope, intercept)), color in zip(fits.items(), PALETTE, strict=False):
        counts = _counts(named[name])
        ranks = _spread_ranks(len(counts))
        label = f"{name} (slope {written(slope)})"
        axes.plot(ranks, counts[ranks - 1] / counts.sum(), color=color, label=label)
        line = 10**intercept * ranks.astype(float) ** slope
        axes.plot(ranks, line, color=color, linestyle="--", linewidth=1.2)
    axes.set(xlabel="rank of the word", ylabel="share of all tokens")
    axes.grid(True)
    axes.plot([], [], color=GREY, linestyle="--", linewidth=1.2, label="fitted lines")
    axes.legend(loc="upper right")
    return picture


def zipf_fit(corpus: Vocabulary | ArrayLike) -> tuple[float, float]:
    """Fit log10(share of tokens) = intercept + slope * log10(rank) by least squares.

    The fit reads ranks that are spread evenly on the logarithmic axis; otherwise the many rare
    words would outweigh the few frequent ones.

    Parameters
    ----------
    corpus : Vocabulary or array of counts, shape (V,)
        At least three words.

    Returns
    -------
    slope, intercept : float
        Zipf's law says that the slope is about -1.

    Raises
    ------
    ValueError
        Fewer than three words, a count below 1, or a vocabulary without counts.
    """
    counts = _counts(corpus)
    ranks = _spread_ranks(len(counts))
    shares = counts[ranks - 1] / counts.sum()
    slope, intercept = np.polyfit(np.log10(ranks), np.log10(shares), 1)
    return float(slope), float(intercept)


def _counts(corpus: Vocabulary | ArrayLike) -> NDArray[np.float64]:
    if isinstance(corpus, Vocabulary):
        if corpus.counts is None:
            raise ValueError("This vocabulary has no counts; build it with from_sentences.")
        corpus = corpus.counts
    counts = np.sort(finite_numbers("counts", corpus, ndim=1))[::-1]
    if len(counts) < 3 or counts[-1] < 1:
        raise ValueError("Zipf's law needs at least three words, each counted at least once.")
    return counts


def _spread_ranks(V: int) -> NDArray[np.int64]:
    return np.unique(np.geomspace(1, V, 200).round().astype(np.int64))


def _range(slopes: Sequence[float]) -> str:
    low, high = (written(value) for value in (min(slopes), max(slopes)))
    return low if low == high else f"{low} to {high}"


def _zipf_fact(name: str, corpus: Vocabulary | ArrayLike, slope: float) -> str:
    counts = _counts(corpus)
    first = "the most frequent word"
    if isinstance(corpus, Vocabulary) and corpus.counts is not None:
        first = quoted(corpus.words[int(np.argmax(corpus.counts))])
    share = counts[0] / counts.sum()
    return (
        f"{name}: {len(counts):,} words, {first} has {share:.1%} of the tokens, "
        f"slope {written(slope)}"
    )


@styled
def keep_probability(
    sample: float = 1e-3,
    vocabulary: Vocabulary | None = None,
    words: Sequence[str] = (),
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw how likely a token survives subsampling, by the paper and by the code.

    The paper keeps a token of frequency f with sqrt(t / f) (Mikolov et al. 2013b, equation 5),
    word2vec.c and gensim with sqrt(t / f) + t / f; both are capped at 1.

    Parameters
    ----------
    sample : float
        The threshold t, a share of the tokens, above 0 and below 1.
    vocabulary : Vocabulary, optional
        Where the frequencies of ``words`` are looked up.
    words : sequence of str
        Words to mark on both curves.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Two curves over f on a logarithmic axis.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        ``sample`` is out of range, or words are given without a vocabulary that has counts.
    """
    if not 0 < sample < 1:
        raise ValueError(f"sample must be above 0 and below 1, not {sample}.")
    marked = _frequencies(vocabulary, words)
    largest = max([0.1, *marked.values()])
    frequencies = np.geomspace(min([sample / 10, *marked.values()]), largest, 400)
    top = max(marked, key=lambda word: marked[word]) if marked else f"a word with f = {largest:g}"
    top_kept = _kept(sample, np.array(marked.get(top, largest)))
    if title is None:
        title = f"{quoted(top) if marked else top.capitalize()} loses {1 - top_kept[1]:.0%}"
        title += " of its tokens, a rare word none"
    picture = Picture(title, _keep_alt(sample, marked, top, top_kept), size)
    axes = picture.add_subplot(xscale="log")
    curves = _kept(sample, frequencies)
    axes.plot(frequencies, curves[1], color=BLUE, label=r"code: $\sqrt{t/f} + t/f$")
    axes.plot(frequencies, curves[0], color=VERMILION, ls="--", label=r"paper: $\sqrt{t/f}$")
    axes.axvline(sample, color=GREY, linewidth=1, linestyle=":", label=f"t = {sample:g}")
    axes.set(xlabel="frequency f of the word (share of the tokens)", ylim=(0, 1.08))
    axes.set_ylabel("probability that a token is kept")
    axes.legend(loc="lower left", frameon=True, framealpha=1, edgecolor="white")
    picture.settle()
    places = np.array([(f, _kept(sample, np.array(f))[1]) for f in marked.values()])
    both = [np.column_stack([frequencies, curve]) for curve in curves]
    for f in marked.values():
        axes.plot([f, f], _kept(sample, np.array(f)), "o", color=INK, markersize=5)
    place_labels(axes, places.reshape(-1, 2), list(marked), avoid=np.concatenate(both))
    return picture


def _frequencies(vocabulary: Vocabulary | None, words: Sequence[str]) -> dict[str, float]:
    if not words:
        return {}
    if vocabulary is None or vocabulary.counts is None:
        raise ValueError("To mark words, give a vocabulary with counts.")
    shares = vocabulary.counts / vocabulary.counts.sum()
    return {word: float(shares[vocabulary.index(word)]) for word in words}


def _kept(sample: float, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep probabilities: row 0 by the paper, row 1 by the code."""
    root = np.sqrt(sample / frequencies)
    return np.minimum([root, root + root**2], 1.0)


def _keep_alt(sample: float, marked: Mapping[str, float], top: str, kept: NDArray) -> str:
    whose = f"a token of {quoted(top)} (f = {marked[top]:.3g})" if marked else top
    # sqrt(t/f) + t/f = 1 where sqrt(t/f) is the golden ratio's inverse
    limit = sample * (3 + 5**0.5) / 2
    return (
        f"Probability of keeping a token against the frequency f of its word, for t = {sample:g}. "
        f"The paper's formula keeps every token up to f = {sample:g}, the code's up to "
        f"f = {limit:.3g}. Beyond that both fall: {whose} is kept with probability "
        f"{written(kept[0])} by the paper and {written(kept[1])} by the code."
    )
