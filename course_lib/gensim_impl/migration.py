"""From old gensim to gensim 4: what old tutorials write, how it fails now, and what to write."""

from typing import NamedTuple


class Change(NamedTuple):
    """A piece of an old tutorial, and its successor.

    A tutorial has these at hand: ``model`` (trained by negative sampling), ``tree`` (by
    hierarchical softmax), ``text``, ``word``, ``other``, and the paths ``path``, ``glove`` and
    ``questions``.

    Attributes
    ----------
    old : str
        What worked in gensim 3 (last release 3.8.3), or before it: ``model.reset_weights`` up to
        3.2, ``save_word2vec_format`` and ``load_word2vec_format`` of a model up to 0.13.
    new : str
        The expression of gensim 4 that does the same.
    fails : str
        What the old one raises in gensim 4. A ``DeprecationWarning`` is only a warning as yet.
    says : str
        A piece of the message.
    """

    old: str
    new: str
    fails: str
    says: str


TOTAL = "total_examples=model.corpus_count"
CHANGES = (
    Change("Word2Vec(text, size=20)", "Word2Vec(text, vector_size=20)", "TypeError", "'size'"),
    Change("Word2Vec(text, iter=2)", "Word2Vec(text, epochs=2)", "TypeError", "'iter'"),
    Change(
        "model.build_vocab(sentences=text)",
        "model.build_vocab(corpus_iterable=text)",
        "TypeError",
        "corpus_iterable value must be provided",
    ),
    Change(
        f"model.train(text, {TOTAL}, epochs=model.iter)",
        f"model.train(text, {TOTAL}, epochs=model.epochs)",
        "AttributeError",
        "'iter'",
    ),
    Change("list(model.wv.vocab)", "list(model.wv.key_to_index)", "AttributeError", "key_to_index"),
    Change("model.wv.index2word[0]", "model.wv.index_to_key[0]", "AttributeError", "index_to_key"),
    Change(
        "model.wv.vocab[word].index",
        "model.wv.key_to_index[word]",
        "AttributeError",
        "key_to_index",
    ),
    Change(
        "model.wv.vocab[word].count",
        "model.wv.get_vecattr(word, 'count')",
        "AttributeError",
        "get_vecattr",
    ),
    Change(
        "tree.wv.vocab[word].code",
        "tree.wv.get_vecattr(word, 'code')",
        "AttributeError",
        "get_vecattr",
    ),
    Change("word in model", "word in model.wv", "TypeError", "not iterable"),
    Change("model[word]", "model.wv[word]", "TypeError", "not subscriptable"),
    Change(
        "model.wv.word_vec(word, use_norm=True)",
        "model.wv.get_vector(word, norm=True)",
        "DeprecationWarning",
        "get_vector",
    ),
    Change("model.wv.syn0", "model.wv.vectors", "AttributeError", "'syn0'"),
    Change(
        "model.wv.vectors_norm",
        "model.wv.get_normed_vectors()",
        "AttributeError",
        "get_normed_vectors",
    ),
    Change("model.trainables.syn1neg", "model.syn1neg", "AttributeError", "'trainables'"),
    Change(
        "model.init_sims()",
        "model.wv.fill_norms(force=True)",
        "DeprecationWarning",
        "unnecessary",
    ),
    Change(
        "model.most_similar(word)",
        "model.wv.most_similar(word)",
        "AttributeError",
        "'most_similar'",
    ),
    Change(
        "model.similarity(word, other)",
        "model.wv.similarity(word, other)",
        "AttributeError",
        "'similarity'",
    ),
    Change(
        "model.wv.words_closer_than(word, other)",
        "model.wv.closer_than(word, other)",
        "DeprecationWarning",
        "closer_than",
    ),
    Change(
        "model.save_word2vec_format(path)",
        "model.wv.save_word2vec_format(path)",
        "AttributeError",
        "'save_word2vec_format'",
    ),
    Change(
        "Word2Vec.load_word2vec_format(path)",
        "KeyedVectors.load_word2vec_format(path)",
        "AttributeError",
        "'load_word2vec_format'",
    ),
    Change(
        "glove2word2vec(glove, path)",
        "KeyedVectors.load_word2vec_format(glove, no_header=True)",
        "DeprecationWarning",
        "no_header=True",
    ),
    Change(
        "model.accuracy(questions)",
        "model.wv.evaluate_word_analogies(questions)",
        "AttributeError",
        "'accuracy'",
    ),
    Change(
        "model.intersect_word2vec_format(path)",
        "gensim_impl.copy_rows(model, KeyedVectors.load_word2vec_format(path))",
        "AttributeError",
        "'intersect_word2vec_format'",
    ),
    Change(
        "model.reset_weights()",
        "gensim_impl.reset_weights(model)",
        "AttributeError",
        "'reset_weights'",
    ),
    Change(
        "model.delete_temporary_training_data()",
        "model.wv",
        "AttributeError",
        "'delete_temporary_training_data'",
    ),
)


def migration_table() -> str:
    """Write the changes as a table in Markdown.

    Returns
    -------
    str
        The rows of ``CHANGES``: the old line, that of gensim 4, and what the old line does now.
    """
    rows = [f"| `{change.old}` | `{change.new}` | {_verdict(change.fails)} |" for change in CHANGES]
    return "\n".join(["| old | gensim 4 | the old line today |", "|---|---|---|", *rows])


def _verdict(fails: str) -> str:
    return "warns" if fails == "DeprecationWarning" else f"`{fails}`"
