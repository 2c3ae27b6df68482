import warnings

import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.scripts.glove2word2vec import glove2word2vec
from gensim.test.utils import datapath

from course_lib import datasets, gensim_impl
from course_lib.gensim_impl import CHANGES, migration_table

each = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.old)


@pytest.fixture
def names(tmp_path):
    """What a tutorial has at hand; for each line anew, since some change the model."""
    text = datasets.load_corpus("lee")[:30]
    questions = datapath("questions-words.txt")
    model = Word2Vec(text, workers=1, epochs=1)
    path = str(tmp_path / "vectors.txt")
    model.wv.save_word2vec_format(path)
    return {
        "Word2Vec": Word2Vec, "KeyedVectors": KeyedVectors, "gensim_impl": gensim_impl,
        "glove2word2vec": glove2word2vec, "text": text, "model": model,
        "tree": Word2Vec(text, hs=1, negative=0, workers=1, epochs=1),
        "word": "the", "other": "to", "path": path, "glove": datapath("test_glove.txt"),
        "questions": questions,
    }  # fmt: skip


@each
def test_the_old_line_fails_as_stated(change, names):
    kind = {kind.__name__: kind for kind in (TypeError, AttributeError, DeprecationWarning)}
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        with pytest.raises(kind[change.fails]) as found:
            eval(change.old, names)
    assert change.says and change.says in str(found.value)


@each
def test_the_new_line_works_without_a_warning(change, names):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # gensim leaves a GloVe file open
        eval(change.new, names)


def test_deprecated_lines_still_do_their_work(names):
    """Else the table would say "warns" of something that fails."""
    for change in CHANGES:
        if change.fails == "DeprecationWarning" and "use_norm" not in change.old:
            with pytest.warns(DeprecationWarning):
                eval(change.old, names)


def test_new_lines_give_what_the_old_ones_meant(names):
    model = names["model"]
    assert eval("model.wv.key_to_index[word]", names) == model.wv.index_to_key.index("the")
    seen = sum(sentence.count("the") for sentence in names["text"])
    assert eval("model.wv.get_vecattr(word, 'count')", names) == seen


def test_the_table_has_a_row_for_each_change():
    rows = migration_table().splitlines()
    assert len(rows) == 2 + len(CHANGES) and len(set(rows)) == len(rows)
    assert (
        rows[2] == "| `Word2Vec(text, size=20)` | `Word2Vec(text, vector_size=20)` | `TypeError` |"
    )
    assert all(row.count("|") == 4 for row in rows), "a bar in the code would make a column"
    assert sum(row.endswith("| warns |") for row in rows) == 4
