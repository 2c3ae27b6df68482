"""Typical wrong answers to lesson 06's exercises; test_exercises.py hands them to the checks."""

import random
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec


def starts_again(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha - (alpha - min_alpha) * done)


def whole_epochs(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha - (alpha - min_alpha) * epoch / epochs)


def towards_zero(epoch, done, epochs, alpha, min_alpha):
    return max(min_alpha, alpha * (1 - (epoch + done) / epochs))


def without_floor(epoch, done, epochs, alpha, min_alpha):
    return alpha - (alpha - min_alpha) * (epoch + done) / epochs


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


def shuffles_the_callers_list(data):
    random.shuffle(data)
    return live_view(data)


WRONG_ANSWERS = {
    "06.1": {
        "starts again in each epoch": starts_again,
        "is the same all through an epoch": whole_epochs,
        "falls towards zero": towards_zero,
        "has no floor": without_floor,
    },
    "06.2": {
        "can be read once": OnceOnly,
        "does not shuffle": NotShuffled,
        "gives the same order each time": SameOrder,
        "uses the caller's random numbers": CallersNumbers,
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
        "does nothing": lambda model, vectors: model,
    },
    "06.4": {
        "gives the IN vectors": in_vectors,
        "takes the nodes for words": either_matrix,
        "does not ask for the objective": no_question_asked,
        "sorts the words": sorted_words,
        "gives the bare matrix": bare_matrix,
    },
    "06.5": {
        "trains in a loop": in_a_loop,
        "does not reshuffle": once_shuffled,
        "gives a live view": live_view,
        "has the default size": default_size,
        "shuffles the caller's list": lambda data: shuffles_the_callers_list(data),
    },
}
