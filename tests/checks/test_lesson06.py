"""Typical wrong answers to lesson 06's exercises; test_exercises.py hands them to the checks."""

import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec

from course_lib.checks import CheckFailed, check


def starts_again(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha - (alpha - min_alpha) * done)


def whole_epochs(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha - (alpha - min_alpha) * epoch / epochs)


def towards_zero(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha * (1 - (epoch + done) / epochs))


def without_floor(epoch, done, epochs, alpha, min_alpha):
    return alpha - (alpha - min_alpha) * (epoch + done) / epochs


def share_of_all(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha - (alpha - min_alpha) * (epoch / epochs + done))


def rises(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, min_alpha + (alpha - min_alpha) * (epoch + done) / epochs)


class Sentences:
    """What the wrong classes share."""

    def __init__(self, path, seed):
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        self.sentences = [line.split() for line in lines if line]
        self.seed = seed
        self.random = random.Random(seed)


class OnceOnly(Sentences):
    def __init__(self, path, seed):
        super().__init__(path, seed)
        self.random.shuffle(self.sentences)
        self.iterator = iter(self.sentences)

    def __iter__(self):
        return self.iterator


class NotShuffled(Sentences):
    def __iter__(self):
        return iter(self.sentences)


class SameOrder(Sentences):
    def __iter__(self):
        return iter(random.Random(self.seed).sample(self.sentences, len(self.sentences)))


class CallersNumbers(Sentences):
    def __iter__(self):
        return iter(random.sample(self.sentences, len(self.sentences)))


class SeedsNumpyForAll(Sentences):
    def __init__(self, path, seed):
        super().__init__(path, seed)
        np.random.seed(seed)  # noqa: NPY002

    def __iter__(self):
        order = np.random.permutation(len(self.sentences))  # noqa: NPY002
        return iter([self.sentences[row] for row in order])


class KeepsLineEnds(Sentences):
    def __init__(self, path, seed):
        super().__init__(path, seed)
        self.sentences = [[*sentence[:-1], sentence[-1] + "\n"] for sentence in self.sentences]

    def __iter__(self):
        return iter(self.random.sample(self.sentences, len(self.sentences)))


class NoSeed(Sentences):
    def __iter__(self):
        rng = random.Random()
        return iter(rng.sample(self.sentences, len(self.sentences)))


class FixedSeed(Sentences):
    def __init__(self, path, seed):
        super().__init__(path, 0)

    def __iter__(self):
        return iter(self.random.sample(self.sentences, len(self.sentences)))


class WithEmptyLines(Sentences):
    def __init__(self, path, seed):
        super().__init__(path, seed)
        self.sentences.append([])

    def __iter__(self):
        return iter(self.random.sample(self.sentences, len(self.sentences)))


class Strings(Sentences):
    def __iter__(self):
        return iter([" ".join(sentence) for sentence in self.sentences])


def float64_matrix(model, vectors):
    rows = model.wv.vectors.astype(np.float64)
    for word, row in model.wv.key_to_index.items():
        if word in vectors:
            rows[row] = vectors[word]
    model.wv.vectors = rows
    return model


def other_keyed_vectors(model, vectors):
    new = KeyedVectors(model.vector_size)
    rows = [vectors[w] if w in vectors else model.wv[w] for w in model.wv.index_to_key]
    new.add_vectors(model.wv.index_to_key, np.array(rows))
    model.wv = new
    return model


def rows_in_order(model, vectors):
    model.wv.vectors[: len(vectors)] = vectors.vectors
    return model


def old_norms(model, vectors):
    for word, row in model.wv.key_to_index.items():
        if word in vectors.key_to_index:
            model.wv.vectors[row] = vectors[word]
    model.wv.fill_norms()
    return model


def added(model, vectors):
    model.wv.add_vectors(vectors.index_to_key, vectors.vectors)
    return model


def all_other_rows_zero(model, vectors):
    model.wv.vectors[:] = 0
    return old_norms(model, vectors)


def locks_of_float64(model, vectors):
    """As an answer on the web does it: one in two words would be frozen."""
    for word, row in model.wv.key_to_index.items():
        if word in vectors:
            model.wv.vectors[row] = vectors[word]
    model.wv.fill_norms(force=True)
    model.wv.vectors_lockf = np.ones(len(model.wv))
    return model


def takes_the_vectors_themselves(model, vectors):
    model.wv = vectors
    return model


def keyed(model, matrix):
    out = KeyedVectors(model.vector_size)
    out.add_vectors(model.wv.index_to_key, matrix)
    return out


def in_vectors(model):
    return keyed(model, model.wv.vectors)


def either_matrix(model):
    return keyed(model, model.syn1neg if model.negative else model.syn1)


def no_question_asked(model):
    return keyed(model, model.syn1neg)


def sorted_words(model):
    out = KeyedVectors(model.vector_size)
    out.add_vectors(sorted(model.wv.index_to_key), model.syn1neg.copy())
    return out


def of_length_one(model):
    lengths = np.linalg.norm(model.syn1neg, axis=1, keepdims=True)
    return keyed(model, model.syn1neg / lengths)


def asks_for_the_tree(model):
    if model.hs:
        raise ValueError("a tree")
    return keyed(model, model.syn1neg.copy())


def in_place_of_the_in_vectors(model):
    model.wv.vectors = model.syn1neg
    return model.wv


def view(model):
    out = keyed(model, model.syn1neg)
    out.vectors = model.syn1neg
    return out


def bare_matrix(model):
    return model.syn1neg.copy()


class Reshuffled:
    def __init__(self, data):
        self.data = data

    def __iter__(self):
        return iter(random.sample(self.data, len(self.data)))


def untrained(data, **changes):
    options = {"vector_size": 64, "min_count": 5, "workers": 1, "seed": 1}
    model = Word2Vec(**options | changes)
    model.build_vocab(data)
    return model


def in_a_loop(data):
    model = untrained(data)
    for _ in range(20):
        model.train(Reshuffled(data), total_examples=len(data), epochs=1)
    return model, model.wv["cricket"].copy()


def once_shuffled(data):
    model = untrained(data)
    model.train(data, total_examples=len(data), epochs=20)
    return model, model.wv["cricket"].copy()


def live_view(data):
    model = untrained(data)
    model.train(Reshuffled(data), total_examples=len(data), epochs=20)
    return model, model.wv["cricket"]


def default_size(data):
    model = untrained(data, vector_size=100)
    model.train(Reshuffled(data), total_examples=len(data), epochs=20)
    return model, model.wv["cricket"].copy()


def shuffled_before(data):
    model = untrained(data)
    order = random.sample(data, len(data))
    model.train(order, total_examples=len(data), epochs=20)
    return model, model.wv["cricket"].copy()


def from_a_file(data):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.writelines(" ".join(sentence) + "\n" for sentence in data)
    options = {"vector_size": 64, "workers": 1, "seed": 1, "epochs": 20}
    model = Word2Vec(corpus_file=file.name, **options)
    Path(file.name).unlink()
    return model, model.wv["cricket"].copy()


def not_trained(data):
    model = untrained(data, epochs=20)
    return model, model.wv["cricket"].copy()


def half_of_the_text(data):
    model = untrained(data)

    class Half(Reshuffled):
        def __iter__(self):
            return iter(random.sample(self.data, len(self.data) // 2))

    model.train(Half(data), total_examples=len(data), epochs=20)
    return model, model.wv["cricket"].copy()


def shuffles_the_callers_list(data):
    random.shuffle(data)
    return live_view(data)


WRONG_ANSWERS = {
    "06.1": {
        "starts again in each epoch": starts_again,
        "is the same all through an epoch": whole_epochs,
        "falls towards zero": towards_zero,
        "has no floor": without_floor,
        "takes done for a share of the whole": share_of_all,
        "rises": rises,
    },
    "06.2": {
        "can be read once": OnceOnly,
        "does not shuffle": NotShuffled,
        "gives the same order each time": SameOrder,
        "uses the caller's random numbers": CallersNumbers,
        "keeps the line ends": KeepsLineEnds,
        "ignores the seed": NoSeed,
        "has one seed for all": FixedSeed,
        "keeps an empty line": WithEmptyLines,
        "gives strings": Strings,
    },
    "06.3": {
        "puts a float64 matrix in its place": float64_matrix,
        "puts other KeyedVectors in their place": other_keyed_vectors,
        "copies rows in the published order": rows_in_order,
        "leaves the old norms": old_norms,
        "adds the published words": added,
        "clears the other rows": all_other_rows_zero,
        "locks by float64": locks_of_float64,
        "does nothing": lambda model, vectors: model,
    },
    "06.4": {
        "gives the IN vectors": in_vectors,
        "takes the nodes for words": either_matrix,
        "does not ask for the objective": no_question_asked,
        "sorts the words": sorted_words,
        "gives the bare matrix": bare_matrix,
        "puts them in the place of the IN vectors": in_place_of_the_in_vectors,
        "gives a view": view,
        "makes the lengths one": of_length_one,
        "asks for the tree": asks_for_the_tree,
    },
    "06.5": {
        "trains in a loop": in_a_loop,
        "does not reshuffle": once_shuffled,
        "reads half of the text": half_of_the_text,
        "reads a file": from_a_file,
        "does not train": not_trained,
        "gives a live view": live_view,
        "has the default size": default_size,
        # A lambda, since the message begins with the name.
        "shuffles the caller's list": lambda data: shuffles_the_callers_list(data),
    },
}


@pytest.mark.parametrize(
    ("number", "same_mistake", "as_in"),
    [
        ("06.2", SeedsNumpyForAll, CallersNumbers),
        ("06.3", takes_the_vectors_themselves, other_keyed_vectors),
        ("06.5", shuffled_before, once_shuffled),
    ],
)
def test_a_mistake_in_another_dress_is_refused_with_the_same_words(number, same_mistake, as_in):
    said = []
    for answer in (same_mistake, as_in):
        with pytest.raises(CheckFailed) as caught:
            check(number, answer)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_text_that_fails_in_training_is_an_error_and_no_waiting_for_ever():
    class Nothing(Reshuffled):
        def __iter__(self):
            return random.shuffle(self.data[:])

    def train(data):
        model = untrained(data)
        model.train(Nothing(data), total_examples=len(data), epochs=20)
        return model, model.wv["cricket"].copy()

    with pytest.raises(CheckFailed, match="train stops with TypeError"):
        check("06.5", train)


def test_an_error_of_the_corpus_is_told_without_the_line_of_the_check():
    class ReturnsNothing(Sentences):
        def __iter__(self):
            return self.random.shuffle(self.sentences)

    class Fails(Sentences):
        def __iter__(self):
            yield self.sentences[len(self.sentences)]

    with pytest.raises(CheckFailed, match=r"Nothing stops with TypeError: [^(]*\(\) [^(]*$"):
        check("06.2", ReturnsNothing)
    with pytest.raises(CheckFailed, match=r"Fails stops with IndexError.*\(line .*sentences"):
        check("06.2", Fails)


def test_the_check_leaves_the_global_random_numbers_alone():
    random.seed(3)
    expected = random.random(), random.random()
    random.seed(3)
    first = random.random()
    with pytest.raises(CheckFailed):
        check("06.2", NotShuffled)
    assert (first, random.random()) == expected
