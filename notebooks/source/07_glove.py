# %% [markdown]
# # 07 GloVe
#
# **150 minutes**, of them 60 for the exercises. You need: [lesson 02](02_skip_gram.ipynb), least squares, and the
# rules of the logarithm; for the comparison in section 13 also [lesson 04](04_negative_sampling.ipynb). The cells
# take less than a minute.
#
# Afterwards you can
#
# - count co-occurrences, read their ratios, and say from which counts on they can be trusted,
# - derive GloVe's objective from the ratios, and say which steps are choices,
# - derive its gradients, make one update by hand with AdaGrad, and check it three ways,
# - train GloVe on real text, and say what its settings do to a small one,
# - say what GloVe, skip-gram with negative sampling and an SVD of PPMI share, from your own measurements.

# %%
import dataclasses
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gensim.models
import numpy as np
import torch
from gensim.models import KeyedVectors
from gensim.test.utils import datapath
from scipy import sparse
from scipy.sparse.linalg import svds
from scipy.stats import spearmanr

# %%
from course_lib import (
    Embeddings,
    GloveSettings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    numpy_impl,
    plots,
    torch_impl,
)
from course_lib.cooccurrences import count_cooccurrences
from course_lib.embeddings import unit
from course_lib.glove_training import glove_start, glove_weights
from course_lib.numpy_impl.gradient_check import numerical_gradient

# %% [markdown]
# ## 1. A question on real words
#
# *sea* and *land* are near to each other in meaning. Which of these words tell them apart, and how: *caspian*, *area*,
# *ocean*, *which*? Let us count. $X_{ij}$ says how often word $j$ stands near word $i$, at most ten words away. A
# neighbour at distance $d$ counts $1/d$: next to it 1, two words away 1/2.

# %%
wikipedia = datasets.load_corpus("wikipedia")
vocabulary = Vocabulary.from_sentences(wikipedia, min_count=5)
V = len(vocabulary)
counted = count_cooccurrences(wikipedia, vocabulary, window=10, progress=False)
print(f"{V:,} words; {counted.nnz:,} of {V * V:,} pairs meet")


# %%
def chances(counts, word):
    """Give X_i and P(j | i) = X_ij / X_i of one word, each of shape (V,)."""
    row = counts[[vocabulary.index(word)]].toarray()[0]
    return row, row / row.sum()


probes = ["caspian", "gulf", "ocean", "which", "area", "state"]
(sea, p_sea), (land, p_land) = chances(counted, "sea"), chances(counted, "land")
print("k         X(sea, k)  X(land, k)  P(k | sea)  P(k | land)   ratio")
for word in probes:
    k = vocabulary.index(word)
    print(
        f"{word:9s} {sea[k]:8.1f} {land[k]:11.1f} {p_sea[k]:12.5f} {p_land[k]:12.5f} "
        f"{p_sea[k] / p_land[k]:8.1f}"
    )

# %% [markdown]
# Look at one column of probabilities, and you see mostly how frequent $k$ is. Look at the **ratio**: far above 1 for
# words of the sea, far below 1 for words of the land, and near 1 for *ocean*, which has to do with both, and for
# *which*, which has to do with neither. The ratio leaves out what the two words share, and keeps what tells them
# apart.
#
# Pennington et al. (2014) show this with *ice* and *steam*, and the probes *solid*, *gas*, *water* and *fashion*, on six billion
# tokens. We cannot repeat it:

# %%
news = datasets.load_corpus("lee")
for name, text in {"wikipedia": wikipedia, "lee": news}.items():
    found = {word: sum(tokens.count(word) for tokens in text) for word in ("ice", "steam", "solid")}
    print(name, found)

# %% [markdown]
# ### How far can a ratio be trusted?
#
# The 197 of *caspian* rests on $X(\text{land}, \text{caspian}) = 0.1$: one meeting, nine or ten places apart. One more, and the ratio would halve. And most
# words do not get that far:

# %%
near_both = np.sum((sea > 0) & (land > 0))
print(f"near sea {np.sum(sea > 0)} words, near land {np.sum(land > 0)}, near both {near_both};")
print("for all the others the ratio is 0 or infinite")

# %% [markdown]
# Split the documents into two halves and count both. A ratio that means something comes out alike in
# both. We take pairs of frequent words and all $k$ that stand near both words in both halves, sorted by the smallest of the
# four counts.

# %%
halves = [
    count_cooccurrences(wikipedia[side::2], vocabulary, window=10, progress=False)
    for side in (0, 1)
]
rng = np.random.default_rng(1)
asked = rng.choice(np.arange(50, 400), size=(2, 300))  # ranks: seen 100 to 1,300 times or so
smallest, logs = np.inf, []
for half in halves:
    first, second = half[asked[0]].toarray(), half[asked[1]].toarray()
    smallest = np.minimum(smallest, np.minimum(first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [row / row.sum(axis=1, keepdims=True) for row in (first, second)]
        logs.append(np.log(shares[0] / shares[1]))

# %%
print("smallest count       ratios   correlation of log ratios between the halves")
for low, high in [(0, 0.2), (0.2, 1), (1, 3), (3, np.inf)]:
    some = (smallest > low) & (smallest <= high)
    agreement = np.corrcoef(logs[0][some], logs[1][some])[0, 1]
    print(f"{low:3.1f} to {high:3.1f} {some.sum():15,} {agreement:20.2f}")
small = np.mean(counted.data < 1)
print(f"share of all counts in the text that are below 1: {small:.0%}")
del half, halves, first, second, shares, logs, smallest, some  # they are large

# %% [markdown]
# Above a count of 3 the halves agree well, below 0.2 hardly more than a third of the way. Yet even the small counts are not
# worthless, and there are very many of them: four in five of all counts are below 1, a meeting or two at a distance.
#
# So a method that learns from ratios has to know which counts to believe. Keep that in mind for section 4.

# %% [markdown]
# ## 2. The idea in a picture

# %%
rows = vocabulary.encode(probes)
plots.bars(
    np.log(p_sea[rows] / p_land[rows]),
    probes,
    ylabel="log of the ratio",
    title="The ratio tells what belongs to “sea” (up), to “land” (down), to both or to none",
)

# %% [markdown]
# On a logarithmic scale a ratio of 1 is 0, and "ten times as often" is as far up as "a tenth as often" is down. A
# **difference of two vectors**, held against a third by a dot product, can have these values:
# $(w_{\text{sea}} - w_{\text{land}}) \cdot \tilde w_k$. That is GloVe: find vectors whose dot products give the
# logarithms.
#
# | maths | code | meaning | shape |
# |---|---|---|---|
# | $X_{ij}$ | `counted` | how often $j$ stands near $i$, weighed by 1/distance | $(V, V)$ |
# | $X_i$ | | sum of row $i$ | $(V,)$ |
# | $P_{ik} = X_{ik} / X_i$ | | share of $k$ in the company of $i$ | |
# | $w_i$, $b_i$ | `input_vectors`, `input_biases` | vector and bias of a centre word: IN | $(d,)$, one number |
# | $\tilde w_j$, $\tilde b_j$ | `output_vectors`, `output_biases` | those of a context word: OUT | $(d,)$, one number |
# | $f(x)$ | `glove_weights` | how much a count $x$ weighs | |
# | $e$ | `error` | score less $\log X_{ij}$ | |
#
# This lesson writes $w$ and $\tilde w$ as the paper does. They are the $v$ and $u$ of the other lessons.

# %% [markdown]
# ## 3. From the ratio to the objective
#
# The paper asks for a function $F$ of three vectors that gives the ratio. Five steps lead from there to a
# formula. Some are forced, some are choices; watch which.
#
# **Step 1: a difference.** The ratio compares $i$ with $j$. In a space of vectors one compares by subtracting (a choice):
#
# $$
# F\bigl((w_i - w_j)^\top \tilde w_k\bigr) = \frac{P_{ik}}{P_{jk}} . \tag{1}
# $$
#
# The dot product makes a number of it without mixing the dimensions (a choice, too).
#
# **Step 2: products into sums.** Swap $i$ and $j$: the argument changes its sign, the ratio turns upside down. Go from
# $i$ to $j$ and on to $l$: arguments add up, ratios multiply, since $\frac{P_{ik}}{P_{jk}} \cdot \frac{P_{jk}}{P_{lk}} =
# \frac{P_{ik}}{P_{lk}}$. So $F(a + b) = F(a)\, F(b)$. The continuous functions that do this are $F(a) = e^{ca}$ (or zero
# everywhere), and $c$ can be put into the vectors. This step is forced:
#
# $$
# F(a) = e^{a}, \qquad (w_i - w_j)^\top \tilde w_k = \log P_{ik} - \log P_{jk} . \tag{2}
# $$
#
# **Step 3: one word at a time.** (2) holds if $w_i^\top \tilde w_k = \log P_{ik}$ for every $i$. With $P_{ik} = X_{ik}/X_i$:
#
# $$
# w_i^\top \tilde w_k = \log X_{ik} - \log X_i . \tag{3}
# $$
#
# **Step 4: centre and context may change places.** $X_{ik} = X_{ki}$, if both sides of the centre are counted. The right side of (3) does not look
# the same from $k$: it has $\log X_i$ and no $\log X_k$. But $\log X_i$ depends on $i$ alone. Let a **bias** $b_i$ be learnt in its
# place, and give one to $k$, too:
#
# $$
# w_i^\top \tilde w_k + b_i + \tilde b_k = \log X_{ik} . \tag{4}
# $$
#
# In a ratio the new bias $\tilde b_k$ falls out: (2) still holds, if $b_i = \log X_i$. Nobody forces $b_i$ to become that, and section 14
# looks whether it does.
#
# **Step 5: as well as possible.** There are $V^2$ equations and $2V(d + 1)$ unknowns, so (4) holds approximately. Least squares, each pair
# with a weight (a choice again, and the place where the small counts are dealt with):
#
# $$
# J = \frac{1}{2} \sum_{X_{ij} > 0} f(X_{ij})\, \bigl(w_i^\top \tilde w_j + b_i + \tilde b_j - \log X_{ij}\bigr)^2 . \tag{5}
# $$
#
# The sum is over pairs that meet, since $\log 0$ is $-\infty$. (Pennington et al. 2014, equation 8. The 1/2 is not there,
# but in their program; it saves a 2 in every gradient.)

# %% [markdown]
# ## 4. The weight of a count
#
# What should $f$ do? Zero for a count of zero, so that pairs which never meet fall out; rise, since a large count is known better than
# a small one; and stop rising, or pairs such as (*of*, *the*) would be all that counts. The paper takes
#
# $$
# f(x) = \min\bigl(1, (x / x_{\max})^{\alpha}\bigr), \qquad x_{\max} = 100, \quad \alpha = 3/4 , \tag{6}
# $$
#
# both found by trying. (This $\alpha$ is an exponent, and no learning rate.)

# %%
plots.glove_weighting(counted.data, title="Nearly all of our counts lie where the weight is small")

# %%
for x_max in (100, 10, 1):
    weights = glove_weights(counted.data, x_max)
    top = np.sort(weights)[::-1]
    print(
        f"x_max {x_max:3d}: {np.mean(counted.data >= x_max):6.2%} of the counts weigh 1, the median "
        f"weighs {np.median(weights):.3f}, the top 1% hold {top[: len(top) // 100].sum() / top.sum():.0%}"
    )
del weights, top

# %% [markdown]
# A hundred is made for billions of tokens. In our text the typical count weighs almost nothing with it. We come back to this in sections 11 and 14.

# %% [markdown]
# ## 5. The gradients, in small steps
#
# Take one term of (5) and write $s = w_i \cdot \tilde w_j + b_i + \tilde b_j$ for its score.
#
# **Step 1: the score.** The term is $\frac12 f e^2$ with
#
# $$
# e = s - \log X_{ij}, \qquad \frac{\partial J}{\partial s} = f(X_{ij})\, e . \tag{7}
# $$
#
# Said minus true, once more, and weighed.
#
# **Step 2: vectors and biases.** $s$ is linear in each of the four:
#
# $$
# \frac{\partial J}{\partial w_i} = f e\, \tilde w_j, \qquad
# \frac{\partial J}{\partial \tilde w_j} = f e\, w_i, \qquad
# \frac{\partial J}{\partial b_i} = \frac{\partial J}{\partial \tilde b_j} = f e . \tag{8}
# $$
#
# **Step 3: AdaGrad.** The frequent words are in very many terms, the rare ones in few. So each number gets a learning rate of its own, which shrinks
# with what it has been through (Duchi et al. 2011). With $g$ the gradient times $\eta$, for each number $\theta$:
#
# $$
# G \leftarrow G + g^2, \qquad \theta \leftarrow \theta - \frac{g}{\sqrt{G}}, \qquad G = 1 \text{ at first} . \tag{9}
# $$
#
# The program of the paper's authors has the order the other way round: step first, then $G$. With $G \ge 1$ at first the difference is small. Ours
# adds first: then no step can be longer than 1, whatever the count.

# %% [markdown]
# ## 6. Five words by hand
#
# Three lines and the matrices of lesson 02. **Counting**, with a window of 4: *king* and *crown* are
# neighbours in the first line, which counts 1, and three words apart in the second, which counts 1/3.

# %%
five = Vocabulary(["king", "queen", "wears", "the", "crown"])
lines = ["king crown", "the king wears the crown", "the queen wears the crown"]
X = count_cooccurrences([line.split() for line in lines], five, window=4, progress=False).toarray()
print("         " + "  ".join(f"{word:>5s}" for word in five.words))
for word, row in zip(five.words, X, strict=True):
    print(f"{word:6s}   " + "  ".join(f"{count:5.2f}" for count in row))

# %% [markdown]
# *the* stands near itself, so the diagonal is not empty: each *the* is the other's neighbour. *king* and *queen* never
# meet: a zero, and no term of the loss. Check the row of *wears* with a pencil.
#
# **The score** of (king, crown). The biases are 0.1 and 0.2, and $x_{\max}$ is 2, since the text is so small.

# %%
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_out = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
b, b_out = np.full(5, 0.1), np.full(5, 0.2)
king, crown, x_max, eta = 0, 4, 2.0, 0.5
x = X[king, crown]
f = (x / x_max) ** 0.75
score = W[king] @ W_out[crown] + b[king] + b_out[crown]
error = score - np.log(x)
print(f"X = {x:.4f}, log X = {np.log(x):.4f}, f = ({x:.4f} / 2)^0.75 = {f:.4f}")
print(f"score = 1.0 * 0.2 + 0.5 * 0.4 + 0.1 + 0.2 = {score:.1f}")
print(f"e = {error:.4f}, f e = {f * error:.4f}, loss = f e^2 / 2 = {f * error**2 / 2:.4f}")

# %% [markdown]
# The score is too high: the model believes in a count of $e^{0.7} = 2.01$. **Gradients** (8), and **AdaGrad** (9)
# with $\eta = 0.5$. All of them are computed before anything moves.

# %%
gradients = {
    "w_king": f * error * W_out[crown],
    "w~_crown": f * error * W[king],
    "b_king": np.array([f * error]),
    "b~_crown": np.array([f * error]),
}
before = {
    "w_king": W[king], "w~_crown": W_out[crown], "b_king": b[[king]], "b~_crown": b_out[[crown]]
}  # fmt: skip
after = {}
for name, gradient in gradients.items():
    g = eta * gradient
    G = 1 + g**2
    after[name] = before[name] - g / np.sqrt(G)
    print(f"{name:8s} gradient {gradient.round(4)}, G {G.round(4)}, new {after[name].round(4)}")

# %%
new_score = after["w_king"] @ after["w~_crown"] + after["b_king"][0] + after["b~_crown"][0]
loss, loss_after = f * error**2 / 2, f * (new_score - np.log(x)) ** 2 / 2
print(f"score {score:.3f} -> {new_score:.3f} (log X is {np.log(x):.3f})")
print(f"loss  {loss:.4f} -> {loss_after:.4f}")

# %% [markdown]
# After one step $G$ is hardly above 1, and AdaGrad looks like plain gradient descent. It shows where gradients are large or many. Here is
# one number that gets the same gradient, 2, again and again:

# %%
G, steps = 1.0, []
for _ in range(100):
    g = eta * 2.0
    G += g**2
    steps.append(g / np.sqrt(G))
print("steps 1, 2, 3, 10, 100:", *(f"{steps[n - 1]:.3f}" for n in (1, 2, 3, 10, 100)))
print("like one over a root:", np.allclose(steps, 1 / np.sqrt(np.arange(2, 102))))

# %% [markdown]
# ## 7. The same in NumPy
#
# `objectives.glove` takes a batch of counts and gives the summed loss and the gradients of all four arrays.

# %%
batch_of_one = np.array([king]), np.array([crown]), np.array([x])
library_loss, library_gradients = numpy_impl.objectives.glove(
    W, W_out, b, b_out, *batch_of_one, x_max=x_max
)
places = (king, crown, king, crown)
print("same loss:", np.isclose(library_loss, loss))
for (name, by_hand), whole, row in zip(gradients.items(), library_gradients, places, strict=True):
    others = np.delete(whole, row, axis=0)
    print(
        f"same {name:8s}", np.allclose(whole[row], by_hand), "| zero elsewhere:", not others.any()
    )

# %% [markdown]
# Its heart:
#
# ```python
# w, c = input_vectors[centers], output_vectors[contexts]
# scores = np.sum(w * c, axis=1) + input_biases[centers] + output_biases[contexts]
# errors = scores - targets                       # equation (7); targets = log X
# factors = weights * errors
# loss = float(factors @ errors) / 2              # equation (5)
# ```
#
# and the gradients (8) are `factors` times `c`, `factors` times `w`, and `factors` twice, added up by `np.add.at` where a word
# comes several times.
#
# ## 8. The proof
#
# Your pencil agreed. Two more judges on all counts of the three lines, with the diagonal and repeated words: finite differences, and autograd.

# %%
centers, contexts = np.nonzero(X)
batch = centers, contexts, X[centers, contexts]
numbers = [W, W_out, b, b_out]
batch_loss, analytic = numpy_impl.objectives.glove(*numbers, *batch, x_max=x_max)
for place, name in enumerate(["W", "W~", "b", "b~"]):

    def loss_at(array, place=place):
        """Give the loss alone, with one of the four arrays replaced."""
        replaced = [*numbers[:place], array, *numbers[place + 1 :]]
        return numpy_impl.objectives.glove(*replaced, *batch, x_max=x_max)[0]

    by_differences = numerical_gradient(loss_at, numbers[place])
    same = np.allclose(by_differences, analytic[place], rtol=0, atol=1e-9)
    print(f"same dJ/d{name:2s} to 1e-9: {same}")

# %% [markdown]
# ## 9. The same in PyTorch
#
# `GloVe` is a module with four embedding layers. A bias is a vector of one number.

# %%
model = torch_impl.objectives.GloVe(*map(torch.tensor, numbers))
targets, weights = np.log(batch[2]), glove_weights(batch[2], x_max)
model(*map(torch.tensor, (centers, contexts, targets, weights))).backward()
for name, parameter, ours in zip(["W", "W~", "b", "b~"], model.parameters(), analytic, strict=True):
    autograd = parameter.grad.numpy().reshape(ours.shape)
    print(f"same dJ/d{name:2s} to 1e-12: {np.allclose(autograd, ours, rtol=0, atol=1e-12)}")
print(model)

# %% [markdown]
# And the training: both backends from the same start, in the same order, in float64, on the toy text of lesson 02.
# PyTorch has an AdaGrad of its own. Both take batches of 64 counts here.

# %%
toy = datasets.load_corpus("toy")
toy_vocabulary = Vocabulary.from_sentences(toy, min_count=1)
settings = GloveSettings(vector_size=8, window=4, min_count=1, x_max=10, epochs=5, batch_size=64)
toy_counts = count_cooccurrences(toy, toy_vocabulary, window=4, progress=False)
start = glove_start(toy_vocabulary, settings, np.float64)
ours, theirs = (
    backend.train_glove(
        toy_counts, settings, vocabulary=toy_vocabulary, initial=start, progress=False
    )
    for backend in (numpy_impl, torch_impl)
)
for name in ("input_vectors", "output_vectors", "input_biases", "output_biases"):
    one, two = getattr(ours, name), getattr(theirs, name)
    print(f"{name:15s} the same to 1e-8: {np.allclose(one, two, rtol=0, atol=1e-8)}")

# %% [markdown]
# ## 10. gensim
#
# gensim has no trainer for GloVe. Look for yourself:

# %%
print([name for name in dir(gensim.models) if "glove" in name.lower()])

# %% [markdown]
# What it can do is **load** vectors that somebody else has trained, and search in them. `to_keyed_vectors` hands ours over; the file
# format of GloVe is the text of word2vec without its first line. (Lesson 08 is about such files.)

# %%
keyed = ours.to_keyed_vectors("sum")
with tempfile.TemporaryDirectory() as folder:
    path = str(Path(folder) / "toy.glove.txt")
    keyed.save_word2vec_format(path, write_header=False)
    loaded = KeyedVectors.load_word2vec_format(path, no_header=True)
print(loaded, "the same vectors:", np.array_equal(loaded.vectors, keyed.vectors))

# %% [markdown]
# ## 11. Real text: training on the Wikipedia excerpt
#
# The counts of section 1 are all that the training needs; the text is not read again. First the
# settings of the paper ($x_{\max} = 100$, $\eta = 0.05$), then ours for a small text ($x_{\max} = 10$, $\eta = 0.5$), each
# for six epochs. And as a thing to compare with: **biases only**. If all vectors start at zero, their gradients (8)
# are zero, and they stay there for ever.

# %%
base = GloveSettings(vector_size=32, window=10, x_max=10, learning_rate=0.5, epochs=6)
zeros = np.zeros((V, 32), np.float32)


def train(changes, initial=None):
    """Train on the counts of section 1, with some settings changed."""
    settings = dataclasses.replace(base, **changes)
    return numpy_impl.train_glove(
        counted, settings, vocabulary=vocabulary, initial=initial, progress=False
    )


# %% [markdown]
# The runs of this section and the next ones, one after another, which saves memory. It takes 15 seconds or so.

# %%
jobs = {
    "seed 1": {},
    "seed 2": {"seed": 2},
    "seed 3": {"seed": 3},
    "paper": {"x_max": 100, "learning_rate": 0.05},
    "x_max 100": {"x_max": 100},
}
runs = {name: train(changes) for name, changes in jobs.items()}
only_biases = train({}, Embeddings(vocabulary, zeros, zeros))
glove = [runs[f"seed {seed}"] for seed in (1, 2, 3)]
print("zero vectors have not moved:", not only_biases.input_vectors.any())

# %%
plots.loss_curve(
    {"vectors and biases": glove[0].losses, "biases only": only_biases.losses},
    ylabel="mean loss of a count",
    title="The biases alone explain much of the counts; the vectors explain part of the rest",
)

# %%
last, biases = glove[0].losses[-1], only_biases.losses[-1]
weights, targets = glove_weights(counted.data, 10), np.log(counted.data)
mean = np.average(targets, weights=weights)
constant = np.mean(weights * (targets - mean) ** 2) / 2
del weights, targets
print(f"one number for all:  {constant:.4f}")
print(f"biases only:         {biases:.4f}, {1 - biases / constant:.0%} less")
print(f"vectors and biases:  {last:.4f}, {1 - last / constant:.0%} less")

# %% [markdown]
# More than half of what a single number leaves open is explained by the biases: frequent words meet more often. The vectors explain about half of the
# rest. That half is what we want.
#
# A loss with $x_{\max} = 100$ cannot be compared with one with 10: the weights are other ones. We need a test that knows nothing of
# the loss: WordSim353, as in lesson 04. People said how related two words are; do the cosines put the pairs into
# the same order?


# %%
def judged_pairs(name):
    """Give the rows of the pairs of which both words are known, and what people said."""
    lines = Path(datapath(name)).read_text(encoding="utf-8").lower().splitlines()
    fields = [line.split("\t")[:3] for line in lines if line and not line.startswith("#")]
    known = [(a, b, float(score)) for a, b, score in fields if a in vocabulary and b in vocabulary]
    first, second, human = zip(*known, strict=True)
    print(f"{name}: {len(known)} of {len(fields)} pairs have both words in our vocabulary")
    return vocabulary.encode(first), vocabulary.encode(second), np.array(human)


def cosines(matrix, pairs):
    """Give the cosine of each judged pair."""
    directions = unit(matrix)
    return np.sum(directions[pairs[0]] * directions[pairs[1]], axis=1)


def spearman(matrix, pairs):
    """Give the rank correlation of the cosines with what people said."""
    return spearmanr(cosines(matrix, pairs), pairs[2]).statistic


wordsim = judged_pairs("wordsim353.tsv")

# %%
for name in ("paper", "seed 1"):
    print(f"{name:7s} {spearman(runs[name].matrix('sum'), wordsim):.2f}")

# %% [markdown]
# With the settings of the paper, the vectors know nothing after six epochs. It is no error in them: they are made for texts ten thousand times as long, and for 50 to 100 epochs.
# Here the weights are so small ($f$ of the median count is 0.011) and the learning rate is, too, that hardly anything has moved. Whoever runs GloVe's defaults on a small
# corpus and concludes that GloVe does not work has measured this.

# %% [markdown]
# ## 12. $W$, $\tilde W$, and $W + \tilde W$
#
# $X$ is symmetric, so in (5) $w$ and $\tilde w$ could change places; they differ by their start values and the order of the counts.
# The paper adds them up, and reports a small gain from it. Three seeds each:

# %%
matrices = {"W": "in", "W~": "out", "W + W~": "sum"}
scores = {
    name: [spearman(model.matrix(which), wordsim) for model in glove]
    for name, which in matrices.items()
}
plots.seed_spread(
    scores,
    xlabel="Spearman correlation on WordSim353",
    title="The sum is ahead of both its parts; the seeds lie far apart",
)

# %%
for name, each in scores.items():
    print(f"{name:7s} mean {np.mean(each):.2f}, seeds from {min(each):.2f} to {max(each):.2f}")
gains = np.subtract(scores["W + W~"], np.maximum(scores["W"], scores["W~"]))
print("the sum beats the better of the two in", np.sum(gains > 0), "of 3 seeds")

# %% [markdown]
# And the neighbours? For 300 words that occur 50 to 500 times, how many of the ten nearest are the same?

# %%
some = np.flatnonzero((vocabulary.counts >= 50) & (vocabulary.counts <= 500))
some = np.random.default_rng(1).choice(some, 300, replace=False)


def nearest(matrix, topn=10):
    """Give the rows of the nearest words of the 300, shape (300, topn)."""
    directions = unit(matrix)
    near = directions[some] @ directions.T
    near[np.arange(len(some)), some] = -np.inf
    return np.argsort(-near, axis=1)[:, :topn].copy()  # the rest may go


def overlap(one, two):
    """Give the share of common words among the ten nearest."""
    return np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(one, two, strict=True)])


# %%
near = {name: [nearest(model.matrix(which)) for model in glove] for name, which in matrices.items()}
print("the same run, W and W~:      ", f"{overlap(near['W'][0], near['W~'][0]):.2f}")
for name in matrices:
    print(f"two seeds, {name:6s}            {overlap(near[name][0], near[name][1]):.2f}")
own = [np.mean(np.sum(unit(m.input_vectors) * unit(m.output_vectors), axis=1)) for m in glove]
print(f"cosine of w and w~ of a word: {np.mean(own):.2f} on average")

# %% [markdown]
# Here the sum helps: it beats both parts in each seed, and it is the most stable of the three. It works like a mean of two trainings, which
# takes out some of the noise. And how much noise there is! Two runs that differ in nothing but the seed agree in a third of the
# neighbours; $W$ and $\tilde W$ of one run in a quarter. Do not show anybody the neighbours of a single run on so little text as "what GloVe says".

# %% [markdown]
# ## 13. GloVe, SGNS, and an SVD of PPMI
#
# Three methods, one text. What does each of them want a score to be?
#
# | method | score of a pair | should be | pairs that never meet |
# |---|---|---|---|
# | GloVe | $w_i \cdot \tilde w_j + b_i + \tilde b_j$ | $\log X_{ij}$ | not in the loss |
# | SGNS (lesson 04) | $v_i \cdot u_j$ | $\mathrm{PMI}(i, j) - \log k$, about | in the loss, as noise |
# | SVD of PPMI | $v_i \cdot u_j$ | $\max(\mathrm{PMI}(i, j), 0)$ | in the loss, as zeros |
#
# With $\mathrm{PMI}(i, j) = \log X_{ij} - \log X_i - \log X_j + \log \sum X$, line one and two differ by terms of one word alone: those that
# GloVe's biases can take over. All three factorise a matrix of logarithms (Levy and Goldberg 2014). They differ in what they do with the
# biases, in the weights, and in the zeros.
#
# **SVD of PPMI** has no learning rate and no epochs. PMI below 0 becomes 0, so pairs that never meet are 0, too, and the matrix
# stays sparse. The best approximation of rank $d$, in the sense of least squares with equal weights, comes from the $d$ largest singular values:
# $M \approx U_d S_d V_d^\top$. Levy et al. (2015) take $U_d \sqrt{S_d}$ as IN vectors; $V_d \sqrt{S_d}$ are the OUT vectors.


# %%
def ppmi(counts):
    """Give max(PMI, 0) of the counts, as a sparse matrix of shape (V, V)."""
    pairs = counts.tocoo()
    rows, columns = pairs.coords
    sums = counts.sum(axis=1)
    values = np.log(pairs.data * sums.sum() / (sums[rows] * sums[columns]))
    above = values > 0
    return sparse.csr_array((values[above], (rows[above], columns[above])), shape=counts.shape)


def svd_embeddings(counts, d=32):
    """Give IN and OUT vectors from the d largest singular values of PPMI."""
    U, S, Vt = svds(ppmi(counts), k=d, v0=np.ones(V), solver="propack")  # the fastest of three
    return Embeddings(vocabulary, U * np.sqrt(S), Vt.T * np.sqrt(S))


# %% [markdown]
# **SGNS** is our trainer of lesson 04, on the same words with the same largest window. As usual for it, the window shrinks at
# random, and very frequent words are thinned out (`sample=1e-4`); the two others see every token. Now the clock: CPU time of one run each. (Its digits depend on the machine, so no
# test compares them. GloVe and SVD share the counting.)

# %%
sgns_settings = Word2VecSettings(vector_size=32, window=10, alpha=0.1, sample=1e-4, epochs=4)


def train_sgns(seed, epochs=4):
    """Train skip-gram with negative sampling on the excerpt."""
    changed = dataclasses.replace(sgns_settings, seed=seed, epochs=epochs)
    return numpy_impl.train_word2vec(wikipedia, changed, vocabulary=vocabulary, progress=False)


train_sgns(1, epochs=1)  # compiles the loop

# %% tags=["nbval-ignore-output"]
tasks = {
    "counting": lambda: count_cooccurrences(wikipedia, vocabulary, 10, progress=False),
    "GloVe, an epoch": lambda: train({"epochs": 1}),
    "SGNS, an epoch": lambda: train_sgns(1, epochs=1),
    "SVD of PPMI": lambda: svd_embeddings(counted),
}
for name, task in tasks.items():
    begin = time.process_time()
    result = task()
    print(f"{name:16s} {time.process_time() - begin:.1f} s")

# %%
with ThreadPoolExecutor(2) as pool:
    sgns = list(pool.map(train_sgns, (1, 2, 3)))
methods = {"GloVe": glove, "SGNS": sgns, "SVD of PPMI": [result]}  # the last of the tasks
plots.seed_spread(
    {
        f"{name}, {label}": [spearman(model.matrix(which), wordsim) for model in models]
        for name, models in methods.items()
        for which, label in (("in", "IN"), ("sum", "IN + OUT"))
    },
    xlabel="Spearman correlation on WordSim353",
    title="SGNS and the SVD are far ahead of GloVe on this text",
)

# %% [markdown]
# The dots show the chance of the seed. The chance of the list of pairs is larger: with other pairs all dots would move. The **bootstrap** of lesson 04
# draws pairs with replacement and looks at the difference of two methods each time.


# %%
def interval(one, two, draws=300):
    """Give the middle 90 % of the differences of two lists of models, pairs drawn anew."""
    rng = np.random.default_rng(1)
    a, b = (
        np.mean([cosines(m.matrix("sum"), wordsim) for m in each], axis=0) for each in (one, two)
    )
    human, differences = wordsim[2], []
    for _ in range(draws):
        drawn = rng.integers(len(human), size=len(human))
        left, right = (spearmanr(row[drawn], human[drawn]).statistic for row in (a, b))
        differences.append(left - right)
    return np.quantile(differences, [0.05, 0.95])


# %%
for one, two in [("GloVe", "SGNS"), ("GloVe", "SVD of PPMI"), ("SGNS", "SVD of PPMI")]:
    low, high = interval(methods[one], methods[two])
    verdict = "lower" if high < 0 else "higher" if low > 0 else "no difference that this list shows"
    print(f"{one} against {two}: {verdict}")

# %% [markdown]
# On this text GloVe is clearly behind, and the two others cannot be told apart. It is one text, of 438,000 tokens, one
# test, and one set of settings each. What this does **not** say comes in section 14.
#
# ### Neighbours
#
# (With another processor a word or two may change places, so no test compares these lists.)

# %% tags=["nbval-ignore-output"]
for word in ["music", "water", "army"]:
    print(word)
    for name, models in methods.items():
        found = [
            other for other, _ in models[0].most_similar(word, topn=6, query="sum", target="sum")
        ]
        print(f"   {name:12s} {', '.join(found)}")

# %%
near = {
    name: [nearest(model.matrix("sum")) for model in models] for name, models in methods.items()
}
print(f"two seeds of GloVe:      {overlap(near['GloVe'][0], near['GloVe'][1]):.2f}")
print(f"two seeds of SGNS:       {overlap(near['SGNS'][0], near['SGNS'][1]):.2f}")
for one, two in [("GloVe", "SGNS"), ("GloVe", "SVD of PPMI"), ("SGNS", "SVD of PPMI")]:
    print(f"{one:5s} and {two:11s}    {overlap(near[one][0], near[two][0]):.2f}")

# %% [markdown]
# The lists make sense for all three, and they have little in common: one or two words in ten, where two seeds of one method share three or four.
# SGNS and the SVD are nearer to each other than either is to GloVe.
#
# ### What the scores hold
#
# For pairs with a count of 1 or more (every tenth of them), how does the score of a pair correlate with $\log X$, and with PMI? And can the score tell
# pairs that meet from pairs that never do? For the last question: how often has a pair that meets the higher score of the two? (0.5 is tossing a coin. Words that occur 50 to 500 times.)

# %%
pairs = counted.tocoo()
strong = np.flatnonzero(pairs.data >= 1)[::10]
rows, columns = (coords[strong] for coords in pairs.coords)
sums = counted.sum(axis=1)
log_x = np.log(pairs.data[strong])
pmi = log_x - np.log(sums[rows]) - np.log(sums[columns]) + np.log(sums.sum())
meets = counted[some][:, some].toarray() > 0


def scores_of(model, rows, columns):
    """Give the dot product of IN and OUT of each pair, without biases."""
    return np.einsum("nk,nk->n", model.input_vectors[rows], model.output_vectors[columns])


def told_apart(table):
    """Give the share of (pair that meets, pair that does not) in which the first is higher."""
    ranks = np.argsort(np.argsort(table.ravel()))[meets.ravel()]
    ones, others = meets.sum(), (~meets).sum()
    return (ranks.sum() - ones * (ones - 1) / 2) / (ones * others)


# %%
held = {}
print("                    with log X  with PMI   meet or not")
tables = {name: (models[0], 0, 0) for name, models in methods.items()}
tables["GloVe with biases"] = glove[0], glove[0].input_biases, glove[0].output_biases
for name, (model, b_in, b_ctx) in tables.items():
    found, table = (
        scores_of(model, rows, columns),
        model.input_vectors[some] @ model.output_vectors[some].T,
    )
    if name == "GloVe with biases":
        found = found + b_in[rows] + b_ctx[columns]
        table = table + b_in[some][:, None] + b_ctx[some]
    with_x, with_pmi = (np.corrcoef(found, expected)[0, 1] for expected in (log_x, pmi))
    held[name] = with_x, with_pmi, told_apart(table)
    print(f"{name:18s} {with_x:11.2f} {with_pmi:9.2f} {held[name][2]:12.2f}")
del pairs, strong, found

# %% [markdown]
# Read the columns. With its biases, GloVe's score is $\log X$: that is what it was trained for. Take the biases away, and the dot product is nearer to PMI than that of the
# others: the biases have taken the frequencies over, as the table above says. But nobody told GloVe which pairs never meet, and it shows in the last column: its dot
# products are hardly better than tossing a coin. SGNS (by its noise) and the SVD (by its zeros) have learnt it.
#
# ### The geometry of the two sets of vectors
#
# How do IN and OUT of the same word lie to each other? How narrow is the cone of lesson 04? And do frequent words have long vectors?

# %%
rng = np.random.default_rng(1)
left, right = rng.integers(V, size=(2, 20_000))
geometry = {}
print("              own IN, OUT   two IN vectors   mean IN, mean OUT   length, count")
for name, models in methods.items():
    W, W_out = models[0].input_vectors, models[0].output_vectors
    directions, means = unit(W), unit(np.array([W.mean(axis=0), W_out.mean(axis=0)]))
    own = np.mean(np.sum(directions * unit(W_out), axis=1))
    pairwise = np.mean(np.sum(directions[left] * directions[right], axis=1))
    length = spearmanr(np.linalg.norm(W, axis=1), vocabulary.counts).statistic
    geometry[name] = own, pairwise, means[0] @ means[1]
    print(f"{name:12s} {own:12.2f} {pairwise:16.2f} {means[0] @ means[1]:19.2f} {length:15.2f}")

# %%
lengths = {
    name: np.linalg.norm(models[0].input_vectors, axis=1) for name, models in methods.items()
}
plots.against_counts(
    vocabulary.counts,
    {name: length / np.median(length) for name, length in lengths.items()},
    ylabel="length of the IN vector / median",
    title="With the count, lengths grow in the SVD, shrink in SGNS, and stay in GloVe",
)

# %% [markdown]
# Three different worlds. (The rank correlation of the lengths listens to the many rare words; the figure shows the frequent ones, too.) SGNS has its two sets on opposite sides (the means have a cosine of -1, as in lesson 04). In GloVe both lie on the same side, and $w$ and $\tilde w$ of a word
# are near to each other: nothing pushes them apart, since there is no noise. Mimno and Thompson (2017) found the same difference. In the SVD the two
# sets are the same up to the signs of the dimensions, since PPMI is symmetric. So what IN and OUT *mean* together depends on the method, and lesson 11, which compares
# IN with OUT, needs SGNS.
#
# ### The table
#
# What they are:
#
# | | GloVe | SGNS | SVD of PPMI |
# |---|---|---|---|
# | reads | counts | the text, pair by pair | counts |
# | factorises | $\log X$ less biases | PMI $- \log k$ | PPMI |
# | weights of the pairs | $f(X)$ | how often a pair is seen, or drawn as noise | all alike |
# | pairs that never meet | left out | noise | zeros |
# | chance | start, order | start, order, noise | none |
#
# And what they did, on this text. The seeds are three; the cosines and shares are those of the first.

# %%
lines = {"WordSim353, mean": [], "lowest and highest seed": [], "neighbours of two seeds": []}
for name, models in methods.items():
    each = [spearman(model.matrix("sum"), wordsim) for model in models]
    shared = f"{overlap(*near[name][:2]):.2f}" if len(models) > 1 else "no seed"
    lines["WordSim353, mean"].append(f"{np.mean(each):.2f}")
    lines["lowest and highest seed"].append(f"{min(each):.2f} {max(each):.2f}")
    lines["neighbours of two seeds"].append(shared)
for place, label in enumerate(["score and log X", "score and PMI", "meet or not"]):
    lines[label] = [f"{held[name][place]:.2f}" for name in methods]
for place, label in enumerate(["own IN and OUT", "two IN vectors", "mean IN, mean OUT"]):
    lines[label] = [f"{geometry[name][place]:.2f}" for name in methods]
print(" " * 25 + "".join(f"{name:>14s}" for name in methods))
for label, cells in lines.items():
    print(f"{label:25s}" + "".join(f"{cell:>14s}" for cell in cells))

# %% [markdown]
# ## 14. Where it goes wrong
#
# ### "GloVe counts, word2vec predicts, and so one of them is better"
#
# The table of section 13 says what is wrong with "counts" and "predicts": both fit dot products to logarithms of counts. And "better"? Levy et al. (2015) tuned the settings of all
# methods and found that most of the difference was in the settings. In our runs, one seed each:

# %%
settings_of_glove = {
    "paper: x_max 100, rate 0.05": runs["paper"],
    "x_max 100, rate 0.5": runs["x_max 100"],
    "x_max 10, rate 0.5": runs["seed 1"],
}
for name, model in settings_of_glove.items():
    print(f"{name:28s} {spearman(model.matrix('sum'), wordsim):5.2f}")
print(
    f"{'SGNS, after one epoch':28s} {spearman(train_sgns(1, epochs=1).matrix('sum'), wordsim):5.2f}"
)

# %% [markdown]
# From one setting of GloVe to another it is as far as from GloVe to SGNS, and further than the seeds lie apart. We did not tune any of them well, and a text of billions
# of words is another matter. But why is GloVe behind *here*? The next experiment has an answer.
#
# ### "x_max = 100 belongs to the formula"
#
# The same lines say it: the value for a small text lies lower. It is a setting like any other, and goes with the size of the counts.
#
# ### "The zeros are in the loss"
#
# $f(0) = 0$, so they are not: 97 in 100 pairs of our vocabulary say nothing. What does GloVe believe about them, then? Here are the counts that it expects, $e^{s}$, for words
# that occur 50 to 500 times:

# %%
print(f"pairs that never meet: {1 - counted.nnz / V**2:.1%}")
expected = np.exp(
    glove[0].input_vectors[some] @ glove[0].output_vectors[some].T
    + glove[0].input_biases[some][:, None]
    + glove[0].output_biases[some]
)
for name, group in [("meet", meets), ("never meet", ~meets)]:
    print(f"pairs that {name:10s}: median of the expected count {np.median(expected[group]):.2f}")
truth = counted[some][:, some].toarray()[meets]
print(f"true count of the pairs that meet: median {np.median(truth):.2f}")

# %% [markdown]
# GloVe gives pairs that never meet nearly the same count as pairs that do. It was never told otherwise. (For the pairs that meet it says more than the truth, since a large count
# weighs more than a small one, and errors go where they are cheap.) PPMI has the zeros in its loss, with the same weight as everything else; SGNS has them as noise.
# Does that matter? We make some zeros visible: random pairs that never meet, one for every two counts, with a made-up count of 0.03, a third of the
# smallest real one. An epoch has more steps then, so three epochs have to do.

# %%
made = counted.nnz // 2
drawn = np.random.default_rng(1).integers(V, size=(2, made), dtype=np.int32)
visible = sparse.csr_array((np.full(made, 0.03), drawn), shape=(V, V)).maximum(counted)
del drawn  # a real count is never below 0.1, so the maximum keeps it
print(f"{3 * visible.nnz / (6 * counted.nnz):.2f} times as many steps as before")
for seed, before in zip((1, 2, 3), glove, strict=True):
    its_settings = dataclasses.replace(base, epochs=3, seed=seed)
    with_zeros = numpy_impl.train_glove(
        visible, its_settings, vocabulary=vocabulary, progress=False
    )
    one, two = (spearman(model.matrix("sum"), wordsim) for model in (before, with_zeros))
    print(f"seed {seed}: without zeros {one:.2f}, with zeros {two:.2f}")
del visible

# %% [markdown]
# With fewer steps than before, the made-up zeros lift GloVe in each seed. (By how much differs: one run alone would have told another story.) So on a small
# text **the zeros are information, and GloVe throws it away**. (On a huge one, most pairs that could meet have met.) It does not explain all: SGNS is still ahead.
#
# ### "A bias is the logarithm of the count"
#
# In section 3 we said that $b_i = \log X_i$ would fit. Is it what comes out? We compare with $\log X_i$: the correlation, and the slope, which should be 1.

# %%
log_sums = np.log(sums)
models = {
    "x_max 10": glove[0],
    "x_max 100": runs["x_max 100"],
    "paper": runs["paper"],
    "no vectors": only_biases,
}
for name, model in models.items():
    correlation = np.corrcoef(model.input_biases, log_sums)[0, 1]
    slope = np.polyfit(log_sums, model.input_biases, 1)[0]
    print(f"{name:10s} correlation {correlation:5.2f}, slope {slope:5.2f}")

# %% [markdown]
# With our settings the bias follows the logarithm, at a quarter of its slope: the vectors have taken over part of it (their means are not zero, see section 13), and six
# epochs are few. With small weights the biases have hardly moved. Even without any vectors the slope is far from 1. One reason is in section 1: most counts are below 1, so their
# logarithms are *negative*, and the loss never sees the zeros that make $\log X_i$ small for a rare word. So (4) allows $b_i = \log X_i$, and the training does not go there.
#
# ### "The sum is always better"
#
# For GloVe it was, in section 12. Is it for the others?

# %%
for name, models in methods.items():
    each = [[spearman(m.matrix(which), wordsim) for which in ("in", "sum")] for m in models]
    told = ", ".join(f"{one:.2f} -> {both:.2f}" for one, both in each)
    print(f"{name:12s} IN -> IN + OUT: {told}")

# %% [markdown]
# No. For SGNS it is sometimes a little better, sometimes a little worse: IN and OUT hold different things there, and the sum is no mean of two equals. For the SVD of a symmetric matrix there is
# next to nothing to add. Levy et al. (2015) say the same: try it.
#
# ### "The larger the window, the better"
#
# It depends on what you ask for. WordSim353 asks how *related* two words are: *cup* and *coffee* are. SimLex999 asks how *similar* they
# are: *cup* and *mug* are, *cup* and *coffee* are not. The SVD has no seed, so it shows the window alone:

# %%
simlex = judged_pairs("simlex999.txt")

# %%
windows = {10: (counted, methods["SVD of PPMI"][0])}
for window in (2, 5):
    counts = count_cooccurrences(wikipedia, vocabulary, window, progress=False)
    windows[window] = counts, svd_embeddings(counts)
for window, (counts, model) in sorted(windows.items()):
    one, two = (spearman(model.input_vectors, pairs) for pairs in (wordsim, simlex))
    print(
        f"window {window:2d}: WordSim353 {one:.2f}, SimLex999 {two:.2f}; "
        f"{counts.nnz / 1e6:.1f} million counts"
    )

# %% [markdown]
# For relatedness the larger window is better, at several times the counts. For similarity, it makes no difference that we could see. (Small windows are said to
# be better for similarity; on so little text we cannot show it, and the numbers for SimLex999 are low for every window.) Ask first which of the two you want.
#
# ## Exercises
#
# Write the heart of this lesson yourself.

# %% tags=["exercise-setup"]
import numpy as np

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 07.1: Count co-occurrences
# *15 minutes · difficulty 2 of 3*
#
# Write `cooccurrences(sentences, V, window)`. A sentence is a list of rows, such as `[0, 1, 2]`. Give $X$, an array of shape `(V, V)`: for
# each centre word $i$, each word $j$ at a distance $d$ of 1 to `window` on either side adds $1/d$ to $X_{ij}$. No window reaches over the end of a sentence.


# %% tags=["stub"]
def cooccurrences(sentences, V, window):
    """Give X, shape (V, V)."""
    ...  # your code here


# %% tags=["solution"]
def cooccurrences(sentences, V, window):
    """Give X, shape (V, V)."""
    counts = np.zeros((V, V))
    for sentence in sentences:
        for place, center in enumerate(sentence):
            for distance in range(1, min(window, place) + 1):
                context = sentence[place - distance]
                counts[center, context] += 1 / distance
                counts[context, center] += 1 / distance
    return counts


# %% tags=["check"]
check("07.1", cooccurrences)

# %% [markdown] tags=["hint"]
# Go through the places of a sentence and look to the left only. Each pair that you find counts twice: once with each of the two
# words as the centre.

# %% [markdown] tags=["exercise"]
# ### Exercise 07.2: The weight of a count
# *5 minutes · difficulty 1 of 3*
#
# Write `weight(counts, x_max, alpha)`, equation (6), for an array of counts above 0.


# %% tags=["stub"]
def weight(counts, x_max, alpha):
    """Give f of each count."""
    ...  # your code here


# %% tags=["solution"]
def weight(counts, x_max, alpha):
    """Give f of each count."""
    return np.minimum(1, (counts / x_max) ** alpha)


# %% tags=["check"]
check("07.2", weight)

# %% [markdown] tags=["hint"]
# `np.minimum(a, b)` takes the smaller of two, place by place.

# %% [markdown] tags=["exercise"]
# ### Exercise 07.3: The four gradients
# *15 minutes · difficulty 2 of 3*
#
# Write `gradients(w, c, b, b_tilde, count)`, equation (8), for one pair: $w_i$ and $\tilde w_j$ of shape `(d,)`, the two biases, and $X_{ij}$. Take
# $x_{\max} = 100$ and $\alpha = 3/4$, and the loss with its 1/2, as in (5). Give the gradients for $w_i$, $\tilde w_j$, $b_i$ and $\tilde b_j$, in this order.


# %% tags=["stub"]
def gradients(w, c, b, b_tilde, count):
    """Give dJ/dw and dJ/dw~, both of shape (d,), dJ/db and dJ/db~."""
    ...  # your code here


# %% tags=["solution"]
def gradients(w, c, b, b_tilde, count):
    """Give dJ/dw and dJ/dw~, both of shape (d,), dJ/db and dJ/db~."""
    error = w @ c + b + b_tilde - np.log(count)
    factor = min(1, (count / 100) ** 0.75) * error
    return factor * c, factor * w, factor, factor


# %% tags=["check"]
check("07.3", gradients)

# %% [markdown] tags=["hint"]
# First $e$, then $f e$. The gradient for $w_i$ points along the *other* vector.

# %% [markdown] tags=["exercise"]
# ### Exercise 07.4: AdaGrad
# *10 minutes · difficulty 2 of 3*
#
# Write `adagrad(numbers, squares, gradient, eta)`, equation (9): three arrays of one shape and the learning rate. Give the new numbers and the new squares $G$, and leave
# the arrays that you were given as they are.


# %% tags=["stub"]
def adagrad(numbers, squares, gradient, eta):
    """Give the new numbers and the new squares."""
    ...  # your code here


# %% tags=["solution"]
def adagrad(numbers, squares, gradient, eta):
    """Give the new numbers and the new squares."""
    g = eta * gradient
    squares = squares + g**2
    return numbers - g / np.sqrt(squares), squares


# %% tags=["check"]
check("07.4", adagrad)

# %% [markdown] tags=["hint"]
# $g$ is the gradient times $\eta$. Add its square to $G$ first; then divide by the root of the new $G$.

# %% [markdown] tags=["exercise"]
# ### Exercise 07.5: Positive PMI
# *15 minutes · difficulty 2 of 3*
#
# Write `ppmi(counts)`: counts of shape `(V, V)` in, an array of the same shape out, with
# $\max(0, \log \frac{X_{ij} \sum X}{X_i\, X_j'})$; $X_i$ is the sum of row $i$, and $X_j'$ that of column $j$ (here the counts need not be symmetric). Pairs that never
# meet have 0.


# %% tags=["stub"]
def ppmi(counts):
    """Give positive PMI, shape (V, V)."""
    ...  # your code here


# %% tags=["solution"]
def ppmi(counts):
    """Give positive PMI, shape (V, V)."""
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
    ratio = counts * counts.sum() / (rows * columns)
    return np.log(np.maximum(ratio, 1))


# %% tags=["check"]
check("07.5", ppmi)

# %% [markdown] tags=["hint"]
# $\max(0, \log r) = \log \max(1, r)$, and so no zero ever meets the logarithm. `keepdims=True` makes a column of the row sums.

# %% [markdown]
# ## In one breath
#
# Ratios of co-occurrence chances tell two words apart. Differences of vectors can hold their logarithms, which leads to
# $w_i \cdot \tilde w_j + b_i + \tilde b_j = \log X_{ij}$, fitted by least squares over the pairs that meet, with a weight that rises up to $x_{\max}$. All gradients are
# $f e$ times the other side, and AdaGrad gives each number its own rate. The paper's settings are for billions of words and learn nothing from our text in six epochs. $W + \tilde W$ is better and
# steadier than each alone. SGNS and an SVD of PPMI fit nearly the same numbers with other weights, and with the zeros; on this small text they
# are far ahead, and zeros made up for GloVe bring it nearer. gensim loads GloVe vectors and cannot train them. Next: lesson 08, files of vectors that others have trained.
#
# ## References
#
# - J. Pennington, R. Socher, C. D. Manning (2014). *GloVe: global vectors for word representation.* EMNLP.
#   [doi:10.3115/v1/D14-1162](https://doi.org/10.3115/v1/D14-1162). Equation (5) here is half of its (8), equation (6) its (9).
# - J. Duchi, E. Hazan, Y. Singer (2011). *Adaptive subgradient methods for online learning and stochastic optimization.* JMLR 12.
#   [The paper](https://jmlr.org/papers/v12/duchi11a.html). AdaGrad.
# - O. Levy, Y. Goldberg (2014). *Neural word embedding as implicit matrix factorization.* NIPS 27.
#   [The paper](https://papers.nips.cc/paper/5477-neural-word-embedding-as-implicit-matrix-factorization)
# - O. Levy, Y. Goldberg, I. Dagan (2015). *Improving distributional similarity with lessons learned from word embeddings.* TACL 3.
#   [doi:10.1162/tacl_a_00134](https://doi.org/10.1162/tacl_a_00134)
# - D. Mimno, L. Thompson (2017). *The strange geometry of skip-gram with negative sampling.* EMNLP.
#   [doi:10.18653/v1/D17-1308](https://doi.org/10.18653/v1/D17-1308)
# - L. Finkelstein et al. (2002). *Placing search in context: the concept revisited.* ACM TOIS 20.
#   [doi:10.1145/503104.503110](https://doi.org/10.1145/503104.503110). WordSim353.
# - F. Hill, R. Reichart, A. Korhonen (2015). *SimLex-999: evaluating semantic models with (genuine) similarity estimation.* Computational Linguistics 41.
#   [doi:10.1162/COLI_a_00237](https://doi.org/10.1162/COLI_a_00237)
