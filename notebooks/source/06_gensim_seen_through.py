# %% [markdown]
# # 06 gensim, seen through
#
# **160 minutes**, of them 65 for the exercises. You need: [lesson 02](02_skip_gram.ipynb) and
# [lesson 04](04_negative_sampling.ipynb); for codes and scores also [lesson 05](05_hierarchical_softmax.ipynb). The
# cells take less than a minute.
#
# Afterwards you can
#
# - say what each part of a gensim model is, since you have built every one of them,
# - stream a text from disk and train on it in one call, and say what a loop of calls does to the learning rate,
# - compute the loss that gensim only claims to report,
# - save, load, share, grow, reset and warm-start a model without a crash, a hang or a silent error,
# - read a tutorial for gensim 3 and write it for gensim 4.
#
# It is a long lesson, and you need not read it in one go. Sections 1 to 7 are about training; 8 to 11 about asking a
# model; 12, 13 and 17 about files; 14 to 16 about changing a model and starting again; 18 and 19 are for looking up.

# %%
import bz2
import gzip
import logging
import pickle
import tempfile
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec, callbacks
from gensim.models.word2vec import LineSentence
from IPython.display import Markdown

from course_lib import (
    Embeddings,
    HuffmanTree,
    Vocabulary,
    Word2VecSettings,
    datasets,
    evaluation,
    formats,
    gensim_impl,
    numpy_impl,
    plots,
)
from course_lib.corpus import Shuffled, TextFile

# %% [markdown]
# ## 1. A question: what does gensim do that we do not?
#
# Nothing, when it trains. Here are our trainer, written in plain Python over arrays in `numpy_impl`, and gensim, with
# the same text, the same settings and the same seed. We print the largest difference between the two IN matrices and
# between the two OUT matrices.

# %%
news = datasets.load_corpus("lee")
settings = Word2VecSettings(vector_size=24, epochs=3, exact=True)
ours = numpy_impl.train_word2vec(news, settings)
model = Word2Vec(news, sg=1, vector_size=24, epochs=3, seed=1, workers=1)
print("largest difference, IN: ", np.abs(ours.input_vectors - model.wv.vectors).max())
print("largest difference, OUT:", np.abs(ours.output_vectors - model.syn1neg).max())

# %% [markdown]
# Zero. Not one of the 2 × 1,831 × 24 numbers differs. (`exact=True` makes our trainer add numbers up in the order of
# gensim's BLAS library. Without it, the two agree to rounding.) So you know gensim's training already: lessons 02 to
# 05 derive it. What is left is the life around it: vocabulary, files, learning rates, saving, growing. There gensim
# has surprises, and version 4 is not version 3. In this lesson every surprise is shown in a cell, or told with the
# name of the test that shows it; all of them stand in `tests/gensim_impl/test_traps.py`. "gensim 4" is gensim 4.4
# here, "gensim 3" its last release, 3.8.3.
#
# gensim says some things only to its log, which is silent by default. This handler lets us hear its warnings.


# %%
class Heard(logging.Handler):
    """Keeps gensim's warnings until we ask for them; tells the first two."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())

    def tell(self):
        for message in [*dict.fromkeys(self.messages)][:2] or ["(nothing)"]:
            print("gensim's log:", message.strip()[:90])
        self.messages.clear()


heard = Heard()
logging.getLogger("gensim").addHandler(heard)

# %% [markdown]
# ## 2. What a model is made of
#
# Two things that live apart: `model.wv`, a `KeyedVectors`, has the words and their IN vectors. The model around it has
# what training needs.

# %%
plots.gensim_model()

# %% [markdown]
# | ours | gensim 4 | gensim 3 |
# |---|---|---|
# | `input_vectors` | `model.wv.vectors` | `model.wv.syn0` |
# | `output_vectors` | `model.syn1neg` | `model.trainables.syn1neg` |
# | `node_vectors` | `model.syn1[:-1]` | `model.trainables.syn1` |
# | `words` | `wv.index_to_key` | `wv.index2word` |
# | `index(word)` | `wv.key_to_index[word]` | `wv.vocab[word].index` |
# | `vector_size`, `epochs` | `vector_size`, `epochs` | `size`, `iter` |
#
# The last row of `syn1` belongs to no node, since a tree with V leaves has V − 1 inner nodes (`test_44_...`).
#
# In gensim's skip-gram, the **context** word is on the IN side and the **centre** word on the OUT side
# (`test_42_...`). What `cbow_mean` does to the gradient of CBOW is in [lesson 03](03_cbow.ipynb) (`test_40_...`).
#
# ## 3. Building a vocabulary
#
# `Word2Vec(text, ...)` does three things: it counts the words, draws the start vectors, and trains. One can do them
# one by one. `build_vocab` reads the text once:

# %%
untrained = Word2Vec(sg=1, vector_size=24, min_count=5, epochs=3, seed=1, workers=1)
untrained.build_vocab(news)
vocabulary = Vocabulary.from_sentences(news, min_count=5)
print("words:", len(untrained.wv), " sentences:", untrained.corpus_count)
print("in our order:", untrained.wv.index_to_key == vocabulary.words)
start = Embeddings.initial(vocabulary, 24, seed=1).input_vectors
print("our start vectors:", np.array_equal(untrained.wv.vectors, start))

# %% [markdown]
# The order is that of falling counts; of two equally frequent words, the one that appeared *later* in the text comes
# first. And `train` with the number of sentences and of epochs gives the model of section 1. (Old tutorials write
# `epochs=model.iter`.)

# %%
untrained.train(news, total_examples=untrained.corpus_count, epochs=untrained.epochs)
print("the model of section 1:", np.array_equal(untrained.wv.vectors, model.wv.vectors))

# %% [markdown]
# **Trap: call `build_vocab` twice.** The words are counted and sorted anew, but the vectors are there already, are
# sorted a second time, and end up beside other words. On the same text there is no error:

# %%
twice = Word2Vec(sg=1, vector_size=24, min_count=5, seed=1, workers=1)
twice.build_vocab(news)
before = {word: twice.wv[word].copy() for word in twice.wv.index_to_key}
twice.build_vocab(news)
kept = sum(np.array_equal(twice.wv[word], vector) for word, vector in before.items())
print(f"words that kept their vector: {kept} of {len(before):,}")
heard.tell()

# %% [markdown]
# Only the log says something, and only if you listen. On a text with more words it is an IndexError (`test_17_...`).
# Make a new model.
#
# ## 4. A corpus: a list, a file, a stream
#
# A corpus is read once to count and once an epoch. So it has to be something that can be read again and again:

# %%
try:
    Word2Vec((sentence for sentence in news), workers=1)
except TypeError as error:
    print("a generator:", str(error)[:60])
once = Word2Vec(iter(news), min_count=5, workers=1, seed=1)
print("an iterator:", len(once.wv), "words, trained:", bool(once.syn1neg.any()))
heard.tell()

# %% [markdown]
# gensim refuses a generator. Any other iterator it takes: it counts the words, finds nothing left to train on, and
# gives you the random start vectors. And a list of strings is a list of lists of letters:

# %%
letters = Word2Vec(["the king wears the crown"] * 5, min_count=5, workers=1)
print(sorted(letters.wv.index_to_key))
heard.tell()

# %% [markdown]
# Our trainers refuse all three with a sentence that names the remedy.

# %% tags=["raises-exception"]
gensim_impl.train_word2vec(iter(news), settings)

# %% [markdown]
# **From disk.** A text that does not fit into memory is a file with a sentence a line. We write one, plain and
# compressed. gensim's `LineSentence` streams all three, and so does our `TextFile`.

# %%
temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
for name, opener in [("news.txt", open), ("news.txt.gz", gzip.open), ("news.txt.bz2", bz2.open)]:
    with opener(folder / name, "wt", encoding="utf-8") as file:
        file.writelines(" ".join(sentence) + "\n" for sentence in news)
    streams = [LineSentence(str(folder / name)), TextFile(folder / name)]
    print(f"{name:13s}", [list(stream) == news for stream in streams])

# %% [markdown]
# Both cut a line of more than 10,000 tokens into several sentences. A *list* with such a sentence gensim cuts in
# another way: it drops the rest, without a word. `train` gives the number of tokens that it trained on:

# %%
long_sentence = ["one", "two"] * 6000
short = Word2Vec(min_count=1, sample=0, workers=1)
short.build_vocab([long_sentence])
used, read = short.train([long_sentence], total_examples=1, epochs=1)
print(f"tokens read: {read:,}, used: {used:,}")

# %% [markdown]
# `corpus.split_long` cuts it before gensim does. There is a second way to a file, `corpus_file=`: gensim's threads
# then read the file themselves, in C++. It takes plain text only, and its results differ:

# %%
by_file = Word2Vec(
    corpus_file=str(folder / "news.txt"), sg=1, vector_size=24, epochs=3, seed=1, workers=1
)
print("same words:  ", by_file.wv.index_to_key == model.wv.index_to_key)
print("same vectors:", np.array_equal(by_file.wv.vectors, model.wv.vectors))
try:
    Word2Vec(corpus_file=str(folder / "news.txt.gz"), workers=1)
except TypeError as error:
    print("compressed:  ", str(error)[:47])

# %% [markdown]
# The gradients are the same, the random numbers are not: this way seeds them once an epoch, the other way once every
# 10,000 tokens, and it draws the windows from another generator. Do not mix the two ways when you compare models.
#
# ## 5. Counts, codes and paths
#
# What gensim 3 kept in `model.wv.vocab[word].count` is an attribute of the word now: `get_vecattr`. A model that is
# trained by hierarchical softmax has the Huffman code and the path of each word, too.

# %%
tree_model = Word2Vec(news, sg=1, hs=1, negative=0, vector_size=24, epochs=3, seed=1, workers=1)
tree = HuffmanTree.from_counts(vocabulary.counts)
for word in ["the", "cricket"]:
    row = tree_model.wv.key_to_index[word]
    count, code, point = (tree_model.wv.get_vecattr(word, a) for a in ("count", "code", "point"))
    same = np.array_equal(code, tree.codes[row]), np.array_equal(point, tree.points[row])
    print(
        f"{word:8s}row {row:3d}, seen {count:,} times, code {''.join(map(str, code))}, ours: {same}"
    )

# %% [markdown]
# `tree_model.syn1[tree_model.wv.get_vecattr(word, "point")]` are the vectors of the *nodes* on the word's path. An old
# answer on the web gives this line in its gensim 3 form, `model.syn1[model.wv.vocab["potato"].point]`, to somebody who
# asks for OUT vectors. It is not that: it has a row for each turn, and a model that is trained by hierarchical softmax
# alone has no OUT vectors at all.

# %%
on_the_path = tree_model.syn1[tree_model.wv.get_vecattr("cricket", "point")]
print("for one word:", on_the_path.shape[0], "rows of", on_the_path.shape[1], "numbers")

# %% [markdown]
# ## 6. Training in one call
#
# A popular tutorial trains like this, with `random.shuffle(data)` before each call:
#
# ```python
# for i in range(20):
#     random.shuffle(data)
#     model.train(data, total_examples=len(data), epochs=1)
# ```
#
# To see what happens to the learning rate, we watch it while gensim reads the text. gensim keeps the latest rate in
# `min_alpha_yet_reached`. (The name promises the smallest, but it rises again.)


# %%
class Watched:
    """A corpus that notes the learning rate which gensim has reached at each sentence."""

    def __init__(self, model, sentences):
        self.model, self.sentences, self.alphas = model, sentences, []

    def __iter__(self):
        for sentence in self.sentences:
            self.alphas.append(self.model.min_alpha_yet_reached)
            yield sentence


# %% [markdown]
# Three ways to make 15 epochs, each over the same reshuffled orders: one call; the loop; and an old recipe for
# lowering the rate by hand. `fresh_model` gives an untrained model with the vocabulary of another one.


# %%
def prepared():
    """Give an untrained model, and the news in a new order each time they are read."""
    fresh = gensim_impl.fresh_model(model)
    return fresh, Watched(fresh, Shuffled(news, np.random.default_rng(1)))


heard.messages.clear()
in_one_call, text1 = prepared()
in_one_call.train(text1, total_examples=len(news), epochs=15)

in_a_loop, text2 = prepared()
for _ in range(15):
    in_a_loop.train(text2, total_examples=len(news), epochs=1)
heard.tell()

by_hand, text3 = prepared()
for _ in range(15):
    by_hand.train(text3, total_examples=len(news), epochs=1)
    by_hand.alpha -= 0.002
    by_hand.min_alpha = by_hand.alpha

# %%
plots.learning_rates(
    {
        "one call": text1.alphas,
        "loop of single epochs": text2.alphas,
        "lowered by hand": text3.alphas,
    },
    15,
    title="In a loop the learning rate starts again at each call; by hand it falls below zero",
)

# %% [markdown]
# In one call, the rate falls from `alpha` to `min_alpha` once, whatever the order of the sentences. A call in a loop
# knows nothing of the other calls: it goes from top to bottom each time, and what comes last in an epoch is trained
# with the smallest steps. By hand, the first epoch falls to `min_alpha`, since that is lowered only afterwards; then
# each epoch keeps one rate, and from the 14th on it is negative: the model **unlearns**. How bad is that?
# `gensim_impl.objective` computes the loss of each model (section 7 says how):

# %%
losses = [gensim_impl.objective(each, news).mean for each in (in_one_call, in_a_loop, by_hand)]
print("one call and loop within 0.1 nats:", abs(losses[0] - losses[1]) < 0.1)
print("the loop ends lower:", losses[1] < losses[0])
print("by hand, more than twice the loss:", losses[2] > 2 * losses[0])

# %% tags=["nbval-ignore-output"]
for name, loss in zip(["one call", "loop", "by hand"], losses, strict=True):
    print(f"{name:9s}{loss:6.2f} nats a pair")

# %% [markdown]
# So be fair: on this text the loop does **no harm** to the loss; it even ends a little lower. It spends about as much
# learning rate as one call. But that is luck and no plan, and the only warning is in the log. The recipe by hand ruins
# the model: it was written for fewer epochs, and nothing tells you when they are over.
#
# The right way is one call, over a class whose `__iter__` gives a new order each time: our `Shuffled`. Does
# reshuffling itself help? Compare with the order of the file:

# %%
in_order = gensim_impl.fresh_model(model)
in_order.train(news, total_examples=len(news), epochs=15)
shuffled_loss, ordered_loss = (gensim_impl.objective(m, news).mean for m in (in_one_call, in_order))
print(f"with and without reshuffling within 0.02 nats: {abs(shuffled_loss - ordered_loss) < 0.02}")

# %% [markdown]
# Not here: these 300 documents stand in no order that matters to the loss. Think of a file that is sorted by topic.
#
# **Trap: `start_alpha` stays.** The documentation says that `start_alpha` and `end_alpha` are "for this one call".
# They are written into the model:

# %%
in_order.train(news, total_examples=len(news), epochs=1, start_alpha=0.01, end_alpha=0.005)
print("alpha:", in_order.alpha, " min_alpha:", in_order.min_alpha, " epochs:", in_order.epochs)

# %% [markdown]
# The next `train` without them starts at 0.01. Set the three back yourself, or use `gensim_impl.grow` (section 14), which
# does.
#
# ## 7. The loss that gensim reports
#
# `compute_loss=True` promises a loss, and `get_latest_training_loss()` gives a number in the millions. What is it? It
# is a **sum** over all predictions of all epochs of the last call of `train`, kept in float32. A float32 has 24 bits.
# From $2^{22}$ on, about four million, its steps are 1/2, and terms below 1/4 are rounded away. From $2^{24}$ on,
# terms below 1 are. At $2^{27}$ the sum stands still, since no term is above 6.01.

# %%
for power in [20, 22, 24, 27]:
    total = np.float32(2**power)
    print(
        f"2^{power} + 0.2 grows: {total + np.float32(0.2) > total},  + 6 grows: {total + np.float32(6) > total}"
    )

# %% [markdown]
# `gensim_impl.EpochLoss` reads the sum after each epoch, and sets it back to zero before the next. We train twice,
# with it and with a callback that only reads.


# %%
class Running(callbacks.CallbackAny2Vec):
    """Reads the running sum after each epoch and lets it run on."""

    def __init__(self):
        self.sums = [0.0]

    def on_epoch_end(self, model):
        self.sums.append(model.running_training_loss)


running, set_back = Running(), gensim_impl.EpochLoss()
for callback in [running, set_back]:
    watched = gensim_impl.fresh_model(model, vector_size=8, window=10)
    watched.train(
        news, total_examples=len(news), epochs=12, compute_loss=True, callbacks=[callback]
    )

# %%
plots.loss_curve(
    {
        "what the running sum gains": np.diff(running.sums) / 1e6,
        "set back each epoch": np.array(set_back.losses) / 1e6,
    },
    ylabel="loss of an epoch (millions of nats)",
    title="The loss does not fall by steps: the sum has outgrown its float32",
)

# %% [markdown]
# Twice the loss seems to fall at a blow, where the sum passes $2^{22}$ and $2^{23}$. Nothing of the kind happened:
# set back each epoch, the loss hardly changes.
#
# **What the model's loss is** we can compute: all pairs, the model's own windows, subsampling and noise words, in
# float64. That is `gensim_impl.objective`. For a fair comparison let gensim look at the same model. With a learning
# rate of next to nothing no vector moves; without subsampling and with fixed windows the number of pairs is certain.

# %%
still = Word2Vec(
    news, sg=1, vector_size=24, epochs=3, sample=0, shrink_windows=False, seed=1, workers=1
)
tiny = {"start_alpha": 1e-12, "end_alpha": 1e-12, "compute_loss": True}
still.train(news, total_examples=len(news), epochs=1, **tiny)
true = gensim_impl.objective(still, news)
reported = still.get_latest_training_loss() / true.predictions
print(f"{true.predictions:,} pairs: reported {reported:.2f}, true {true.mean:.2f} nats a pair")

# %% [markdown]
# While the sum is short, gensim is 2 % too high. Where do they come from? From its table of the logistic function. It
# has 1000 entries for scores from -6 to 6, which is 83.33 entries a unit, and gensim multiplies by 83. So for a score
# of 0 it reads the entry of -0.024. A model with hierarchical softmax that was never trained shows it: all its scores
# are 0.

# %%
new_tree = gensim_impl.fresh_model(tree_model)
two_words = ["the", "cricket"]
turns = sum(len(new_tree.wv.get_vecattr(word, "code")) for word in two_words)
(score,) = new_tree.score([two_words], total_sentences=1)
print(f"gensim: {score / turns:.4f} a turn;  log 0.5 = {np.log(0.5):.4f};", end="  ")
print(f"log sigmoid(-0.024) = {-np.log1p(np.exp(0.024)):.4f}")

# %% [markdown]
# The gradients come from the same table, as if a score of 0 were one of -0.024; section 1 agrees to the last bit
# because our trainer with `exact=True` uses that table, too. Three more things about this loss: it has to be asked
# for in `train(compute_loss=True)` too, if one calls `train`; several workers add to one sum without a lock, so that
# it depends on who writes last; and pairs with scores beyond 6 are not in it (`test_24_...`, `test_39_...`).
#
# ## 8. KeyedVectors, apart from the model
#
# For looking words up one needs the words and the IN vectors, and nothing else. `model.wv` has no tables, no OUT
# matrix, no learning rate. So keep it, and let the model go. (In gensim 3 one called
# `model.delete_temporary_training_data()` to save the memory.)

# %%
vectors = in_one_call.wv
print(vectors)
print(
    "can be trained:", hasattr(vectors, "train"), " has OUT vectors:", hasattr(vectors, "syn1neg")
)
print("'cricket' in vectors:", "cricket" in vectors, " first words:", vectors.index_to_key[:4])

# %% [markdown]
# **Trap: `wv[word]` is a window into the matrix**, not a copy. Compare a vector "before" and "after" a training, and
# they are equal, always:

# %%
live, copied = in_one_call.wv["cricket"], in_one_call.wv["cricket"].copy()
in_one_call.train(news, total_examples=len(news), epochs=1)
print("live view moved along:", np.array_equal(live, in_one_call.wv["cricket"]))
print("the copy is as before:", not np.array_equal(copied, in_one_call.wv["cricket"]))

# %% [markdown]
# **Trap: cosines above 1.** `most_similar` divides by lengths that gensim has stored. Whoever edits vectors has to say
# so, by `fill_norms(force=True)`:

# %%
edited = in_one_call.wv.vectors_for_all(in_one_call.wv.index_to_key)
edited.most_similar("cricket")  # stores the lengths
edited.vectors *= 5
print("highest cosine above 4:", edited.most_similar("cricket")[0][1] > 4)
edited.fill_norms(force=True)
print("after fill_norms below 1:", edited.most_similar("cricket")[0][1] < 1)

# %% [markdown]
# Tutorials for gensim 3 call `init_sims(replace=True)` to save memory. It is deprecated, it is not needed any more,
# and it scales the trained vectors themselves to length 1 (`test_04_...`). `get_normed_vectors()` gives a copy.
#
# ## 9. Neighbours and similarity
#
# The same cosines as ours. (Old tutorials: `model.most_similar`, without `wv`.)

# %%
ours = gensim_impl.to_embeddings(in_one_call)
for word in ["cricket", "economy", "israeli"]:
    theirs = [name for name, _ in vectors.most_similar(word, topn=10)]
    print(word, theirs == [name for name, _ in ours.most_similar(word, topn=10)], end=", ")
pair = "cricket", "test"
print("similarity", np.isclose(vectors.similarity(*pair), ours.similarity(*pair), atol=1e-6))

# %% tags=["nbval-ignore-output"]
for word in ["cricket", "economy", "israeli"]:
    print(f"{word:8s}", ", ".join(name for name, _ in vectors.most_similar(word, topn=5)))

# %% [markdown]
# `to_embeddings` takes both matrices over, and so we can ask what gensim has no method for: OUT neighbours. It also
# makes `KeyedVectors` of the OUT vectors, with which all of gensim's methods work:

# %%
out = ours.to_keyed_vectors("out")
print("OUT is syn1neg:", np.array_equal(out.vectors, in_one_call.syn1neg))
beside = [word for word, _ in out.similar_by_vector(vectors["cricket"], topn=10)]
print("OUT vectors near the IN vector of cricket:", [w for w in ["test", "waugh"] if w in beside])

# %% [markdown]
# One method of gensim 4.4 itself calls a deprecated one: `most_similar_cosmul` calls `init_sims` and warns, whatever
# you do (`test_most_similar_cosmul_warns`).
#
# ## 10. predict_output_word
#
# [Lesson 03](03_cbow.ipynb) fills gaps with it: the mean of the context's IN vectors against all OUT vectors, through
# a softmax. It is our `fill_gap`. It exists for negative sampling only, where these "probabilities" favour rare words
# (lesson 03 shows why), and unknown words are dropped; if none is left, the answer is `None`, not an error.

# %%
context = ["the", "first", "of", "the", "cricket"]
theirs = in_one_call.predict_output_word(context, topn=5)
mine = ours.fill_gap(context, topn=5)
print("the same words:", [word for word, _ in theirs] == [word for word, _ in mine])
print("the same numbers:", np.allclose([p for _, p in theirs], [p for _, p in mine], rtol=1e-4))
print("unknown words only:", in_one_call.predict_output_word(["zzz"]))
try:
    tree_model.predict_output_word(context)
except RuntimeError as error:
    print("hierarchical softmax:", str(error).split(",")[0])

# %% [markdown]
# ## 11. score
#
# `score` is for hierarchical softmax only (else a RuntimeError: `test_25_...`). For a sentence it gives the sum of
# $\log p$ over all pairs in the full window, without subsampling: minus our loss, but for the table of section 7. To
# compare the two we copy the trained vectors into a model with these settings. Say how many sentences there are:
# beyond `total_sentences`, a million by default, the others are left out.

# %%
sentences = news[:20]
fixed = gensim_impl.fresh_model(tree_model, sample=0, shrink_windows=False)
gensim_impl.copy_rows(fixed, tree_model.wv)
fixed.syn1[:] = tree_model.syn1
scores = fixed.score(sentences, total_sentences=len(sentences))
true = gensim_impl.objective(fixed, sentences)
ratio = -scores.sum() / true.predictions / true.mean
print(f"{true.predictions:,} pairs; gensim's loss is 1 to 3 % higher: {1.01 < ratio < 1.03}")

# %% [markdown]
# ## 12. Save and load the model
#
# `model.save` writes all: vectors, counts, settings, even the random generator, so that training goes on as if nothing
# had happened. gensim wants a string, not a `Path` (`test_33_...`).

# %%
path = str(folder / "model")
in_one_call.save(path)
loaded = gensim_impl.load_native(path)
for each in [in_one_call, loaded]:
    each.train(news, total_examples=len(news), epochs=1)
print("trained on after loading:", np.array_equal(in_one_call.wv.vectors, loaded.wv.vectors))
print("files:", sorted(file.name for file in folder.glob("model*")))

# %% [markdown]
# `load_native` does what `Word2Vec.load` does, and does not run code from the file (section 17). A large matrix goes
# into a file of its own, beside the first: from about ten million numbers on, or always with `sep_limit=0`. Move the
# model without them, and it cannot be loaded (`test_32_...`). Such a file can stay on the disk, and only the parts
# that are needed are read: that is `mmap`.

# %%
in_one_call.save(path, sep_limit=0)
print("files:", sorted(file.name for file in folder.glob("model*")))
mapped = gensim_impl.load_native(path, mmap=True)
print("on the disk:", isinstance(mapped.wv.vectors, np.memmap))

# %% [markdown]
# **Trap: `mmap="r"` and training.** gensim's documentation shows `mmap='r'`. Read-only memory can be looked up. To
# train it is a crash, not an exception: Python is gone, and your notebook with it. So we try it in a process of its
# own. `load_native` uses mode `"c"`, copy on write: what changes is kept in memory, and the file stays. (In mode
# `"r+"` the training writes into your file: `test_31_mode_r_plus_...`.)

# %%
program = f"""
from gensim.models import Word2Vec
from course_lib import datasets
news = datasets.load_corpus("lee")
model = Word2Vec.load({path!r}, mmap=MODE)
model.train(news, total_examples=len(news), epochs=1)
print("trained")
"""
for mode in ["'r'", "'c'"]:
    print(f"mmap={mode}:", gensim_impl.outcome(program.replace("MODE", mode)).split(":")[0])

# %% [markdown]
# ## 13. The format that every tool reads
#
# word2vec's own format is a header `V d`, and then a word and its numbers a line, as text or in binary. It holds
# vectors and nothing else: no counts, no OUT vectors, no settings. (Tutorials from before gensim 1 write
# `model.save_word2vec_format`, without `wv`; gensim 3 refused it already.)

# %%
for name, binary in [("v.txt", False), ("v.txt.gz", False), ("v.bin", True), ("v.bin.gz", True)]:
    vectors.save_word2vec_format(str(folder / name), binary=binary)
    back = KeyedVectors.load_word2vec_format(str(folder / name), binary=binary)
    small = (folder / name).stat().st_size < (folder / "v.txt").stat().st_size / 2
    same = np.array_equal(back.vectors, vectors.vectors)
    print(f"{name:9s}bit for bit: {same}, less than half of the text: {small}")

# %% [markdown]
# Both are exact, since text is written with all the digits that a float32 needs. Binary is smaller, and faster to
# read (`test_43_...`). `formats.save_vectors` and `formats.load_vectors` write and read the same files; lesson 08 is
# about them. The traps:
#
# **Made-up counts.** The file has none, so gensim makes some up: $V, V - 1, \dots, 1$.

# %%
print("counts in the text:", [int(vectors.get_vecattr(w, "count")) for w in ["the", "cricket"]])
print("counts from a file:", [int(back.get_vecattr(w, "count")) for w in ["the", "cricket"]])

# %% [markdown]
# **A word with a space** breaks the file. As text it cannot be read back. In binary, a reader is out of step from
# that word on: it stops with an error about something else, or gives other words and other numbers, without any
# (`test_29_...`). `formats.save_vectors` refuses such a word.

# %%
broken = KeyedVectors(2)
broken.add_vectors(["new york", "paris"], np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32))
broken.save_word2vec_format(str(folder / "b.bin"), binary=True)
came_back = KeyedVectors.load_word2vec_format(str(folder / "b.bin"), binary=True)
print("saved:", broken.index_to_key, " came back:", came_back.index_to_key[:1])
try:
    formats.save_vectors(folder / "b.bin", broken.index_to_key, broken.vectors, "word2vec-binary")
except ValueError as error:
    print(str(error).split(",")[0])

# %% [markdown]
# **A word that stands twice** leaves a word `None` with a zero vector in gensim (`test_30_...`). **Text read as
# binary** may give nonsense without an error (`test_text_read_as_binary_...`). `formats.load_vectors` keeps the first
# of the two and warns, sees by itself what a file is, and makes up no counts.
#
# A **GloVe** file is this format without the header: `load_word2vec_format(path, no_header=True)`, else a ValueError.
# Tokens with spaces, such as `. . .` in one of the published files, stop gensim (`test_27_...`, `test_28_...`).
#
# **IN and OUT beside each other** take two files, or one file of ours (`Embeddings.save`). Written by gensim, mind
# the order of the rows: it sorts a file by counts where there are counts (`test_in_and_out_files_...`). Ours keeps
# the order.

# %%
words = ours.vocabulary.words
for which, matrix in [("in", ours.input_vectors), ("out", ours.output_vectors)]:
    formats.save_vectors(folder / f"{which}.txt.gz", words, matrix)
in_back, out_back = (formats.load_vectors(folder / f"{name}.txt.gz") for name in ["in", "out"])
print("same rows:", in_back.vocabulary.words == out_back.vocabulary.words == words)
print("OUT, bit for bit:", np.array_equal(out_back.input_vectors, ours.output_vectors))

# %% [markdown]
# ## 14. New words
#
# A model can learn new words from a second text: `build_vocab(more, update=True)`, then `train`. Six made-up
# sentences, five of them about a *drone*, a word that the news do not have:

# %%
more = [
    "the israeli army said the drone was seen over gaza",
    "a drone was seen over the west bank by the israeli army",
    "palestinian officials said the drone was fired on by the army",
    "the drone and the helicopter were seen over gaza and the west bank",
    "israeli helicopter and drone attack on gaza officials said",
    "the army said a quadcopter attack killed palestinian militants in gaza",
]
more = [sentence.split() for sentence in more]
naive = gensim_impl.load_native(path)
was = {name: int(naive.wv.get_vecattr("the", name)) for name in ["count", "sample_int"]}
naive.build_vocab(more, update=True)
print("drone in the news:", sum(sentence.count("drone") for sentence in news), "times", end="; ")
print("new words:", naive.wv.index_to_key[len(vectors) :])
print("corpus_count:", naive.corpus_count)
ratio = int(naive.wv.get_vecattr("the", "sample_int")) / was["sample_int"]
print(f"chance of 'the' to be trained on: {ratio:.2f} times what it was")

# %% [markdown]
# Four things to know.
#
# 1. `min_count` counts anew in the *new* text. *drone* made it, with 5 tokens; *quadcopter* did not. `build_vocab(more,
#    update=True, min_count=1)` changes it for this call.
# 2. `corpus_count` is that of the new text. Whoever trains on the old text with it gets a wrong learning rate.
# 3. Words of the new text are subsampled by their counts in the new text alone. In six sentences *the* is frequent, so
#    that it is now thrown away more often, in all texts to come (`test_growing_subsamples_...`).
# 4. `train` starts at `model.alpha` again, with large steps for the old words, too.
#
# `gensim_impl.grow` takes care of 2 to 4. (And it refuses hierarchical softmax: new counts make a new tree, and each
# trained node vector would stand at another node: `test_growing_a_model_with_hierarchical_softmax_...`.)

# %%
grown = gensim_impl.load_native(path)
start = grown.wv.vectors.copy()
new_words = gensim_impl.grow(grown, more, epochs=30, alpha=0.025)
moved = np.abs(grown.wv.vectors[: len(start)] - start).sum(axis=1) > 0
in_more = {word for sentence in more for word in sentence}
print("new words:", new_words)
near = [word for word, _ in grown.wv.most_similar("drone", topn=20)]
print("near drone:", [word for word in ["helicopter", "army", "cricket"] if word in near])
moved_words = {grown.wv.index_to_key[row] for row in np.flatnonzero(moved)}
print(f"IN vectors that moved: {len(moved_words)} of {len(start):,}", end=", ")
print("all of them of words in the new text:", moved_words <= in_more)

# %% [markdown]
# Look at the last line: the IN vectors of the new text's words move, the others stay where they are, and the two
# groups lose touch. With few sentences that is a small matter; with many, mix old sentences in. Fine-tuning is a
# lesson of its own (10).
#
# **Trap: `wv.add_vectors`, then `train`.** `KeyedVectors` can take vectors of other words, say from a published file.
# But the model around it knows nothing of that. Its OUT matrix has no rows for them, and training runs beyond its
# end. Words that were there already keep their old vectors (`test_14_...`). In a process of its own:

# %%
program = """
import numpy as np
from gensim.models import Word2Vec
text = [["king", "queen"]] * 20
model = Word2Vec(text, vector_size=100, min_count=1, workers=1)
words = [f"word{number}" for number in range(250_000)]
model.wv.add_vectors(words, np.ones((len(words), 100), dtype=np.float32))
model.train([words[-1000:]], total_examples=1, epochs=1)
"""
print(gensim_impl.outcome(program).split(":")[0])

# %% [markdown]
# To start from trained vectors, copy rows: `gensim_impl.copy_rows(model, vectors)`. It copies into gensim's own
# float32 matrix. Other ways have their traps:
#
# - Other `KeyedVectors` put into `model.wv` make `train` wait for ever (`test_15_...`).
# - Tutorials add all words of a published file by `build_vocab([words], update=True)`. Each gets the count 1, and together
#   they swallow the noise of negative sampling (`test_13_...`).
# - `wv.intersect_word2vec_format` stops at the second row with an IndexError, locks by default what it copies, and cannot
#   read binary files (`test_07_...` to `test_09_...`).
# - A matrix of another type in the place of gensim's is worse than an error (`test_16_...`):

# %%
right, wrong = gensim_impl.fresh_model(model), gensim_impl.fresh_model(model)
covered = gensim_impl.copy_rows(right, vectors)
wrong.wv.vectors = vectors.vectors.astype(np.float64)
for each in [right, wrong]:
    each.train(news, total_examples=len(news), epochs=1)
print("covered:", covered.sum(), "of", len(covered))
for name, each in [("float32", right), ("float64", wrong)]:
    steps = np.abs(each.wv.vectors - vectors.vectors).max(axis=1)
    print(
        f"{name}: {(steps > 0).mean():4.0%} of the words moved, above 0.01: {(steps > 0.01).mean():4.0%}"
    )

# %% [markdown]
# gensim takes the bytes of the float64 matrix for float32. It trains on nonsense, writes into the first half of the
# rows, and says nothing. One thing to mind after a warm start: the rows that were *not* covered are random, and short
# beside the trained ones (`test_41_...`).
#
# ## 15. Starting again: `reset_from` and `init_weights`
#
# Does `reset_from(other)` put a model back to the *weights* of another, trained one?

# %%
other = Word2Vec(news[:100], sg=1, vector_size=24, epochs=1, seed=1, workers=1)
other.reset_from(in_one_call)
print("words taken over:  ", other.wv.index_to_key == in_one_call.wv.index_to_key)
print("weights taken over:", np.array_equal(other.wv.vectors, in_one_call.wv.vectors))
print("shared, not copied:", other.wv.key_to_index is in_one_call.wv.key_to_index)

# %% [markdown]
# No. It takes the vocabulary, and draws new weights, as its documentation says. And it *shares* the vocabulary: when
# one of the models grows, the other one is broken (`test_05_...`). But you will hardly come so far, since in gensim
# 4.4 the next `train` waits for ever. The new `wv` lacks an array that training needs; the training thread dies of
# it, and the main thread waits for its report.

# %%
program = """
from gensim.models import Word2Vec
text = [["king", "queen"]] * 20
model, other = (Word2Vec(text, min_count=1, workers=1) for _ in range(2))
other.reset_from(model)
FIX
other.train(text, total_examples=20, epochs=1)
print("trained")
"""
fix = "import numpy as np; other.wv.vectors_lockf = np.ones(1, dtype=np.float32)"
print("as it is:       ", gensim_impl.outcome(program.replace("FIX", ""), seconds=6))
print("with that array:", gensim_impl.outcome(program.replace("FIX", fix)))

# %% [markdown]
# `init_weights` says "Reset all projection weights to an initial (untrained) state" in its docstring. It resets the
# OUT vectors. The IN vectors stay as they are trained, since gensim draws rows only when the shape has changed. (Up
# to gensim 3.2 a model had `reset_weights`, which did reset both.) `gensim_impl.reset_weights` resets all, the
# generator too:

# %%
reset = gensim_impl.load_native(path)
trained_rows = reset.wv.vectors.copy()
reset.init_weights()
print("init_weights: IN as trained:", np.array_equal(reset.wv.vectors, trained_rows), end=", ")
print("OUT zero:", not reset.syn1neg.any())
gensim_impl.reset_weights(reset)
reset.train(news, total_examples=len(news), epochs=3)
print(
    "reset_weights, then train: the model of section 1:",
    np.array_equal(reset.wv.vectors, model.wv.vectors),
)

# %% [markdown]
# ## 16. The same result again
#
# With one worker, the same seed gives the same vectors. gensim's docstring asks for `PYTHONHASHSEED` as well. That was
# needed in gensim 3, where the hash of a word was the seed of its start vector; in gensim 4 it is not (`test_23_...`
# trains under two hash seeds). With three workers, threads race for
# jobs and for the same rows. Who wins is chance.

# %%
options = {"sg": 1, "vector_size": 24, "epochs": 3, "seed": 1}
alone = Word2Vec(news, workers=1, **options)
print("one worker, again:", np.array_equal(alone.wv.vectors, model.wv.vectors))

# %% tags=["nbval-ignore-output"]
three, again = (Word2Vec(news, workers=3, **options) for _ in range(2))
print("three workers, twice the same:", np.array_equal(three.wv.vectors, again.wv.vectors))
print(f"largest difference: {np.abs(three.wv.vectors - again.wv.vectors).max():.1f}")

# %% [markdown]
# Three workers are gensim's default. So a result that was found without `workers=1` cannot be repeated to the digit,
# and a fair comparison takes several seeds.
#
# ## 17. A pickle from a stranger is code
#
# `model.save` writes a pickle, Python's format for any object. A pickle is a small program, and loading runs it. Here
# is a file that calls itself a model. All it does is write a line into our temporary folder. It could as well delete
# yours.


# %%
trace = folder / "trace.txt"


class Surprise:
    """Pickled, it becomes a call: exec(code)."""

    def __reduce__(self):
        return exec, (f"open({str(trace)!r}, 'w').write('I was here')",)


stranger = folder / "model_from_the_web"
stranger.write_bytes(pickle.dumps(Surprise()))
try:
    gensim_impl.load_native(stranger)
except ValueError as error:
    print("load_native:", str(error)[str(error).index("wants") :])
print("trace after load_native:  ", trace.exists())

# %%
try:
    Word2Vec.load(str(stranger))
except AttributeError:
    print("Word2Vec.load: this is no model")
print("trace after Word2Vec.load:", trace.read_text())

# %% [markdown]
# gensim notices that it is no model, after the code has run. So load a pickle only if you would run a program from the
# same hands, and give your vectors away in the format of section 13. `load_native` allows nothing in the file but the
# dozen classes that gensim itself writes, and no second pickle beside it: gensim reads one where a model asks for a
# sparse matrix, which no Word2Vec model has.
#
# ## 18. From gensim 3 to gensim 4
#
# What old tutorials write, and what to write today. A test runs every line: the old one has to fail as stated, the
# new one has to work without a warning. Most of the old lines worked up to gensim 3.8. `reset_weights` had moved in
# 3.3, and a *model* that saves or loads word2vec's format is older than gensim 1.

# %%
Markdown(gensim_impl.migration_table())

# %% [markdown]
# ## 19. More that goes wrong
#
# Four more traps, each a short experiment.
#
# ### "`hs=1` switches negative sampling off"
#
# [Lesson 05](05_hierarchical_softmax.ipynb) shows it: `negative=5` stays, and both are trained at once. The log says
# so:

# %%
heard.messages.clear()
both = Word2Vec(news[:50], hs=1, vector_size=8, workers=1)
print("both matrices moved:", both.syn1.any() and both.syn1neg.any())
heard.tell()

# %% [markdown]
# ### "`vectors_lockf = np.ones(len(model.wv))` leaves all words free"
#
# `vectors_lockf` holds a factor for each word: 0 freezes its IN vector, 1 leaves it free. `np.ones` makes float64,
# and gensim reads the bytes as float32. A float64 one is, read so, 0 and 1.875: half of the words are frozen, and the
# others take steps that are too long. Write `np.ones(len(model.wv), dtype=np.float32)`. (OUT vectors cannot be
# locked; and after new words, a lock that is too short is read again from its start: `test_11_...`, `test_12_...`.)

# %%
locked = gensim_impl.fresh_model(model)
start = locked.wv.vectors.copy()
locked.wv.vectors_lockf = np.ones(len(locked.wv))
locked.train(news, total_examples=len(news), epochs=1)
moved = np.abs(locked.wv.vectors - start).sum(axis=1) > 0
print("as float32:", np.ones(1).view(np.float32))
print(f"words that moved: {moved.mean():.0%}; every second one: {not moved[0::2].any()}")

# %% [markdown]
# ### "Default settings will do"
#
# They are made for large texts. On the news, CBOW with five epochs learns next to nothing: all words point the same
# way. And on the five sentences of a popular tutorial, `sample=1e-3` throws most tokens away: each word is frequent
# there. Train longer on small texts, by skip-gram, and say `sample=0` on toys.

# %%
default = Word2Vec(news, seed=1, workers=1)
alike, unlike = (evaluation.mean_cosine(trained.wv) for trained in (default, in_one_call))
print("mean cosine of two words: default above 0.98:", alike > 0.98, end=", ")
print("skip-gram, more epochs, below 0.6:", unlike < 0.6)
five = ["this is the first sentence for word2vec", "this is the second sentence"]
five += ["yet another sentence", "one more sentence", "and the final sentence"]
five = [sentence.split() for sentence in five]
toy = Word2Vec(min_count=1, seed=1, workers=1)
toy.build_vocab(five)
used, read = toy.train(five, total_examples=5, epochs=1000)
print(f"of {read / 1000:.0f} tokens an epoch, {used / 1000:.0f} are trained on")

# %% [markdown]
# ### "Large scores learn most"
#
# gensim skips every pair whose score is 6 or more, and every pair whose score is -6 or less, also where the answer is
# wrong. (word2vec.c clips them in negative sampling.) A positive pair at -6.5 stays there for ever. Mind it when you
# start from long vectors.

# %%
for score in [-5.9, -6.5]:
    stuck = Word2Vec(min_count=1, sample=0, negative=1, sg=1, vector_size=2, workers=1)
    stuck.build_vocab([["king", "crown"]] * 10)
    stuck.wv.vectors[:], stuck.syn1neg[:] = [1, 0], [score, 0]
    stuck.train([["king", "crown"]] * 10, total_examples=10, epochs=1)
    print(f"score {score}: moves: {not np.allclose(stuck.syn1neg[:, 0], score)}")

# %%
temporary.cleanup()

# %% [markdown]
# ## Exercises
#
# Five pieces of the life cycle, done right.

# %% tags=["exercise-setup"]
import random
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 06.1: The learning rate of a job
# *10 minutes · difficulty 1 of 3*
#
# Write `learning_rate(epoch, done, epochs, alpha, min_alpha)`: the rate that gensim uses when `epoch` whole epochs
# (from 0) and a share `done` of the present one (0 to 1) lie behind it, in one call of `train` over `epochs` epochs.
# It falls in a straight line over the whole training, and never below `min_alpha`, also where a text turns out longer
# than it was said to be and `done` passes 1.


# %% tags=["stub"]
def learning_rate(epoch, done, epochs, alpha, min_alpha):
    """Give the learning rate, a number."""
    ...  # your code here


# %% tags=["solution"]
def learning_rate(epoch, done, epochs, alpha, min_alpha):
    """Give the learning rate, a number."""
    progress = (epoch + done) / epochs
    return max(min_alpha, alpha - (alpha - min_alpha) * progress)


# %% tags=["check"]
check("06.1", learning_rate)

# %% [markdown] tags=["hint"]
# How much of the *whole* training is done after 3 of 10 epochs and half of the fourth? At 0 the rate is `alpha`, at 1
# it is `min_alpha`.

# %% [markdown] tags=["exercise"]
# ### Exercise 06.2: A corpus that reshuffles itself
# *15 minutes · difficulty 2 of 3*
#
# Write the class `Corpus(path, seed)`, for a text file with a tokenised sentence a line. Each time it is iterated it
# gives all sentences, as lists of words, in a new order. The same seed gives the same sequence of orders. Empty lines
# are left out. The text may be held in memory; the caller's own random numbers (`random.random()`) must not change.


# %% tags=["stub"]
class Corpus:
    """The sentences of a file, in a new order each time."""

    def __init__(self, path, seed):
        raise NotImplementedError  # your code here

    def __iter__(self):
        raise NotImplementedError  # and here


# %% tags=["solution"]
class Corpus:
    """The sentences of a file, in a new order each time."""

    def __init__(self, path, seed):
        with Path(path).open(encoding="utf-8") as file:
            self.sentences = [line.split() for line in file if line.strip()]
        self.random = random.Random(seed)

    def __iter__(self):
        order = list(range(len(self.sentences)))
        self.random.shuffle(order)
        return (self.sentences[number] for number in order)


# %% tags=["check"]
check("06.2", Corpus)

# %% [markdown] tags=["hint"]
# `__iter__` is called once an epoch, and has to give a fresh iterator each time: a generator expression, or a method
# with `yield`. A generator of random numbers of its own, `random.Random(seed)` or `np.random.default_rng(seed)`, is
# made once.

# %% [markdown] tags=["exercise"]
# ### Exercise 06.3: A warm start
# *15 minutes · difficulty 2 of 3*
#
# Write `warm_start(model, vectors)`. `model` is an untrained `Word2Vec` with a vocabulary, `vectors` are trained
# `KeyedVectors` of the same size; they may be of another type of numbers. Copy the vectors of the words that both have
# into the model, see that its cosines are right afterwards, and return the model. All other rows stay.


# %% tags=["stub"]
def warm_start(model, vectors):
    """Copy the rows of common words into the model; give the model."""
    ...  # your code here


# %% tags=["solution"]
def warm_start(model, vectors):
    """Copy the rows of common words into the model; give the model."""
    for word, row in model.wv.key_to_index.items():
        if word in vectors.key_to_index:
            model.wv.vectors[row] = vectors[word]
    model.wv.fill_norms(force=True)
    return model


# %% tags=["check"]
check("06.3", warm_start)

# %% [markdown] tags=["hint"]
# A word has different rows in the two. Write *into* `model.wv.vectors`, row by row: then it stays float32, in one
# piece. `fill_norms` alone does nothing where there are norms already.

# %% [markdown] tags=["exercise"]
# ### Exercise 06.4: OUT vectors as KeyedVectors
# *10 minutes · difficulty 1 of 3*
#
# Write `out_vectors(model)`: `KeyedVectors` with the words of the model and copies of their OUT vectors. For a model
# that was trained without negative sampling there are none: raise a `ValueError`.


# %% tags=["stub"]
def out_vectors(model):
    """Give the OUT vectors of a model as KeyedVectors."""
    ...  # your code here


# %% tags=["solution"]
def out_vectors(model):
    """Give the OUT vectors of a model as KeyedVectors."""
    if not model.negative:
        raise ValueError("Hierarchical softmax has no OUT vectors: train with negative sampling.")
    out = KeyedVectors(model.vector_size)
    out.add_vectors(model.wv.index_to_key, model.syn1neg.copy())
    return out


# %% tags=["check"]
check("06.4", out_vectors)

# %% [markdown] tags=["hint"]
# Ask for `model.negative`: `hs=1` alone keeps negative sampling. `KeyedVectors(vector_size)` is empty, and
# `add_vectors(words, matrix)` fills it. Row `i` of `syn1neg` belongs to word `i` of `model.wv.index_to_key`.

# %% [markdown] tags=["exercise"]
# ### Exercise 06.5: An old tutorial
# *15 minutes · difficulty 2 of 3*
#
# These lines were written for gensim 3. Write them for gensim 4 as `train(data)`, with `workers=1` and `seed=1`: the
# same model (CBOW, 64 dimensions, a reshuffled text in each of 20 epochs), but with a learning rate that falls once.
# Return the model and the vector of *cricket*, which must not change when the model is trained further. `data`, a
# list of sentences, stays as it is.
#
# ```python
# model = Word2Vec(size=64, min_count=5, window=5, sg=0)
# model.build_vocab(data)
# for i in range(20):
#     random.shuffle(data)
#     model.train(data, total_examples=len(data), epochs=1)
# vector = model["cricket"]
# ```


# %% tags=["stub"]
def train(data):
    """Give the trained model, and the vector of cricket."""
    ...  # your code here


# %% tags=["solution"]
def train(data):
    """Give the trained model, and the vector of cricket."""

    class Reshuffled:
        def __iter__(self):
            return iter(random.sample(data, len(data)))

    model = Word2Vec(vector_size=64, min_count=5, window=5, sg=0, workers=1, seed=1)
    model.build_vocab(data)
    model.train(Reshuffled(), total_examples=len(data), epochs=20)
    return model, model.wv["cricket"].copy()


# %% tags=["check"]
check("06.5", train)

# %% [markdown] tags=["hint"]
# One call of `train`, over an object whose `__iter__` gives a new order each time. `random.sample(data, len(data))`
# gives a shuffled copy. A vector of `model.wv` is a view of the matrix.

# %% [markdown]
# ## In one breath
#
# gensim's training is the one that you have derived: the same bits come out. Around it, the text is read once to
# count and once an epoch, so it has to be re-iterable. One call of `train` lets the learning rate fall once; in a
# loop it starts again each time, and lowered by hand it may fall below zero and unlearn. The reported loss is a
# float32 sum over a training, and the true one can be computed. `model.wv` is all that look-ups need; its vectors are
# views. Save models with `save` (a pickle: load it from friends only, and map it with mode "c"), and give vectors
# away in word2vec's format, which forgets the counts. New words, resets and warm starts have traps that crash, hang
# or, worse, say nothing: write into gensim's own float32 rows, and use one worker when the result has to come out
# again.
#
# ## References
#
# - R. Řehůřek, P. Sojka (2010). *Software framework for topic modelling with large corpora.* LREC workshop on new challenges
#   for NLP frameworks. The paper that introduced gensim.
# - gensim, *Migrating from Gensim 3.x to 4.*
#   <https://github.com/piskvorky/gensim/wiki/Migrating-from-Gensim-3.x-to-4>
# - T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean (2013b). *Distributed representations of words and phrases
#   and their compositionality.* [arXiv:1310.4546](https://doi.org/10.48550/arXiv.1310.4546)
# - M. Taddy (2015). *Document classification by inversion of distributed language representations.* What `score` was
#   written for. [arXiv:1504.07295](https://doi.org/10.48550/arXiv.1504.07295)
# - F. Niu, B. Recht, C. Ré, S. Wright (2011). *Hogwild: a lock-free approach to parallelizing stochastic gradient descent.* Threads
#   that write into the same rows. [arXiv:1106.5730](https://doi.org/10.48550/arXiv.1106.5730)
# - D. Goldberg (1991). *What every computer scientist should know about floating-point arithmetic.* ACM Computing Surveys 23
#   (1). [doi:10.1145/103162.103163](https://doi.org/10.1145/103162.103163)
# - Python's documentation of `pickle`, "Restricting globals".
#   <https://docs.python.org/3/library/pickle.html#restricting-globals>
