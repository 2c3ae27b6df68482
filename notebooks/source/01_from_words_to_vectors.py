# %% [markdown]
# # 01 From words to vectors
#
# **120 minutes**, of them 50 for the exercises. You need: lists, dicts and classes in Python, and
# what a matrix product is. This lesson runs in under half a minute.
#
# Afterwards you can
#
# - say why an id is not a quantity, and what one-hot vectors know (nothing),
# - show that an embedding layer is a product with a one-hot vector, and where its gradient goes,
# - read a text of any size as tokens, more than once, and count a vocabulary from it,
# - check Zipf's law on a text, and say how far it holds,
# - thin out frequent words by both formulas in use, and know which of them your tool has.

# %%
import gzip
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    corpus,
    datasets,
    gensim_impl,
    plots,
)
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.pairs import subsample

# %% [markdown]
# ## 1. A question on real words
#
# Which word is nearer to *cat*: *dog* or *hat*? You do not have to think. A computer has to be given
# something to compute with. What it has of a word is its letters, and of a letter its number:

# %%
for word in ["cat", "dog", "hat"]:
    print(word, [ord(letter) for letter in word])

# %% [markdown]
# So let it compute with those. The distance between two words of three letters:

# %%
letters = {word: np.array([ord(letter) for letter in word]) for word in ["cat", "dog", "hat"]}
for other in ["dog", "hat"]:
    distance = np.linalg.norm(letters["cat"] - letters[other])
    print(f"cat - {other}: {distance:.1f}")

# %% [markdown]
# A cat is a hat, almost. The spelling of a word says next to nothing about what it means. (It says
# something about its grammar: *cat* and *cats*, *walk* and *walked*.) We need numbers that come from
# somewhere else: from **how the word is used**. This lesson builds the place where such numbers are
# kept, and everything that has to happen to a text before a single one of them can be learnt.

# %% [markdown]
# ## 2. The idea in a picture
#
# Write the words one below the other. Give each a row of $d$ numbers. That is all: a table $W$ with
# $V$ rows, one for each word of the **vocabulary**, and $d$ columns. The row of a word is its
# **vector**, or *embedding*.

# %%
five = ["the", "cat", "dog", "eats", "hat"]
W = np.array([[0.1, 0.0], [0.9, 0.3], [0.8, 0.4], [0.2, -0.9], [-0.7, 0.5]])
plots.matrix_heatmaps({"W": W}, five, title="Five words, two numbers each: a word is a row")

# %% [markdown]
# Here we made the numbers up, so that *cat* and *dog* get similar rows. From lesson 02 on a machine
# finds them. Two questions come first. How does a word find its row? And which words get one?

# %% [markdown]
# ## 3. Ids and one-hot vectors
#
# The **id** of a word is the number of its row. Nothing else: an id is a name, as the number on a
# football shirt is. The same words in two orders, ours, and as they appear in a text:

# %%
appearing = list(dict.fromkeys(["the", "dog", "eats", "the", "hat", "of", "the", "cat"]))
for order in (five, appearing):
    ids = {word: row for row, word in enumerate(order)}
    to_dog, to_hat = (abs(ids["cat"] - ids[other]) for other in ("dog", "hat"))
    print(f"{ids}   cat to dog: {to_dog}, cat to hat: {to_hat}")

# %% [markdown]
# Distances between ids change with the order of the words, and the words have not changed. A network
# that reads the first ids as numbers would believe that *hat* is four times *cat*.
#
# The cure is to give each word a direction of its own. The **one-hot vector** $x_w$ has $V$ entries,
# a 1 at the id of $w$ and 0 elsewhere. For two different words $a$ and $b$
#
# $$
# x_a \cdot x_b = 0, \qquad x_a \cdot x_a = 1, \qquad \lVert x_a - x_b \rVert = \sqrt{2} .
# \tag{1}
# $$

# %%
one_hot = np.eye(5)  # row w is the one-hot vector of word w
print("cat =", one_hot[five.index("cat")].astype(int))
print("dot products:", *(one_hot @ one_hot.T).astype(int), sep="\n")

# %%
distances = np.linalg.norm(one_hot[:, None] - one_hot[None, :], axis=2)
print(distances.round(3))

# %% [markdown]
# Now no word is nearer than any other: to a one-hot vector, *cat* is as far from *dog* as from *hat*.
# It makes no false claim. It makes no claim at all. And it is long. With 9,000 words, a little less
# than a piece of Wikipedia has, and with the three million of the vectors that Google published in 2013:

# %%
for V in (9_000, 3_000_000):
    gigabytes = V * V * 4 / 1e9  # 4 bytes a number
    table = V * 300 * 4 / 1e9
    print(f"V = {V:9,}: one-hot {gigabytes:10,.2f} GB, a table with d = 300 {table:.2f} GB")

# %% [markdown]
# ## 4. The embedding layer
#
# One-hot vectors are still good for something: they turn the look-up into algebra. Multiply one with
# the table, and out comes a row:
#
# $$
# h \;=\; x_w^{\top} W \;=\; \text{row } w \text{ of } W \;=\; v_w .
# \tag{2}
# $$
#
# By hand, for *dog*. Each row of $W$ is taken as often as the one-hot vector says, and then all are
# added. All but one are taken zero times:

# %%
x_dog = one_hot[five.index("dog")]
for word, times, row in zip(five, x_dog, W, strict=True):
    print(f"{times:.0f} × {word:5s} {row}")
print("sum:     ", x_dog @ W)

# %%
plots.one_hot_lookup(five, W, "dog")

# %% [markdown]
# So nobody multiplies. NumPy takes the row directly, and it does so for arrays of ids of any shape.
# Ids of shape `(2, 3)`, say two sentences of three words, give vectors of shape `(2, 3, d)`:

# %%
ids = np.array([[0, 1, 3], [0, 2, 3]])  # the cat eats, the dog eats
print("ids    ", ids.shape)
print("one-hot", one_hot[ids].shape)
print("vectors", W[ids].shape)
print("product and look-up agree:", np.array_equal(one_hot[ids] @ W, W[ids]))

# %% [markdown]
# Equal to the last bit, and at another price. Multiplications to fetch one vector:

# %%
V, d = 9_000, 100
print(f"by product: {V * d:,}; by look-up: 0")

# %% [markdown]
# ## 5. The gradient of a look-up
#
# The numbers in $W$ are to be learnt, so a gradient has to come back to them. Let a loss $L$ depend on
# the vector $h$ that was looked up for word $w$. Equation (2) is linear in $W$, and its derivative is
# a column times a row:
#
# $$
# \frac{\partial L}{\partial W} \;=\; x_w \left( \frac{\partial L}{\partial h} \right)^{\!\top}
# \qquad\text{(zero everywhere, except in row } w\text{)}.
# \tag{3}
# $$
#
# With a batch of words $w_1, \dots, w_B$ the loss depends on $W$ through each of them, so their
# gradients $g_i = \partial L / \partial h_i$ **add up**:
#
# $$
# \frac{\partial L}{\partial W} \;=\; \sum_{i=1}^{B} x_{w_i}\, g_i^{\top}, \qquad
# \frac{\partial L}{\partial v_w} \;=\; \sum_{i:\; w_i = w} g_i .
# \tag{4}
# $$
#
# A small loss to try it on: each looked-up vector should be near a target $t_i$, and
# $L = \tfrac12 \sum_i \lVert h_i - t_i \rVert^2$. Then $g_i = h_i - t_i$. The batch is
# *cat, dog, cat*.

# %%
batch = np.array([1, 2, 1])
targets = np.array([[1.0, 0.0], [0.5, 0.5], [0.4, 0.1]])
g = W[batch] - targets
for row, gradient in zip(batch, g, strict=True):
    print(f"{five[row]:4s} {gradient.round(2)}")

# %% [markdown]
# *cat* stands in the batch twice. By (4) its row gets $(-0.1, 0.3) + (0.5, 0.2) = (0.4, 0.5)$. The
# obvious line of NumPy does something else:

# %%
lost = np.zeros_like(W)
lost[batch] += g
print("cat:", lost[1].round(2))

# %% [markdown]
# The first gradient of *cat* is gone. NumPy reads `lost[batch]` once, adds, and writes the three rows
# back, one over the other. In PyTorch `a[idx] += g` loses them, too. There is no warning, and training
# still works, only worse. `np.add.at` adds one after the other, as (4) says:

# %%
W_gradient = np.zeros_like(W)
np.add.at(W_gradient, batch, g)
print("cat:", W_gradient[1].round(2))
plots.matrix_heatmaps(
    {"dL/dW": W_gradient},
    five,
    highlight=["cat", "dog"],
    title="Only the rows that were looked up get a gradient",
)

# %% [markdown]
# ### The proof
#
# Three judges. The sum of products in (4), with all one-hot vectors as one matrix $X$. **Finite
# differences**: nudge each entry of $W$ and see how the loss changes. And **autograd**, PyTorch's
# chain rule by machine.

# %%
X = one_hot[batch]
print("X' g:              ", np.allclose(X.T @ g, W_gradient))
by_differences = numerical_gradient(lambda table: 0.5 * np.sum((table[batch] - targets) ** 2), W)
print("finite differences:", np.allclose(by_differences, W_gradient, atol=1e-8))

# %%
W_torch = torch.tensor(W, requires_grad=True)
hidden = torch.nn.functional.embedding(torch.tensor(batch), W_torch)
loss = 0.5 * torch.sum((hidden - torch.tensor(targets)) ** 2)
loss.backward()
print("autograd:          ", np.allclose(W_torch.grad.numpy(), W_gradient))

# %% [markdown]
# ## 6. The same in PyTorch
#
# The layer for it is `torch.nn.Embedding`: a table, index in, row out. With 20 words and 4 dimensions,
# on a batch of ids of shape `(2, 3)`:

# %%
torch.manual_seed(1)
layer = torch.nn.Embedding(num_embeddings=20, embedding_dim=4)
ids = torch.tensor([[1, 2, 3], [4, 5, 1]])
print("the table: ", tuple(layer.weight.shape))
print("the output:", tuple(layer(ids).shape))

# %% [markdown]
# It is the same product, and its gradient reaches the same rows: five different ids are in the batch,
# and word 1 gets two shares.

# %%
one_hot_ids = torch.nn.functional.one_hot(ids, num_classes=20).float()
print("product and layer agree:", torch.equal(one_hot_ids @ layer.weight, layer(ids)))
layer(ids).sum().backward()  # each looked-up vector gets the gradient (1, 1, 1, 1)
print("gradient by row:", layer.weight.grad[:, 0].int().tolist())

# %% [markdown]
# The table is a parameter like any other. Word embeddings are what is in it after training.

# %% [markdown]
# ## 7. From text to tokens
#
# Now to the question which words get a row. A text is a string. Somebody has to decide where a word
# begins, where it ends, and when two of them are the same word. What comes out are **tokens**.
# `corpus.tokenize` is this course's decision:

# %%
text = "The cat's hat isn't the dog's. In 2024 it cost $3.50! A state-of-the-art HAT."
print("str.split:", text.split())
print("tokenize: ", corpus.tokenize(text))

# %% [markdown]
# It makes everything lower case (*HAT* is *hat*, but also *US* is *us*). It keeps the apostrophe inside
# a word. It lets numbers be words, and cuts them at the point. It cuts at hyphens. Each of these can be
# argued with, and each changes the vocabulary. On the Lee news texts, which gensim brings as a raw
# file, three decisions give this:

# %%
raw = datapath("lee_background.cor")
decisions = {
    "split at white space": str.split,
    "the same, lower case": lambda line: line.lower().split(),
    "corpus.tokenize": corpus.tokenize,
}
counted = {}
for name, tokenizer in decisions.items():
    sentences = corpus.TextFile(raw, tokenizer=tokenizer)
    counted[name] = Counter(token for tokens in sentences for token in tokens)
    print(f"{name:22s} {counted[name].total():,} tokens, {len(counted[name]):6,} different")

# %% [markdown]
# Where do the others have so many more? Look at one word:

# %%
for name, counter in counted.items():
    forms = [(form, n) for form, n in counter.most_common() if "afghanistan" in form.lower()]
    print(f"{name}:", ", ".join(f"{form} ({n})" for form, n in forms))

# %% [markdown]
# One country, in many rows, and each row learns from its own share of the text only. On the other hand
# lower case has put two words into one row that have nothing to do with each other:

# %%
as_written = counted["split at white space"]
print(f"US: {as_written['US']} times, us: {as_written['us']} times")

# %% [markdown]
# There is no right answer, but there is a wrong one: training with one decision and reading with another.
#
# ### Sentences that can be read again
#
# A sentence is a list of tokens, a corpus is anything that gives sentences. Training reads it several
# times: once to count the words, then once in every epoch. A list can do that. A **generator** cannot:

# %%
toy = datasets.load_corpus("toy")
generator = (tokens for tokens in toy)
print("first pass: ", sum(1 for _ in generator), "sentences")
print("second pass:", sum(1 for _ in generator), "sentences")

# %% [markdown]
# The second pass is empty, without an error. A trainer that does not look would count the vocabulary
# and then train on nothing. Ours looks:

# %% tags=["raises-exception"]
gensim_impl.train_word2vec((tokens for tokens in toy), Word2VecSettings())

# %% [markdown]
# The remedy is an object whose `__iter__` starts from the beginning each time. For files we have one:
# `corpus.TextFile`. It reads one line at a time, so that the file may be larger than your memory, and it
# reads compressed files as they are. Here is one to try it on:

# %%
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "toy.txt.gz"
with gzip.open(path, "wt", encoding="utf-8") as file:
    file.writelines(" ".join(tokens) + "\n" for tokens in toy)

# %%
streamed = corpus.TextFile(path)
print("first pass: ", sum(1 for _ in streamed), "sentences")
print("second pass:", sum(1 for _ in streamed), "sentences")
print("the same as the list:", list(streamed) == toy)

# %% [markdown]
# Text on disk often has an order: by date, by topic. The learning rate falls during training, so that
# the last topic would always meet a small one. `corpus.Shuffled` gives another order in each pass:

# %%
shuffled = corpus.Shuffled(toy, np.random.default_rng(1))
for number in (1, 2):
    print(f"pass {number} begins:", " ".join(next(iter(shuffled))))

# %% [markdown]
# ### The texts of this course
#
# Three texts are always there, three can be downloaded, and a path to a file of your own works, too.

# %%
datasets.list()

# %%
lee = datasets.load_corpus("lee")
wikipedia = datasets.load_corpus("wikipedia")
print("lee:      ", " ".join(lee[0][:12]))
print("wikipedia:", " ".join(wikipedia[0][:12]))

# %% [markdown]
# ## 8. The vocabulary
#
# Count every word, sort by falling count, and leave out what is too rare to learn anything about. With
# `min_count=5` a word needs five occurrences. The words that remain get the ids 0, 1, 2, ...

# %%
vocabulary = Vocabulary.from_sentences(lee, min_count=5)
print(vocabulary)
for word, count in zip(vocabulary.words[:6], vocabulary.counts, strict=False):
    print(f"{vocabulary.index(word):3d} {word:4s} {count:5,}")

# %% [markdown]
# gensim keeps the words in the same order, ties included (of two words with the same count, the one
# that appeared later comes first). So row 17 here is row 17 there:

# %%
model = Word2Vec(min_count=5, sample=1e-4)
model.build_vocab(lee)
print("same words in the same order:", model.wv.index_to_key == vocabulary.words)

# %% [markdown]
# What does `min_count` cost? Many words, and few tokens:

# %%
for name, sentences in {"lee": lee, "wikipedia": wikipedia}.items():
    everything = Vocabulary.from_sentences(sentences, min_count=1)
    for min_count in (1, 2, 5, 10, 20):
        kept = everything.counts[everything.counts >= min_count]
        words, tokens = len(kept) / len(everything), kept.sum() / everything.counts.sum()
        numbers = f"{len(kept):6,} words ({words:4.0%}), {tokens:4.0%} of the tokens"
        print(f"{name:9s} min_count {min_count:2d}: {numbers}")

# %% [markdown]
# With `max_size` you say instead how many words you want at most. Either way some words are
# **unknown**. `encode` leaves them out, so that their neighbours move together; `index` refuses them.

# %%
sentence = lee[0][:12]
rows = vocabulary.encode(sentence)
print("text:   ", " ".join(sentence))
print("encoded:", rows)
print("decoded:", " ".join(vocabulary.decode(rows)))

# %% tags=["raises-exception"]
vocabulary.index("hospitl")

# %% [markdown]
# ## 9. Zipf's law
#
# Sort the words by frequency and number them: rank 1 for the most frequent one. Zipf (1949) found that
# the frequency $f$ falls about as one over the rank $r$. On logarithmic axes that is a line with
# slope $-a$, where $a$ is near 1:
#
# $$
# f(r) \;\approx\; \frac{C}{r^{a}}, \qquad \log f \;\approx\; \log C - a \log r .
# \tag{5}
# $$

# %%
counted = {
    "Lee": Vocabulary.from_sentences(lee, min_count=1),
    "Wikipedia": Vocabulary.from_sentences(wikipedia, min_count=1),
}
plots.zipf(counted)

# %% [markdown]
# It is a regularity, not a law of nature. If the slope were exactly $-1$, rank times count would be the
# same number all the way down:

# %%
for name, words in counted.items():
    ranks = [rank for rank in (1, 10, 100, 1_000, 10_000) if rank <= len(words)]
    products = [f"{rank * words.counts[rank - 1]:,}" for rank in ranks]
    print(f"{name:9s} rank × count at ranks 1, 10, ...: {'   '.join(products)}")

# %% [markdown]
# The products stay within one order of magnitude, while the counts change a thousandfold. But they are
# not constant. The line bends, and the fitted slope depends on where you look. What matters for training
# are the two ends:

# %%
for name, words in counted.items():
    V, N = len(words), words.counts.sum()
    half = 1 + np.searchsorted(np.cumsum(words.counts), N / 2)
    once = np.sum(words.counts == 1)
    print(f"{name}: half of the {N:,} tokens are the {half} most frequent words;")
    print(f"    {once / V:.0%} of the {V:,} words occur once, {once / N:.0%} of the tokens")

# %% [markdown]
# A few hundred words fill half of the text, and tell you little about their neighbours. Almost half of
# the vocabulary was seen once (such a word is a *hapax legomenon*, Greek for "said once"), and nobody
# can learn much from one occurrence. `min_count` is for the rare end. The frequent end has a cure of its
# own.

# %% [markdown]
# ## 10. Subsampling
#
# *The* stands beside almost every noun, so a pair like *(the, cat)* says little about *cat*. Mikolov et
# al. (2013b) leave out some of the frequent words, token by token and at random, before the window is
# laid. Let $f$ be the share that a word has of all tokens *of the vocabulary*, and $t$ a threshold such as $10^{-3}$. The
# **paper** keeps a token with probability (their equation 5 says what is *dropped*)
#
# $$
# p_{\text{paper}} \;=\; \min\!\left(1, \sqrt{t / f}\right).
# \tag{6}
# $$
#
# The **code** that was published with it, word2vec.c, and gensim after it, keep it with probability
#
# $$
# p_{\text{code}} \;=\; \min\!\left(1, \sqrt{t / f} + t / f\right).
# \tag{7}
# $$
#
# Both let a word alone that is rare enough: up to $f = t$ in the paper. In the code with
# $x = \sqrt{t/f}$ the cap is reached at $x + x^2 = 1$, so $x = (\sqrt 5 - 1)/2$, and words up to
# $f = t / x^2 \approx 2.62\,t$ are safe.

# %%
plots.keep_probability(1e-3, vocabulary, ["the", "of", "said", "people", "police"])

# %% [markdown]
# You will read that gensim implements (6). Ask gensim. It stores for each word the number that a 32-bit
# random number is compared with; divided by $2^{32}$ it is a probability:

# %%
print("t = 1e-4   gensim   (7) code   (6) paper")
for word in ["the", "said", "police"]:
    row = vocabulary.index(word)
    stored = model.wv.get_vecattr(word, "sample_int") / 2**32
    code, paper = (vocabulary.keep_probabilities(1e-4, f)[row] for f in ("gensim", "paper"))
    print(f"{word:9s} {stored:7.3f} {code:9.3f} {paper:10.3f}")

# %% [markdown]
# gensim has (7). It matters little for *the*, where $t/f$ is tiny, and quite a bit for words in the
# middle. `keep_probabilities` gives (7) unless you ask for (6).
#
# How much of a text is left? The expected share is $\sum_w f_w\, p_w$. Next to it, one real draw:

# %%
vocabularies = {"lee": vocabulary, "wikipedia": Vocabulary.from_sentences(wikipedia, min_count=5)}
rng = np.random.default_rng(1)
print("                     paper (6)            code (7)")
print("                 expected   drawn   expected   drawn")
for name, words in vocabularies.items():
    tokens = np.repeat(np.arange(len(words)), words.counts)
    for t in (1e-3, 1e-4, 1e-5):
        cells = []
        for formula in ("paper", "gensim"):
            keep = words.keep_probabilities(t, formula)
            drawn = len(subsample(tokens, keep, rng)) / len(tokens)
            cells.append(f"{words.counts @ keep / len(tokens):8.3f} {drawn:8.3f}")
        print(f"{name:9s} {t:.0e} {'  '.join(cells)}")

# %% [markdown]
# The draws land where the formulas say. Read the first line of each text against the third: $t$ is a
# share of the tokens, and in a small text *every* word that was seen five times has a large share. In
# Lee five tokens are a share of about $10^{-4}$. A threshold that suits billions of words empties it.
#
# What is left of a sentence, in five draws:

# %%
encoded = vocabulary.encode(lee[0][:24])
keep = vocabulary.keep_probabilities(1e-4)
print("all:", " ".join(vocabulary.decode(encoded)), "\n")
for _ in range(5):
    print("  -", " ".join(vocabulary.decode(subsample(encoded, keep, rng))))

# %% [markdown]
# What is dropped leaves no gap. Words that stood five places apart become neighbours, so subsampling
# also makes the window wider. Levy et al. (2015) call this *dirty* subsampling.
#
# A second formula with frequencies, the noise distribution, waits until lesson 04.

# %% [markdown]
# ## 11. The question again
#
# You have all the parts now: tokens, a corpus that can be read again, a vocabulary, a table. What fills
# the table comes in lesson 02. We borrow it here for a moment, from gensim, and train on the toy text,
# in which people have hats, and cats and dogs eat and sleep:

# %%
settings = Word2VecSettings(vector_size=20, window=3, min_count=1, sample=0)
trained = gensim_impl.train_word2vec(toy, settings)
for other in ["dog", "hat"]:
    print(f"cosine of cat and {other}: {trained.similarity('cat', other):5.2f}")

# %% [markdown]
# No letter was compared. The nearest words to *cat* and to *hat*:

# %%
for word in ["cat", "hat"]:
    print(f"{word}:", ", ".join(other for other, _ in trained.most_similar(word, topn=4)))

# %% [markdown]
# ## 12. Where it goes wrong
#
# ### "Words with near ids are near"
#
# In most vocabularies the ids follow the counts, and then near ids do share something: the words are
# about as frequent. Sorted by the alphabet they share their first letters. The words before and after
# three words of Lee, in both orders:

# %%
for order in (vocabulary.words, sorted(vocabulary.words)):
    for word in ("cricket", "hospital", "economy"):
        row = order.index(word)
        print(" ".join(order[row - 2 : row]), f"[{word}]", " ".join(order[row + 1 : row + 3]))
    print()

# %% [markdown]
# ### "One-hot vectors have nearest neighbours"
#
# Any program that sorts distances gives you neighbours. Those of one-hot vectors are the order in which
# you happened to write down the words:

# %%
rng = np.random.default_rng(1)
for _ in range(3):
    order = list(rng.permutation(trained.vocabulary.words))
    one_hot = np.eye(len(order))
    distances = np.linalg.norm(one_hot - one_hot[order.index("cat")], axis=1)
    nearest = np.argsort(distances, kind="stable")[1:4]
    print("nearest to cat:", ", ".join(f"{order[row]} ({distances[row]:.2f})" for row in nearest))

# %% [markdown]
# ### A string in the place of a sentence
#
# To Python a string is a sequence too: of letters. Forget to tokenise, and you train vectors for the
# alphabet. gensim warns, in its log; counting by hand says nothing; we refuse:

# %%
untokenised = ["the cat eats", "the dog eats"]
print(Counter(token for sentence in untokenised for token in sentence).most_common(5))

# %% tags=["raises-exception"]
Vocabulary.from_sentences(untokenised, min_count=1)

# %% [markdown]
# ### A vocabulary that knows more than the training text
#
# Somebody counts the words of the whole text, with `min_count=1` so that none is lost, and trains on
# the first two thirds. Every word has a row, so every word has a vector. How far has each vector come
# from its random start?

# %%
settings = Word2VecSettings(vector_size=50, min_count=1)
whole = Vocabulary.from_sentences(lee, min_count=1)
start = Embeddings.initial(whole, 50)
trained = gensim_impl.train_word2vec(lee[:200], settings, vocabulary=whole, initial=start)
moved = np.linalg.norm(trained.input_vectors - start.input_vectors, axis=1)

# %%
in_training = Counter(token for tokens in lee[:200] for token in tokens)
seen = np.array([in_training[word] for word in whole])
print("seen in training   words   moved by (median)")
for low, high in [(0, 0), (1, 1), (2, 4), (5, 19), (20, 9999)]:
    these = (seen >= low) & (seen <= high)
    print(f"{low:4d} to {high:4d} {these.sum():13,} {np.median(moved[these]):11.2f}")

# %% [markdown]
# The first line has moved by nothing: those IN vectors are the random numbers they started as. (Section
# 5 said so. A look-up has a gradient for the rows that are looked up, and for no other. In gensim's
# skip-gram it is the context word whose IN vector is looked up.) Ask for their neighbours, and you get
# an answer all the same:

# %%
for word in ("virus", "butterfly", "gorge", "bonn"):
    near = [other for other, _ in trained.most_similar(word, topn=5)]
    print(f"{word:9s} seen {in_training[word]} times: {', '.join(near)}")

# %% [markdown]
# Nothing marks them as nonsense. *bonn* was seen once, and is hardly better off. So count the vocabulary
# on the training text, and on nothing else, and with a `min_count` that leaves each word something to
# learn from.
#
# ### "Subsampling removes the stop words"
#
# It does not remove them. It thins them. The most frequent words that are left of Lee, with
# $t = 10^{-4}$, and two words further down for comparison:

# %%
encoded = [vocabulary.encode(tokens) for tokens in lee]
keep = vocabulary.keep_probabilities(1e-4)
left = np.concatenate([subsample(sentence, keep, rng) for sentence in encoded])
counts_left = np.bincount(left, minlength=len(vocabulary))
top = vocabulary.decode(np.argsort(-counts_left, kind="stable")[:5])
for word in [*top, "said", "police"]:
    row = vocabulary.index(word)
    before, after = vocabulary.counts[row], counts_left[row]
    print(f"{word:7s} {before:5,} before, {after:4} after ({after / before:.0%})")

# %% [markdown]
# *the* is still the most frequent word, only by less. (6) says why: a frequent word with the count $n$
# keeps about $n \sqrt{t/f}$ tokens, and with $f = n/N$ that is $\sqrt{t N n}$. Counts are replaced by
# their square roots, up to a factor. In expectation the order stays; in one draw, words with similar
# counts change places.

# %% [markdown]
# ## Exercises

# %% tags=["exercise-setup"]
import tempfile
from pathlib import Path

import numpy as np

from course_lib.checks import check

folder = tempfile.TemporaryDirectory()
example = Path(folder.name) / "example.txt"
with example.open("w", encoding="utf-8") as file:
    file.write("the cat eats\n\nthe dog eats\n")

# %% [markdown] tags=["exercise"]
# ### Exercise 01.1: Count words in gensim's order
# *10 minutes · difficulty 1 of 3*
#
# Write `count_words(sentences, min_count)`. It gives a list of `(word, count)` tuples: the words that
# occur at least `min_count` times, by falling count. Of words with the same count, the one that was met
# **later for the first time** comes first.
#
# For `[["a", "b"], ["b", "a", "c"]]` and `min_count=1` the answer is
# `[("b", 2), ("a", 2), ("c", 1)]`.


# %% tags=["stub"]
def count_words(sentences, min_count):
    """Give (word, count) tuples, the most frequent word first."""
    ...  # your code here


# %% tags=["solution"]
def count_words(sentences, min_count):
    """Give (word, count) tuples, the most frequent word first."""
    counts = {}
    for tokens in sentences:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    kept = [(word, count) for word, count in counts.items() if count >= min_count]
    kept.reverse()
    return sorted(kept, key=lambda pair: -pair[1])


# %% tags=["check"]
check("01.1", count_words)

# %% [markdown] tags=["hint"]
# A dict keeps its keys in the order in which they were first put in. `sorted` is stable: items with the
# same key stay in the order in which they came. So put them into the right order for ties first.

# %% [markdown] tags=["exercise"]
# ### Exercise 01.2: A look-up by matrix product
# *5 minutes · difficulty 1 of 3*
#
# Write `lookup(ids, W)` for an integer array of ids of shape `(B, n)` and a table of shape `(V, d)`. Give
# two arrays: the one-hot vectors of the ids, shape `(B, n, V)`, and their product with `W`, shape
# `(B, n, d)`. Do not index `W`.


# %% tags=["stub"]
def lookup(ids, W):
    """Give the one-hot vectors, shape (B, n, V), and their product with W, shape (B, n, d)."""
    ...  # your code here


# %% tags=["solution"]
def lookup(ids, W):
    """Give the one-hot vectors, shape (B, n, V), and their product with W, shape (B, n, d)."""
    one_hot = np.eye(len(W))[ids]
    return one_hot, one_hot @ W


# %% tags=["check"]
check("01.2", lookup)

# %% [markdown] tags=["hint"]
# The rows of `np.eye(V)` are the one-hot vectors of the words 0 to V - 1. Indexing a matrix with an array
# of shape `(B, n)` gives its rows in that shape. `@` multiplies the last two axes.

# %% [markdown] tags=["exercise"]
# ### Exercise 01.3: Two ways to thin out
# *10 minutes · difficulty 2 of 3*
#
# Write `keep_probabilities(counts, t)` for an array of counts, shape `(V,)`, and a threshold $t$. Give two
# arrays of shape `(V,)`: the probability to **keep** a token by the paper, $\sqrt{t/f}$, and by the code,
# $\sqrt{t/f} + t/f$. Neither may be above 1.


# %% tags=["stub"]
def keep_probabilities(counts, t):
    """Give the keep probabilities by the paper and by the code, each of shape (V,)."""
    ...  # your code here


# %% tags=["solution"]
def keep_probabilities(counts, t):
    """Give the keep probabilities by the paper and by the code, each of shape (V,)."""
    f = counts / counts.sum()
    paper = np.sqrt(t / f)
    code = np.sqrt(t / f) + t / f
    return np.minimum(paper, 1), np.minimum(code, 1)


# %% tags=["check"]
check("01.3", keep_probabilities)

# %% [markdown] tags=["hint"]
# $f$ is not a count but a share of all tokens. `np.minimum(x, 1)` works entry by entry; `min` does not.

# %% [markdown] tags=["exercise"]
# ### Exercise 01.4: A file that can be read again
# *10 minutes · difficulty 2 of 3*
#
# Write a class `Lines(path)`. Iterating over it gives the lines of a text file as lists of tokens, cut at
# white space; lines without a token are left out. It can be iterated any number of times, and each time
# it reads the file **anew**, so that no more than a line has to fit into memory. The first cell has
# written a file `example` on which you can try it: `list(Lines(example))`.


# %% tags=["stub"]
class Lines:
    """The sentences of a text file, one a line."""

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        """Give one sentence after the other, from the first line on."""
        ...  # your code here


# %% tags=["solution"]
class Lines:
    """The sentences of a text file, one a line."""

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        """Give one sentence after the other, from the first line on."""
        with Path(self.path).open(encoding="utf-8") as file:
            for line in file:
                tokens = line.split()
                if tokens:
                    yield tokens


# %% tags=["check"]
check("01.4", Lines)

# %% [markdown] tags=["hint"]
# Open the file inside `__iter__`, not in `__init__`: Python calls `__iter__` at the start of every `for`
# loop. A function with `yield` in it makes a new generator each time it is called.

# %% [markdown] tags=["exercise"]
# ### Exercise 01.5: The gradient of a padded look-up
# *15 minutes · difficulty 3 of 3*
#
# Sentences in a batch have different lengths. The short ones are filled up with the id `-1`, which
# stands for no word. Write `table_gradient(ids, gradients, V)` for ids of shape `(B, n)` and the gradients
# of the looked-up vectors, shape `(B, n, d)`. Give the gradient of the table, shape `(V, d)`: row $w$ is the
# sum over all places where the id is $w$. What comes back from padding goes nowhere.


# %% tags=["stub"]
def table_gradient(ids, gradients, V):
    """Give dL/dW, shape (V, d), for ids (B, n), -1 where there is no word."""
    ...  # your code here


# %% tags=["solution"]
def table_gradient(ids, gradients, V):
    """Give dL/dW, shape (V, d), for ids (B, n), -1 where there is no word."""
    is_word = ids >= 0
    table = np.zeros((V, gradients.shape[-1]))
    np.add.at(table, ids[is_word], gradients[is_word])
    return table


# %% tags=["check"]
check("01.5", table_gradient)

# %% [markdown] tags=["hint"]
# Two traps. `table[ids] += gradients` keeps one share of each repeated word. And row `-1` is not an error
# to NumPy: it is the last row. A mask of shape `(B, n)` takes the words out of both arrays, and flattens
# them on the way.

# %% [markdown]
# ## In one breath
#
# - An id is a name. One-hot vectors make no false claims about words, and no true ones either.
# - An embedding layer is a table. A look-up is a product with a one-hot vector that nobody computes.
# - Its gradient reaches the rows that were looked up, and adds up where a word is repeated.
# - Tokens are decisions, and training and use have to decide alike. A corpus has to be readable twice.
# - Half of a text is a few hundred words. Almost half of its words occur once.
# - `min_count` cuts off the rare end; subsampling thins the frequent one, by
#   $\sqrt{t/f} + t/f$ in the code and $\sqrt{t/f}$ in the paper.
#
# Next: [02 Skip-gram](02_skip_gram.ipynb) fills the table.
#
# ## References
#
# - T. Mikolov, K. Chen, G. Corrado, J. Dean (2013a). *Efficient Estimation of Word Representations in
#   Vector Space*. [arXiv:1301.3781](https://arxiv.org/abs/1301.3781)
# - T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean (2013b). *Distributed Representations of Words
#   and Phrases and their Compositionality*. [arXiv:1310.4546](https://arxiv.org/abs/1310.4546).
#   Subsampling: section 2.3.
# - O. Levy, Y. Goldberg, I. Dagan (2015). *Improving Distributional Similarity with Lessons Learned from
#   Word Embeddings*. TACL 3, 211-225. [doi:10.1162/tacl_a_00134](https://doi.org/10.1162/tacl_a_00134)
# - G. K. Zipf (1949). *Human Behavior and the Principle of Least Effort*. Addison-Wesley.
# - M. D. Lee, B. Pincombe, M. Welsh (2005). *An Empirical Evaluation of Models of Text Document
#   Similarity*. Proceedings of the 27th Annual Conference of the Cognitive Science Society. The news
#   texts.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola. *Dive into Deep Learning*. The embedding layer:
#   [d2l.ai, Pretraining word2vec](https://d2l.ai/chapter_natural-language-processing-pretraining/word2vec-pretraining.html)
