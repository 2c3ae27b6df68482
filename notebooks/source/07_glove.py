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
del halves, logs, smallest

# %% [markdown]
# TRUST-PROSE
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
plots.glove_weighting(
    counted.data, title="Nearly all of our counts lie where the weight is small"
)

# %%
for x_max in (100, 10, 1):
    weights = glove_weights(counted.data, x_max)
    top = np.sort(weights)[::-1]
    print(
        f"x_max {x_max:3d}: {np.mean(counted.data >= x_max):6.2%} of the counts weigh 1, the median "
        f"weighs {np.median(weights):.3f}, the top 1% hold {top[: len(top) // 100].sum() / top.sum():.0%}"
    )

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
    print(f"same {name:8s}", np.allclose(whole[row], by_hand), "| zero elsewhere:", not others.any())

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
    backend.train_glove(toy_counts, settings, vocabulary=toy_vocabulary, initial=start, progress=False)
    for backend in (numpy_impl, torch_impl)
)
for name in ("input_vectors", "output_vectors", "input_biases", "output_biases"):
    one, two = getattr(ours, name), getattr(theirs, name)
    print(f"{name:15s} the same to 1e-8: {np.allclose(one, two, rtol=0, atol=1e-8)}")
