# %% [markdown]
# # 03 CBOW
#
# **135 minutes**, of them 60 for the exercises. You need:
# [lesson 02](02_skip_gram.ipynb), whose matrices, letters and proofs come back here. The cells take
# less than a minute.
#
# Afterwards you can
#
# - say how skip-gram and CBOW both grow out of one model with a context of one word,
# - derive the gradients of CBOW, for the mean and for the sum of the context, and check them three ways,
# - say what gensim does with them, which is the reverse, and which learning rate that amounts to,
# - measure what CBOW knows about word order and distance, and how it compares with skip-gram on rare words,
# - fill a gap in a sentence, and know why gensim's `predict_output_word` is a poor way to do it.

# %%
import dataclasses
import time

import numpy as np
import torch
from gensim.models import Word2Vec

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    evaluation,
    gensim_impl,
    numpy_impl,
    plots,
    torch_impl,
    widgets,
)

# %%
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.numpy_impl.objectives import (
    cbow_hidden,
    cbow_softmax,
    logistic_loss,
    skipgram_softmax,
    softmax_loss,
)
from course_lib.pairs import skipgram_pairs

# %% [markdown]
# ## 1. A question on real words
#
# > the capital of ___ is
#
# You can fill that gap. How could a machine? The obvious way is to **count**: find all places in a text
# where the same words stand around a gap, and see what stands in it. Let us try on the excerpt of
# Wikipedia. We keep the last tenth of each article back, and ask for each of its gaps: did the first nine
# tenths have one with the same words around it, at the same places?

# %%
wikipedia = datasets.load_corpus("wikipedia")
first_part = [tokens[: len(tokens) * 9 // 10] for tokens in wikipedia]
last_part = [tokens[len(tokens) * 9 // 10 :] for tokens in wikipedia]


def surroundings(sentences, left, right):
    """List what stands around each gap, left words before it and right words after it."""
    return [
        tuple(tokens[i - left : i] + tokens[i + 1 : i + 1 + right])
        for tokens in sentences
        for i in range(left, len(tokens) - right)
    ]


# %%
def share_seen(left, right):
    """Give the share of gaps in the last part whose surroundings stand in the first part."""
    known = set(surroundings(first_part, left, right))
    return np.mean([around in known for around in surroundings(last_part, left, right)])


for left, right in [(1, 0), (1, 1), (2, 2)]:
    seen = share_seen(left, right)
    print(f"{left} before, {right} after: {seen:4.0%} of the gaps have been seen")

# %% [markdown]
# With one word before the gap, counting nearly always has something to say. With two words on either
# side it has nothing to say for 98 gaps in a hundred: there are too many ways to put four words
# together. But *the capital of ___ is* and *the capital city of ___* are nearly the same
# question, and a machine that **adds up what each word says** would notice. That is CBOW, the
# *continuous bag of words*: a vector for each context word, and their mean.

# %% [markdown]
# ## 2. The idea in a picture
#
# Skip-gram had one question for each context word. CBOW turns the arrows around and asks one question a
# window: *given the context words, all at once, guess the centre.*

# %%
sentence = ["the", "king", "wears", "the", "golden", "crown", "today"]
plots.window(
    sentence, center=4, window=2, title="Four context words make one guess, not four pairs"
)

# %% [markdown]
# The context is a **bag**: it holds *wears*, *the*, *crown* and *today*, and forgets who stood where. As an
# input that is one vector of $V$ numbers, with $1/C$ at each of the $C$ context words. Times $W$, it gives
# the mean of their $C$ rows. From there on everything is as in skip-gram.

# %%
plots.cbow_architecture(vocabulary_size=7, vector_size=3)

# %% [markdown]
# The names are those of lesson 02. New is only what $h$ is:
#
# | maths | code | meaning | shape |
# |---|---|---|---|
# | $o_1, \dots, o_C$ | `contexts` | rows of the context words | $(B, C)$ |
# | $C$ | | how many context words a window has | |
# | $h$ | `hidden` | the vector that predicts; here the mean of $v_{o_1}, \dots, v_{o_C}$ | $(d,)$ |
# | $c$ | `centers` | row of the word to guess | $(B,)$ |
#
# So here the **context** words are on the IN side, and the centre word is on the OUT side. For CBOW the
# paper, word2vec.c, gensim and we agree on that. (In skip-gram gensim swaps the two: lesson 02,
# section 11.)

# %% [markdown]
# ## 3. The simplest case: a context of one word
#
# Take $C = 1$: *given one word, guess another.* Then $h = v_o$ is a row of $W$, and the model is
#
# $$
# p(c \mid o) \;=\; \frac{\exp(u_c \cdot v_o)}{\sum_{j=1}^{V} \exp(u_j \cdot v_o)} .
# \tag{1}
# $$
#
# You know this formula: it is that of lesson 02. Rong (2014) starts his explanation of word2vec here. If
# the one word is the *previous* one, this is a small language model: a bigram model made of vectors. Both architectures are one step away from it:
#
# - **skip-gram** gives the centre and asks for each context word in turn, and adds up the losses;
# - **CBOW** asks for the centre once, with the mean of the context's vectors in the place of $v_o$.
#
# In code, with a context of one word the two are the same function:

# %%
rng = np.random.default_rng(1)
v, u = rng.normal(size=(2, 7, 3))
first, second = np.array([0, 0, 5]), np.array([3, 4, 2])
as_skipgram = skipgram_softmax(v, u, first, second)
as_cbow = cbow_softmax(v, u, first[:, None], second)
for name, left, right in zip(["loss", "dL/dW", "dL/dW'"], as_skipgram, as_cbow, strict=True):
    print(f"{name:7s} the same:", np.allclose(left, right, rtol=0, atol=1e-12))

# %% [markdown]
# ## 4. The formula
#
# CBOW with the full softmax, for a centre $c$ and its context words $o_1, \dots, o_C$:
#
# $$
# h \;=\; \frac{1}{C} \sum_{i=1}^{C} v_{o_i}, \qquad
# p(c \mid o_1, \dots, o_C) \;=\; \hat y_c \;=\; \frac{\exp(u_c \cdot h)}{\sum_{j} \exp(u_j \cdot h)} .
# \tag{2}
# $$
#
# A word that stands in the context twice counts twice. There is a variant with the **sum**,
# $h = \sum_i v_{o_i}$ (`cbow_mean=False`). The loss is the mean over all $N$ windows of the text:
#
# $$
# J \;=\; -\frac{1}{N} \sum_{\text{windows}} \log p(c \mid o_1, \dots, o_C) .
# \tag{3}
# $$
#
# A text of $N$ words has $N$ windows, and some $N$ times $C$ pairs. So per reading CBOW makes one
# prediction where skip-gram makes $C$. That makes it faster, and each reading gives it fewer errors to
# learn from. Section 13 measures both.

# %% [markdown]
# ## 5. The gradients, in small steps
#
# **Step 1: the scores.** With $s_j = u_j \cdot h$ the loss of one window is, as in lesson 02,
#
# $$
# L \;=\; -s_c + \log \sum_j \exp(s_j), \qquad
# \frac{\partial L}{\partial s_j} \;=\; \hat y_j - y_j \;=:\; e_j .
# \tag{4}
# $$
#
# **Step 2: an OUT vector.** $u_j$ occurs in $s_j = u_j \cdot h$ only:
#
# $$
# \frac{\partial L}{\partial u_j} \;=\; e_j \, h .
# \tag{5}
# $$
#
# **Step 3: the hidden vector.** $h$ occurs in every score:
#
# $$
# \frac{\partial L}{\partial h} \;=\; \sum_{j=1}^{V} e_j \, u_j \;=\; W'^{\top} e \;=:\; EH .
# \tag{6}
# $$
#
# So far nothing is new but the letter $h$. Now the step that lesson 02 did not have.
#
# **Step 4: the IN vectors.** $h$ is not a row of $W$ but made of $C$ of them. Nudge $v_{o_i}$ by a small
# $\delta$: the mean moves by $\delta / C$, the sum by $\delta$. That is, $\partial h / \partial v_{o_i}$ is
# $\frac{1}{C} I$ or $I$, and by the chain rule each context word gets
#
# $$
# \frac{\partial L}{\partial v_{o_i}} \;=\; \frac{1}{C}\, EH \quad \text{(mean)}, \qquad
# \frac{\partial L}{\partial v_{o_i}} \;=\; EH \quad \text{(sum)}.
# \tag{7}
# $$
#
# All context words of a window get **the same** share. One that stands there $k$ times gets $k$ shares.
#
# **Step 5: the update**, for the mean:
#
# $$
# u_j \leftarrow u_j - \alpha\, e_j\, h \quad \text{for every } j, \qquad
# v_{o_i} \leftarrow v_{o_i} - \frac{\alpha}{C}\, EH \quad \text{for every place } i .
# \tag{8}
# $$
#
# The context words move together, by one step, towards the OUT vector of the word they should have
# guessed. CBOW cannot praise one of them and blame another.

# %% [markdown]
# ## 6. Five words by hand
#
# The matrices are those of lesson 02. The sentence is *the king wears the crown*, the centre is *crown*,
# and the window is wide enough for all four words before it. So *the* is in the context twice, and $C = 4$.

# %%
five = ["king", "queen", "wears", "the", "crown"]
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_out = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
context, crown = np.array([3, 0, 2, 3]), 4
C = len(context)
print("context:", *[five[row] for row in context])

# %% [markdown]
# **The hidden vector**: add the four rows, divide by four. First dimension:
# $(-0.4 + 1.0 + 0.2 - 0.4)/4 = 0.1$.

# %%
for row in context:
    print(f"v_{five[row]:5s} = {W[row]}")
h = W[context].sum(axis=0) / C
print("sum     =", W[context].sum(axis=0).round(3))
print("h       =", h.round(3))

# %% [markdown]
# **Scores and probabilities** as in lesson 02, with $h$ in the place of $v_c$.

# %%
scores = W_out @ h
y_hat = np.exp(scores) / np.exp(scores).sum()
for word, score, probability in zip(five, scores, y_hat, strict=True):
    print(f"{word:6s} score {score:6.3f}   probability {probability:.3f}")
print(f"loss: {-np.log(y_hat[crown]):.3f}; a guess would pay {np.log(5):.3f}")

# %% [markdown]
# The **error** and $EH$, equations (4) and (6), and the share of each context word, equation (7).

# %%
error = y_hat.copy()
error[crown] -= 1
EH = W_out.T @ error
print("e    =", error.round(3))
print("EH   =", EH.round(4))
print("EH/C =", (EH / C).round(4))

# %% [markdown]
# **One step** with $\alpha = 1$. The loop over places gives *the* its two shares.

# %%
alpha = 1.0
W_new, W_out_new = W.copy(), W_out - alpha * np.outer(error, h)
for row in context:
    W_new[row] -= alpha * EH / C
for word, before, after in zip(five, W, W_new, strict=True):
    print(f"v_{word:6s} {before} -> {after.round(3)}   moved by {(after - before).round(3)}")

# %%
plots.matrix_heatmaps(
    {"W before": W, "W after": W_new},
    five,
    highlight=["king", "wears", "the"],
    change=True,
    title="“king” and “wears” move by one share, “the” by two",
)

# %% [markdown]
# Three rows of $W$ have moved, all in one direction: *king* and *wears* by one share, *the* by two. *queen*
# and *crown* were not in the context. In $W'$ all five rows have moved, as always with the full softmax.
# Did it help, and what would the **sum** have done with the same $\alpha$?

# %%
h_sum = W[context].sum(axis=0)
loss_sum, EH_sum, sum_out_gradient = softmax_loss(h_sum, W_out, crown)
W_sum, W_out_sum = W.copy(), W_out - alpha * sum_out_gradient
for row in context:
    W_sum[row] -= alpha * EH_sum
before, after = (
    -np.log(y_hat[crown]),
    softmax_loss(W_new[context].mean(axis=0), W_out_new, crown)[0],
)
after_sum = softmax_loss(W_sum[context].sum(axis=0), W_out_sum, crown)[0]
print(f"mean: loss {before:.3f} -> {after:.3f}   king moved by {abs(W_new - W)[0].round(3)}")
print(f"sum:  loss {loss_sum:.3f} -> {after_sum:.3f}   king moved by {abs(W_sum - W)[0].round(3)}")

# %% [markdown]
# The same $\alpha$ is a small step for the mean and a giant one for the sum. The sum's $h$ is $C$ times as
# long, and each of the $C$ words gets a whole $EH$ where it got a quarter. Keep that in mind for section 11:
# **a learning rate means nothing without the rule that it belongs to.**

# %% [markdown]
# Forty steps, one at a time: press **Step**, or the right arrow. The first line is the sentence read
# backwards. Its window around *crown* holds the same words, so step 1 must show your numbers.
# (On GitHub and on paper you see a picture of step 1. Run the cell to get the buttons.)

# %%
lines = ["crown the wears king the", "the queen wears the crown"]
step_settings = Word2VecSettings(
    architecture="cbow", objective="softmax", vector_size=2, window=4, shrink_windows=False,
    min_count=1, sample=0, alpha=alpha, min_alpha=alpha,
)  # fmt: skip
stepper = widgets.word2vec_steps(
    [line.split() for line in lines],
    step_settings,
    initial=Embeddings(Vocabulary(five), W, W_out),
)

# %%
first = stepper.run.steps[0]
print("W as by hand: ", np.allclose(first.input_after, W_new))
print("W' as by hand:", np.allclose(first.output_after, W_out_new))
stepper

# %% [markdown]
# ## 7. The same in NumPy
#
# Windows differ in size: at the edge of a sentence words are missing, and the shrinking window makes
# different widths. A batch is therefore a rectangle with **padding**, and a mask that says what is real.
# Here are the seven lines for a batch of two windows, the second with two words only.

# %%
contexts = np.array([[3, 0, 2, 3], [0, 3, 0, 0]])
mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]])
centers = np.array([4, 2])

# %%
weights = mask / mask.sum(axis=1, keepdims=True)  # (B, C)  1/C, and 0 for padding
hidden = np.einsum("bc,bcd->bd", weights, W[contexts])  # (B, d)  equation (2)
error = numpy_impl.objectives.softmax(hidden @ W_out.T)
error[np.arange(len(centers)), centers] -= 1  # (B, V)  equation (4)
W_out_gradient = error.T @ hidden  # (V, d)  equation (5), summed
W_gradient = np.zeros_like(W)
np.add.at(W_gradient, contexts, weights[:, :, None] * (error @ W_out)[:, None])  # equation (7)

# %% [markdown]
# Divide by the number of *real* words, not by the width of the rectangle, and give padding the weight 0:
# that is all. In the library this is `cbow_softmax`.

# %%
loss, library_W_gradient, library_out_gradient = cbow_softmax(W, W_out, contexts, centers, mask)
print("same h:     ", np.allclose(cbow_hidden(W, contexts, mask), hidden))
print("same dL/dW: ", np.allclose(library_W_gradient, W_gradient))
print("same dL/dW':", np.allclose(library_out_gradient, W_out_gradient))

# %% [markdown]
# ## 8. The proof
#
# The same two judges as in lesson 02, finite differences and autograd. The batch is chosen to be mean: a word
# that comes twice in a context, padding that names a real row, the centre in its own context, a window with
# one word, and one with none (which predicts nothing).

# %%
contexts = np.array([[3, 0, 2, 3], [0, 3, 0, 0], [1, 1, 4, 2], [2, 4, 4, 4], [1, 1, 1, 1]])
mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]])
centers = np.array([4, 2, 4, 0, 1])


def judged(cbow_mean):
    """Give both gradients three times: by algebra, by finite differences, by autograd."""

    def loss_of(left, right):
        return cbow_softmax(left, right, contexts, centers, mask, cbow_mean)[0]

    algebra = cbow_softmax(W, W_out, contexts, centers, mask, cbow_mean)[1:]
    differences = [
        numerical_gradient(lambda matrix: loss_of(matrix, W_out), W),
        numerical_gradient(lambda matrix: loss_of(W, matrix), W_out),
    ]
    leaves = [torch.tensor(matrix, requires_grad=True) for matrix in (W, W_out)]
    batch = [torch.tensor(array) for array in (contexts, centers, mask)]
    torch_impl.objectives.cbow_softmax(*leaves, *batch, cbow_mean=cbow_mean).backward()
    return algebra, differences, [leaf.grad.numpy() for leaf in leaves]


# %%
for cbow_mean in [True, False]:
    algebra, differences, autograd = judged(cbow_mean)
    for number, name in enumerate(["dL/dW", "dL/dW'"]):
        by_differences = np.allclose(differences[number], algebra[number], rtol=0, atol=1e-9)
        by_autograd = np.allclose(autograd[number], algebra[number], rtol=0, atol=1e-12)
        kind = "mean" if cbow_mean else "sum"
        print(f"{kind:4s} {name:6s} same to 1e-9: {by_differences}; to 1e-12: {by_autograd}")

# %% [markdown]
# ## 9. The same in PyTorch
#
# `CBOWSoftmax` is a module of two embedding layers. One step must land where your pencil did; it is what
# `torch.optim.SGD` did in lesson 02, written out. PyTorch also has a layer for bags: `EmbeddingBag` looks rows up and averages them at once.

# %%
model = torch_impl.objectives.CBOWSoftmax(torch.tensor(W), torch.tensor(W_out))
model(torch.tensor(context[None]), torch.tensor([crown])).backward()
with torch.no_grad():
    for matrix in model.parameters():
        matrix -= alpha * matrix.grad
print(model)
print("W as by hand: ", np.allclose(model.input_layer.weight.detach(), W_new))
print("W' as by hand:", np.allclose(model.output_layer.weight.detach(), W_out_new))
bag = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(W), mode="mean")
print("EmbeddingBag gives h:", np.allclose(bag(torch.tensor(context[None])), h))

# %% [markdown]
# ## 10. How much does a context tell?
#
# The toy text of lesson 02 again, where we know what is to be found. 4,000 sentences are for training; on
# the other 1,000 we ask how well the centres are guessed. First the windows of a sentence, as rectangles.


# %%
def windows(rows, left, right):
    """Give the contexts of a sentence, shape (n, left + right), and their mask."""
    offsets = np.array([*range(-left, 0), *range(1, right + 1)])
    places = np.arange(len(rows))[:, None] + offsets
    inside = (places >= 0) & (places < len(rows))
    return rows[np.where(inside, places, 0)], inside


toy = datasets.load_corpus("toy")
toy_vocabulary = Vocabulary.from_sentences(toy, min_count=1)
encoded = [toy_vocabulary.encode(tokens) for tokens in toy]


# %%
def all_windows(sentences, left, right):
    """Give contexts, mask and centres of many sentences, without windows that are empty."""
    contexts, masks = zip(*(windows(rows, left, right) for rows in sentences), strict=True)
    arrays = np.concatenate(contexts), np.concatenate(masks), np.concatenate(sentences)
    some = arrays[1].any(axis=1)
    return [array[some] for array in arrays]


# %% [markdown]
# And a trainer: windows in random order, 64 at a time, a learning rate that falls to zero. `IN_factor` lets
# the IN vectors learn at another rate; section 11 needs it. (Lessons 04 and 05 have the objectives that are
# fast enough for real text. Here the full softmax over 88 words is quick.)


# %%
def train(data, alpha, epochs=4, IN_factor=1.0, start_scale=1.0):
    """Train CBOW with the full softmax; give v, u and the state after each epoch."""
    start = Embeddings.initial(toy_vocabulary, 24, seed=1, dtype=np.float64)
    v, u = start.input_vectors * start_scale, start.output_vectors.copy()
    contexts, masks, centers = data
    rng, states = np.random.default_rng(1), []
    for epoch in range(epochs):
        order = rng.permutation(len(centers))
        for first in range(0, len(order), 64):
            rate = alpha * (1 - (epoch + first / len(order)) / epochs)
            some = order[first : first + 64]
            _, dv, du = cbow_softmax(v, u, contexts[some], centers[some], masks[some])
            v -= rate * IN_factor * dv
            u -= rate * du
        states.append((v.copy(), u.copy()))
    return states


def mean_loss(state, data):
    """Give the loss of a window in nats, on text that was not trained on."""
    contexts, masks, centers = data
    return cbow_softmax(*state, contexts, centers, masks)[0] / len(centers)


# %% [markdown]
# The bigger the context, the better the guess? Without any context the best one can do is to know the
# frequencies of the words.

# %%
shares = toy_vocabulary.counts / toy_vocabulary.counts.sum()
unseen = np.concatenate(encoded[4000:])
print(f"a blind guess, log V          {np.log(len(shares)):.2f} nats")
print(f"frequencies alone             {-np.log(shares[unseen]).mean():.2f}")
for left, right in [(1, 0), (1, 1), (2, 2), (3, 3)]:
    training, test = (all_windows(part, left, right) for part in (encoded[:4000], encoded[4000:]))
    state = train(training, alpha=0.1)[-1]
    print(f"CBOW, {left} before and {right} after     {mean_loss(state, test):.2f}")

# %% [markdown]
# The word before and the word after tell most, and each further pair of words still helps.
#
# The row *1 before and 0 after* is the language model of section 3. (The first word of a sentence has no
# word before it, and is left out.) On its own training text no such model can beat counting what follows
# each word. On the other 1,000 sentences it should be nearly as good:

# %%
following = np.ones((len(shares), len(shares))) * 1e-3  # a little for what was never seen
for rows in encoded[:4000]:
    np.add.at(following, (rows[:-1], rows[1:]), 1)
following /= following.sum(axis=1, keepdims=True)
bigrams = np.concatenate([np.column_stack([rows[:-1], rows[1:]]) for rows in encoded[4000:]])
print(f"counted bigrams: {-np.log(following[tuple(bigrams.T)]).mean():.2f} nats")
old = set(map(tuple, toy[:4000]))
known = np.mean([tuple(tokens) in old for tokens in toy[4000:]])
print(f"of the 1,000 sentences, {known:.0%} also stand among the 4,000")

# %% [markdown]
# Mind the last line: the grammar is small. So this is a test of knowing the text, not of understanding new
# sentences.
#
# ## 11. gensim does the reverse
#
# gensim has no full softmax. Its CBOW predicts by negative sampling or hierarchical softmax; both
# give an $EH$ for $h$, made of few rows of $W'$ instead of all (lessons 04 and 05). What happens to $EH$
# afterwards is our matter here. Equation (7), the textbook, against what stands in gensim's source
# (`word2vec_inner.pyx`). word2vec.c has only the mean, also with a whole $EH$.
#
# | | $h$ | each context word should get | gensim gives it |
# |---|---|---|---|
# | `cbow_mean=1` | mean | $EH / C$ | $EH$ |
# | `cbow_mean=0` | sum | $EH$ | $EH / C$ |
#
# It divides exactly where it should not. Do not believe it; let gensim do one pass over one sentence, from
# vectors that we choose. To make the pass predictable, the noise exponent is 50: then the noise word is
# always the most frequent word, *the*.

# %%
text = ["the", "king", "wears", "the", "golden", "crown"]
tiny = Vocabulary.from_sentences([text], min_count=1)
start = np.random.default_rng(1).normal(scale=0.3, size=(2, len(tiny), 50)).astype(np.float32)
one_pass = Word2VecSettings(
    architecture="cbow", vector_size=50, window=2, shrink_windows=False, min_count=1, sample=0,
    negative=1, ns_exponent=50, alpha=0.1, min_alpha=0.1, epochs=1,
)  # fmt: skip
print(tiny, "noise:", tiny.noise_distribution(50).round(4).tolist())

# %% [markdown]
# The pass of our own, word by word: $h$ from the context, "yes" to the centre and "no" to *the* (unless *the*
# is the centre: then gensim leaves it out), and the share of $EH$ as you tell it.


# %%
def our_pass(mean, divide):
    """Go over the sentence once; give the IN vectors afterwards."""
    v, u = start.astype(np.float64)
    rows, the = tiny.encode(text), tiny.index("the")
    for place, center in enumerate(rows):
        context = np.concatenate([rows[max(place - 2, 0) : place], rows[place + 1 : place + 3]])
        h = v[context].sum(axis=0) / (len(context) if mean else 1)
        _, EH, du = logistic_loss(h[None], u, [[center, the]], [[1, 0]], [[1, center != the]])
        u -= 0.1 * du
        np.subtract.at(v, context, 0.1 * EH[0] / (len(context) if divide else 1))
    return v


# %%
for mean in [True, False]:
    settings = dataclasses.replace(one_pass, cbow_mean=mean)
    initial = Embeddings(tiny, *start)
    trained = gensim_impl.train_word2vec([text], settings, initial=initial).input_vectors
    moved = np.abs(trained - start[0]).max()
    for divide in [True, False]:
        off = np.abs(our_pass(mean, divide) - trained).max() / moved
        kind = "true gradient" if divide == mean else "the other rule"
        rule = f"h is the {'mean,' if mean else 'sum, '} {'EH/C' if divide else 'EH  '}"
        print(f"{rule} ({kind:14s}): gensim is {off:4.0%} off")

# %% [markdown]
# In both cases gensim follows the *other* rule. The last percent is its sigmoid, which it looks up in
# a table of 1,000 numbers. `numpy_impl.train_word2vec` replays gensim, table and swapped rules included.
# `numpy_impl.objectives` has the true gradients, and **`torch_impl.train_word2vec` follows them**, with a
# sigmoid that is computed. One window a batch makes its pass comparable:

# %%
replayed = numpy_impl.train_word2vec([text], settings, initial=initial, progress=False)
print("numpy_impl against gensim:", np.allclose(replayed.input_vectors, trained, atol=1e-6))
for mean in [True, False]:
    settings = dataclasses.replace(one_pass, cbow_mean=mean, batch_size=1)
    stepped = torch_impl.train_word2vec([text], settings, initial=initial, progress=False)
    same = np.allclose(stepped.input_vectors, our_pass(mean, divide=mean), atol=1e-5)
    print(f"torch_impl, {'mean' if mean else 'sum '}, against the true gradient: {same}")

# %% [markdown]
# ### What it amounts to
#
# Is that a mistake? It is not the gradient of any loss (a gradient's mixed second derivatives agree; here
# one of them has a factor $C$). But it is less different than it looks, and you can say exactly how. Call
# the learning rate of the IN vectors $a$, that of the OUT vectors $b$. Now measure the IN vectors in
# another unit: $v = s\,v'$ and $u = u'/s$. All scores $u \cdot h$ stay as they are, and so does the loss.
# But gradients change: $\partial L/\partial v' = s\,\partial L/\partial v$. So the steps
# $v \leftarrow v - a\,\partial L/\partial v$ and $u \leftarrow u - b\,\partial L/\partial u$ read
#
# $$
# v' \leftarrow v' - \frac{a}{s^2}\, \frac{\partial L}{\partial v'}, \qquad \qquad
# u' \leftarrow u' - b\,s^2\, \frac{\partial L}{\partial u'} .
# \tag{9}
# $$
#
# The rates $(a, b)$ and $(a/s^2,\, b\,s^2)$ are **the same training** in different units. Only the
# product $a\,b$ counts, and both rates can be made equal: $\sqrt{a\,b}$ each. For windows with $C$ words
# gensim's mean has $a = C\alpha$ and $b = \alpha$. So it is the textbook's CBOW with the learning rate
#
# $$
# \sqrt{C}\;\alpha, \qquad \text{from a start } \sqrt[4]{C} \text{ times smaller.}
# \tag{10}
# $$
#
# (The start is that of the IN vectors. The OUT vectors start at zero, in any unit.) Let us see whether that is true, to ten digits: the toy text, windows with three words on both sides only
# ($C = 6$ for all), gensim's rule with $\alpha$ = 0.02, and the textbook's with $\sqrt{6} \cdot 0.02$.

# %%
contexts, masks, centers = all_windows(encoded[:4000], 3, 3)
whole = masks.all(axis=1)
data = contexts[whole], masks[whole], centers[whole]
v, u = train(data, alpha=0.02, epochs=2, IN_factor=6)[-1]
v_textbook, u_textbook = train(data, 0.02 * 6**0.5, epochs=2, start_scale=6**-0.25)[-1]
print("windows:", len(data[0]))
print("the same scores:    ", np.allclose(v @ u.T, v_textbook @ u_textbook.T, rtol=0, atol=1e-10))
print("the same IN vectors:", np.allclose(v, v_textbook * 6**0.25, rtol=0, atol=1e-10))

# %% [markdown]
# With all windows, also the short ones at the edges, $C$ varies and (10) holds roughly. Here $C$ is 4.3
# on the average; a textbook rate of 0.05 should look much like gensim's 0.025 and the same rate would be
# slower.

# %%
training, test = all_windows(encoded[:4000], 3, 3), all_windows(encoded[4000:], 3, 3)
mean_C = training[1].sum(axis=1).mean()
curves = {
    "textbook, 0.025": train(training, 0.025),
    "gensim's rule, 0.025": train(training, 0.025, IN_factor=mean_C),
    "textbook, 0.052": train(training, 0.025 * mean_C**0.5),
}
losses = {name: [mean_loss(state, test) for state in states] for name, states in curves.items()}
print(f"mean C: {mean_C:.2f}, its root: {mean_C**0.5:.2f}")

# %%
plots.loss_curve(
    losses,
    ylabel="mean loss (nats a window)",
    title="gensim's rule is the textbook's with a larger learning rate",
)

# %% [markdown]
# (In this figure $EH$ is multiplied by the mean of $C$, as gensim's rule does on the average.) With
# `window=5` the shrinking window has $C = 2, 4, 6, 8$ or 10 words, 6 on the average, and gensim's 0.025
# is some 0.06 of the textbook's. So: **do not carry a learning rate for CBOW from one program to
# another.** PyTorch's CBOW in this course (`torch_impl`) is the textbook's: with the same $\alpha$ it learns
# more slowly than `numpy_impl` and gensim, and with $\sqrt{6}\,\alpha$ about as fast. word2vec.c, whose rule is that of gensim's mean, starts CBOW at 0.05 and skip-gram at 0.025;
# gensim starts both at 0.025. Five epochs
# over a hundred news articles:

# %%
news = datasets.load_corpus("lee")[:100]
usual = Word2VecSettings(architecture="cbow", vector_size=24, epochs=5)
for name, trainer, alpha_start in [
    ("numpy_impl, 0.025", numpy_impl, 0.025),
    ("torch_impl, 0.025", torch_impl, 0.025),
    ("torch_impl, 0.061", torch_impl, 0.025 * 6**0.5),
]:
    way = dataclasses.replace(usual, alpha=alpha_start)
    loss = trainer.train_word2vec(news, way, progress=False).losses[-1]
    print(f"{name}: mean training loss of the last epoch {loss:.1f}")

# %% [markdown]
# And the sum? In gensim it has $a = \alpha/C$: the textbook's sum at the rate $\alpha/\sqrt{C}$. Put both
# together and a surprise follows. Write $v = C\,v'$: the mean of the $v$ is the sum of the $v'$, and the
# step $v \leftarrow v - \alpha\,EH$ becomes $v' \leftarrow v' - \frac{\alpha}{C}\,EH$. That *is* gensim's
# sum. With windows of one size, **`cbow_mean=1` and `cbow_mean=0` are the same training in different
# units**; only the start differs, by the factor $C$. On real text, with the start made equal ($C = 10$
# everywhere but at the ends of the articles):

# %%
wide = Word2VecSettings(architecture="cbow", vector_size=50, shrink_windows=False, epochs=2)
words = Vocabulary.from_sentences(first_part, min_count=5)
start_mean = Embeddings.initial(words, 50, seed=1)
start_sum = Embeddings(words, start_mean.input_vectors / 10)
by_mean, by_sum = (
    numpy_impl.train_word2vec(
        first_part, dataclasses.replace(wide, cbow_mean=mean), initial=initial, progress=False
    ).input_vectors
    for mean, initial in [(True, start_mean), (False, start_sum)]
)
lengths = np.linalg.norm(by_mean, axis=1), np.linalg.norm(by_sum, axis=1)
cosines = (by_mean * by_sum).sum(axis=1) / np.prod(lengths, axis=0)
print(f"cosine of the two vectors of a word, median: {np.median(cosines):.3f}")
print(f"length of one by the other, median: {np.median(lengths[0] / lengths[1]):.1f}")

# %% [markdown]
# ## 12. Word order and distance
#
# **Order makes no difference.** A mean does not know in which order it was taken. *dog bites man* and
# *man bites dog* put the same bag around *bites*:

# %%
rows = np.array([[1, 4, 2, 3], [3, 2, 4, 1]])
same = cbow_hidden(W, rows)
print("the same h for a context and its mirror image:", np.allclose(same[0], same[1]))

# %% [markdown]
# **Distance makes a difference on the average only.** Inside one window all words weigh the same, $1/C$.
# But word2vec draws the reach $R$ of each window from $1 \dots w$, and a word at distance $\delta$ is in
# it if $\delta \le R$: with probability $(w - \delta + 1)/w$, as in lesson 02. For the *sum* that is its
# mean weight. For the *mean* there is more to it. A far word comes in wide windows only, and there it
# shares with many: its weight is $1/C = 1/(2R)$. So its mean weight is
#
# $$
# \frac{1}{w} \sum_{R=\delta}^{w} \frac{1}{2R} .
# \tag{11}
# $$
#
# Measured on 20,000 positions, relative to distance 1:

# %%
w = 5
centers, contexts = skipgram_pairs(np.arange(20_000), w, np.random.default_rng(1))
distances = np.abs(centers - contexts)
C = np.bincount(centers)[centers]  # how many context words the window of each pair has
in_window = np.bincount(distances)[1:] / 40_000
in_mean = np.bincount(distances, 1 / C)[1:] / 20_000 / 2
told = [(w - delta + 1) / w for delta in range(1, w + 1)]
told_mean = [sum(1 / (2 * R) for R in range(delta, w + 1)) / w for delta in range(1, w + 1)]
print("in the window as told: ", np.allclose(in_window, told, atol=0.01))
print("in the mean as in (11):", np.allclose(in_mean, told_mean, atol=0.01))

# %%
plots.bars(
    {
        "how often in the window": in_window / in_window[0],
        "weight in the mean": in_mean / in_mean[0],
    },
    ["1", "2", "3", "4", "5"],
    ylabel="relative to distance 1",
    title="In the mean, a neighbour weighs eleven times as much as a word five places away",
)

# %% [markdown]
# So the rule "distance $\delta$ weighs $(w - \delta + 1)/w$" is right for skip-gram and for the sum. For
# CBOW's mean the weights fall faster: 11 to 1 instead of 5 to 1. (In gensim it depends on which half of
# the step you look at: $h$ is the mean, with these weights; but the update hands each word a whole $EH$,
# so there it is 5 to 1. For its sum it is the other way round.)
#
# ## 13. Real text: CBOW against skip-gram
#
# Train CBOW on the first nine tenths of each Wikipedia article; the rest is for section 14. The objective
# is negative sampling, which lesson 04 explains; all you need here is that it is fast.

# %%
settings = Word2VecSettings(architecture="cbow", vector_size=50, alpha=0.05, epochs=10)
real = numpy_impl.train_word2vec(first_part, settings, progress=False)
for word in ["three", "music", "moon", "battle", "king", "water"]:
    near = ", ".join(other for other, _ in real.most_similar(word, topn=5))
    print(f"{word:7s} {near}")

# %% [markdown]
# These are of the same kind as skip-gram's in lesson 02. Which of the two is better? "Skip-gram (slower,
# better for infrequent words) vs CBOW (fast)", says word2vec's own page, and most tutorials since. Can we
# see it?
#
# **How to measure it.** Rare words are other words than frequent ones, so comparing the two groups compares
# two things at once. Here is a fairer way: take the words that occur at least 200 times, and give
# each of them a **twin**. At $n$ random places the word is replaced by its twin, say *water* by *water\**.
# The two mean the same, and the twin has been seen $n$ times only. `evaluation.plant_twins` puts them in:

# %%
drinks = [["we", "drink", "water"], ["cold", "water"], ["the", "water", "is", "warm"]]
for tokens in evaluation.plant_twins(drinks, {"water": 1}, np.random.default_rng(1)):
    print(*tokens)

# %% [markdown]
# A good model puts the twin close to its original. `evaluation.twins_found` says of each twin whether the
# original is among the ten words nearest to it. We want the share for twins seen 10, 20, 50 and 100 times.

# %%
frequent = Vocabulary.from_sentences(wikipedia, min_count=200).words
seen = np.resize([10, 20, 50, 100], len(frequent))  # these four, over and over


def share_found(model, words):
    """For each number of times seen: the share of twins with their original among the ten nearest."""
    found = evaluation.twins_found(model, words)
    return [found[seen == number].mean() for number in np.unique(seen)]


# %% [markdown]
# Two texts with different twins, one for each seed, and three ways: skip-gram with 5 epochs, CBOW with
# the same 5 epochs, and CBOW with 12 epochs, which takes `numpy_impl` no longer than skip-gram with 5.
# (Its predictions are several times fewer, but for each it has more words to add up.) All with $\alpha =
# 0.05$.

# %%
ways = {
    "skip-gram, 5 epochs": Word2VecSettings(vector_size=50, alpha=0.05),
    "CBOW, 5 epochs": dataclasses.replace(settings, epochs=5),
    "CBOW, 12 epochs": dataclasses.replace(settings, epochs=12),
}
found, seconds = {name: [] for name in ways}, {name: [] for name in ways}
for seed in [1, 2]:
    rng = np.random.default_rng(seed)
    times = dict(zip(rng.permutation(frequent).tolist(), seen, strict=True))
    text = evaluation.plant_twins(wikipedia, times, rng)
    for name, way in ways.items():
        way = dataclasses.replace(way, seed=seed)
        began = time.process_time()
        model = numpy_impl.train_word2vec(text, way, progress=False)
        seconds[name].append(time.process_time() - began)
        found[name].append(share_found(model, times))

# %%
skipgram_time, _, cbow_time = map(min, seconds.values())
print("12 epochs of CBOW take no longer than 5 of skip-gram:", cbow_time <= skipgram_time)
print(f"{len(times)} words with a twin")
print("seen                   10    20    50   100")
for name, shares in found.items():
    for line in shares:
        print(f"{name:20s}", *[f"{share:5.2f}" for share in line])

# %%
plots.repeated_runs(
    [10, 20, 50, 100],
    found,
    xlabel="how often the twin was seen",
    ylabel="share of originals found",
    title="At equal epochs skip-gram leads; at equal time CBOW does",
)

# %% [markdown]
# The bars go from one text to the other. Read the figure from left to right:
#
# - **At equal epochs** skip-gram is ahead for words seen 20, 50 and 100 times. With ten occurrences
#   neither of the two can do much. That is the popular rule, except that its lead does not grow as the
#   words get rarer.
# - **At equal time** CBOW is ahead everywhere, most clearly for words seen 20 and 50 times.
#
# So on this text, with this measure, the lead of skip-gram is one of equal epochs only. In one reading CBOW
# makes one prediction where skip-gram makes $C$; give it the time that this saves, and it overtakes. (One
# text, one measure, one learning rate: and by section 11 the same $\alpha$ is no equal rate. Try `epochs=40`
# for both, a few minutes, and see how much of a difference is left.)
#
# ## 14. Filling a gap
#
# CBOW is trained to fill gaps, so let it. For vectors from the full softmax that is formula (2), and the
# library has it as `Embeddings.fill_gap`. Here is the toy model of section 10 with three words on both
# sides. In the text, what stands in the place of the gap?

# %%
ours = Embeddings(toy_vocabulary, *state)
for question in ["the border of ___ has spanish oranges", "the tail of the ___ is small"]:
    words = question.split()
    gap = words.index("___")
    before, after = words[:gap], words[gap + 1 :]
    seen = [t[gap] for t in toy if t[:gap] == before and t[gap + 1 :] == after]
    guesses = ours.fill_gap(before[-3:] + after[:3], topn=5)
    print(question)
    print("  model:", *[f"{word} {share:.2f}" for word, share in guesses])
    shares = {word: seen.count(word) / len(seen) for word in sorted(set(seen))}
    print("  text: ", *[f"{word} {share:.2f}" for word, share in shares.items()])

# %% [markdown]
# The full softmax gives real probabilities, and these are near the shares of the text. Now **gensim**. It
# fills gaps by `predict_output_word`, for models that were trained with negative sampling. Hand our function
# gensim's vectors, and the two must agree.

# %%
model = Word2Vec(
    toy, sg=0, vector_size=24, window=3, min_count=1, sample=0, alpha=0.05, epochs=20, seed=1,
    workers=1,
)  # fmt: skip
from_gensim = Embeddings.from_keyed_vectors(model.wv, model.syn1neg)
around = ["border", "of", "has", "spanish", "oranges"]
theirs, our = model.predict_output_word(around, 2), from_gensim.fill_gap(around, 2)
print("gensim:", *[word for word, _ in theirs], "  ours:", *[word for word, _ in our])
print("the same numbers:", np.allclose([p for _, p in theirs], [p for _, p in our], rtol=1e-4))
print("less than 0.9 for the first:", theirs[0][1] < 0.9)

# %% [markdown]
# ### What these numbers are not
#
# *spain*, and rightly so. But the true share is 1. A small model need not get that far, yet there is a deeper
# reason. Negative sampling never trained a model that sums to one. It learns to tell the true word from
# noise words, drawn from $P_n$. A model that does this perfectly has (lesson 04 derives it; Levy and
# Goldberg, 2014)
#
# $$
# u_w \cdot h \;=\; \log \frac{p(w \mid \text{context})}{k\,P_n(w)}, \qquad \text{so} \qquad
# p(w \mid \text{context}) \;\propto\; P_n(w)\, \exp(u_w \cdot h) .
# \tag{12}
# $$
#
# gensim's `predict_output_word` takes the softmax of the scores. It leaves out $P_n(w)$, and so divides
# each probability by the word's own noise probability: **rare words come out too high, frequent ones too
# low.** `fill_gap(context, noise=...)` puts the factor back. (gensim skips a noise word that equals the
# true one. Strictly, that puts $p/(1 - p)$ in the place of $p$ in (12); for the small $p$ of real text it
# makes no difference.) Does it matter? Take the last tenths of the Wikipedia articles, which the model of
# section 13 has not seen, and guess every 45th word from three words on either side.

# %%
parts = [real.vocabulary.encode(tokens) for tokens in last_part]
contexts = np.concatenate([windows(rows, 3, 3)[0][3:-3:45] for rows in parts])
centers = np.concatenate([rows[3:-3:45] for rows in parts])
noise = real.vocabulary.noise_distribution().astype(np.float32)
frequencies = real.vocabulary.noise_distribution(1).astype(np.float32)  # exponent 1: as they are


# %%
def judged_gaps(trust, prior):
    """Give the mean loss, the share among the first ten, and what the frequent words get."""
    found = []
    for some in np.array_split(np.arange(len(centers)), 20):  # all at once would fill the memory
        scores = cbow_hidden(real.input_vectors, contexts[some]) @ real.output_vectors.T
        probabilities = numpy_impl.objectives.softmax(trust * scores + np.log(prior))
        true = probabilities[np.arange(len(some)), centers[some]]
        first_ten = (probabilities > true[:, None]).sum(axis=1) < 10
        found.append([-np.log(true), first_ten, probabilities[:, :100].sum(axis=1)])
    return np.concatenate(found, axis=1).mean(axis=1)


# %%
print(f"{len(centers):,} gaps; a blind guess pays {np.log(len(noise)):.1f} nats")
for name, trust, prior in [
    ("frequencies alone", 0, frequencies),
    ("gensim's way", 1, np.ones_like(noise)),
    ("with the noise (12)", 1, noise),
]:
    loss, first_ten, frequent = judged_gaps(trust, prior)
    print(f"{name:19s}  loss {loss:.1f}   among the first ten {first_ten:.0%}", end="")
    print(f"   given to the 100 frequent words {frequent:.0%}")
print(f"the true word is one of the 100 most frequent in {np.mean(centers < 100):.0%} of the gaps")

# %% [markdown]
# gensim's way is **worse than no context at all**: it pays more than somebody who only knows the
# frequencies of the words. It gives the hundred most frequent words a small part of what is theirs. The
# same vectors, with the noise distribution put back, do a little better than the frequencies, and have the
# true word among their first ten guesses more than twice as often as gensim's way. It is one model; its
# scores are read in two ways.
#
# One real gap, both ways. (This is a small model of a small text. Do not expect wonders.)

# %%
around = ["in", "the", "second", "world", "the", "german", "army"]  # change me
topn = 1  # change me: what comes next?
print("gensim's way:  ", *[f"{word} {p:.2f}" for word, p in real.fill_gap(around, topn)])
guesses = real.fill_gap(around, topn, noise=noise)
print("with the noise:", *[f"{word} {p:.2f}" for word, p in guesses])

# %% [markdown]
# ## 15. Where it goes wrong
#
# ### "`predict_output_word` gives the probability of a word in its sentence"
#
# You have seen that the number is not a probability. It also knows less of the sentence than you may think.
# Ask gensim's model of section 14:


# %%
def top(context):
    """Give gensim's first guess, or None."""
    guesses = model.predict_output_word(context, 1)
    return guesses and f"{guesses[0][0]} {guesses[0][1]:.1f}"


print("as it stands:      ", top(["the", "young", "has", "his", "throne"]))
print("in another order:  ", top(["throne", "his", "has", "young", "the"]))
print("a word unknown:    ", top(["the", "young", "has", "his", "throne", "recently"]))
print("a word twice:      ", top(["the", "young", "has", "his", "throne", "throne"]))
print("all words unknown: ", top(["recently", "quite"]))

# %% [markdown]
# Order and distance make no difference. Unknown words are dropped without a word; if all are unknown the
# answer is `None`. A repeated word counts twice. The words of the context are not excluded from the
# answer. And it answers for skip-gram models too, by the mean of the context, although they were trained
# on one word at a time. (With `cbow_mean=0` it takes the sum, for those too.) Only one kind of model it
# refuses: hierarchical softmax.

# %% tags=["raises-exception"]
hierarchical = Word2Vec(toy[:100], hs=1, negative=0, vector_size=8, min_count=1, workers=1)
hierarchical.predict_output_word(["the", "young"])

# %% [markdown]
# ### "CBOW is skip-gram with the arrows turned around"
#
# Then its guess would be the guesses of the single context words, put together. But a mean of vectors is
# not a mean of guesses. The loss is a convex function of $h$, so Jensen's inequality says: the loss at
# the mean of the vectors is *at most* the mean of the losses at each vector. For the toy model of section
# 10:

# %%
contexts, masks, centers = test
everyone = cbow_softmax(*state, contexts, centers, masks)[0]
alone = 0.0
for place in range(contexts.shape[1]):
    there = masks[:, place]
    for row, center, C in zip(
        contexts[there, place], centers[there], masks[there].sum(1), strict=True
    ):
        alone += softmax_loss(state[0][row], state[1], center)[0] / C
print(f"all context words together: {everyone / len(centers):.2f} nats")
print(f"each one by itself, mean:   {alone / len(centers):.0f} nats")

# %% [markdown]
# Each word by itself is far worse than a blind guess (4.48). CBOW never asked one word alone: its vectors
# are made to be **added up**, and each may shout as long as the others correct it. Skip-gram asks about
# each pair, so there every vector has to be a sensible guess by itself.
#
# ### "Padding is a word like any other"
#
# Short windows are filled up with row 0. Forget the mask, and row 0, a real word (here *the*), stands in
# every short context. The gradient check does **not** notice: the gradients are those of the wrong
# formula, and for that they are right.

# %%
print("row 0 is:", toy_vocabulary.words[0])
padded = [np.where(training[1], training[0], 0), np.ones_like(training[1]), training[2]]
padded_test = [np.where(test[1], test[0], 0), np.ones_like(test[1]), test[2]]
for name, left, right in [("mask", training, test), ("no mask", padded, padded_test)]:
    print(f"{name:8s} {mean_loss(train(left, alpha=0.05)[-1], right):.2f} nats")

# %% [markdown]
# ### "The mean and the sum only differ by a factor"
#
# The vectors $h$ do, as long as $C$ stays the same. The training does not: by (7) and (9) the textbook's
# sum is the textbook's mean with $C^2$ times the IN rate in the same units, from a start $C$ times as
# long. That is why one step of section 6 took the sum from 1.474 to 0.542, and the mean from 1.575 to
# 1.524. With gensim's rules they are the same training, if $C$ is constant and the start is made equal:
# section 11.
#
# ## Exercises
#
# Write the heart of this lesson yourself.

# %% tags=["exercise-setup"]
import numpy as np

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 03.1: Windows of a sentence
# *10 minutes · difficulty 1 of 3*
#
# Write `cbow_windows(tokens, window)`. It gives a list of `(context, centre)` tuples for a list of words.
# Each position is the centre once; `context` is the list of the words at most `window` places away, from
# left to right, without the centre's own position. A centre without any context word is left out.
#
# For `["a", "b", "c"]` and `window=1` the answer is `[(["b"], "a"), (["a", "c"], "b"), (["b"], "c")]`.


# %% tags=["stub"]
def cbow_windows(tokens, window):
    """Give a list of (context, centre): a list of words, and the word between them."""
    ...  # your code here


# %% tags=["solution"]
def cbow_windows(tokens, window):
    """Give a list of (context, centre): a list of words, and the word between them."""
    found = []
    for position, center in enumerate(tokens):
        before = tokens[max(0, position - window) : position]
        after = tokens[position + 1 : position + 1 + window]
        if before + after:
            found.append((before + after, center))
    return found


# %% tags=["check"]
check("03.1", cbow_windows)

# %% [markdown] tags=["hint"]
# Two slices, one before and one after the position. A slice may end behind the end of the list, but a
# negative start would count from the end.

# %% [markdown] tags=["exercise"]
# ### Exercise 03.2: The hidden vectors of a padded batch
# *10 minutes · difficulty 1 of 3*
#
# Write `hidden(W, contexts, mask)`: the mean of the context's IN vectors for each window of a batch.
# `contexts` has shape `(B, C)`, `mask` the same shape with 1 for a word and 0 for padding. A word that
# comes twice counts twice. A window without any word gets zeros, and no warning. The answer has shape
# `(B, d)`.


# %% tags=["stub"]
def hidden(W, contexts, mask):
    """Give the mean context vector of each window, shape (B, d)."""
    ...  # your code here


# %% tags=["solution"]
def hidden(W, contexts, mask):
    """Give the mean context vector of each window, shape (B, d)."""
    sums = (W[contexts] * mask[:, :, None]).sum(axis=1)
    return sums / np.maximum(mask.sum(axis=1, keepdims=True), 1)


# %% tags=["check"]
check("03.2", hidden)

# %% [markdown] tags=["hint"]
# `W[contexts]` has shape `(B, C, d)`, and `mask[:, :, None]` has shape `(B, C, 1)`. Divide by how many
# words are there, at least 1.

# %% [markdown] tags=["exercise"]
# ### Exercise 03.3: The gradients of one window
# *15 minutes · difficulty 2 of 3*
#
# Write `gradients(W, W_out, context, center)` for CBOW with the mean and the full softmax. `context` is
# an array of rows, and a row may come more than once. Give two arrays of shape `(V, d)`: $\partial
# L/\partial W$ and $\partial L/\partial W'$. The true ones, not gensim's; equations (4) to (7).


# %% tags=["stub"]
def gradients(W, W_out, context, center):
    """Give dL/dW and dL/dW', both of shape (V, d), for L = -log p(center | context)."""
    ...  # your code here


# %% tags=["solution"]
def gradients(W, W_out, context, center):
    """Give dL/dW and dL/dW', both of shape (V, d), for L = -log p(center | context)."""
    h = W[context].mean(axis=0)
    scores = W_out @ h
    powers = np.exp(scores - scores.max())
    error = powers / powers.sum()
    error[center] -= 1
    W_gradient = np.zeros_like(W)
    np.add.at(W_gradient, context, W_out.T @ error / len(context))
    return W_gradient, np.outer(error, h)


# %% tags=["check"]
check("03.3", gradients)

# %% [markdown] tags=["hint"]
# Everything up to $EH$ is exercise 02.3 with $h$ for $v_c$. Then each *place* of the context gets $EH/C$.
# A word at two places gets it twice, and `W_gradient[context] += ...` would give it once: `np.add.at`.

# %% [markdown] tags=["exercise"]
# ### Exercise 03.4: How much does each distance weigh?
# *10 minutes · difficulty 2 of 3*
#
# The reach $R$ of a window is drawn uniformly from $1 \dots w$; the window then has $R$ words on either
# side, and each weighs $1/(2R)$ in the mean. Write `mean_weights(window)`: an array of shape `(window,)`
# with the expected weight of **one** word at distance 1, 2, ..., `window` (zero when it is not in the
# window). All words together weigh 1, so twice the sum of your array must be 1.


# %% tags=["stub"]
def mean_weights(window):
    """Give the expected weight in CBOW's mean of one word at each distance, shape (window,)."""
    ...  # your code here


# %% tags=["solution"]
def mean_weights(window):
    """Give the expected weight in CBOW's mean of one word at each distance, shape (window,)."""
    weights = np.zeros(window)
    for reach in range(1, window + 1):
        weights[:reach] += 1 / (2 * reach) / window
    return weights


# %% tags=["check"]
check("03.4", mean_weights)

# %% [markdown] tags=["hint"]
# Go through the reaches, not through the distances: a window of reach $R$ gives $1/(2R)$ to each distance
# up to $R$, and one window in $w$ has that reach.

# %% [markdown] tags=["exercise"]
# ### Exercise 03.5: Fill a gap
# *15 minutes · difficulty 2 of 3*
#
# Write `fill_gap(W, W_out, words, tokens, noise)`. `words` lists the vocabulary, row by row; `tokens` is
# a sentence with one `"___"` in it. Give the probability of every word to stand there, shape `(V,)`, for
# vectors that were trained with negative sampling: equation (12), $p(w) \propto P_n(w) \exp(u_w \cdot
# h)$, with `noise` for $P_n$ and the mean of the context's IN vectors for $h$. Tokens that are not in
# `words` are left out. Scores of 1000 must not give `nan`.


# %% tags=["stub"]
def fill_gap(W, W_out, words, tokens, noise):
    """Give the probability of each word to stand in the gap, shape (V,)."""
    ...  # your code here


# %% tags=["solution"]
def fill_gap(W, W_out, words, tokens, noise):
    """Give the probability of each word to stand in the gap, shape (V,)."""
    rows = [words.index(token) for token in tokens if token in words]
    scores = W_out @ W[rows].mean(axis=0)
    weights = noise * np.exp(scores - scores.max())
    return weights / weights.sum()


# %% tags=["check"]
check("03.5", fill_gap)

# %% [markdown] tags=["hint"]
# `"___"` is not in the vocabulary, so it drops out by itself. Context words are looked up in `W`,
# candidates in `W_out`. Multiply by the noise first, then scale to sum 1.

# %% [markdown]
# ## In one breath
#
# With a context of one word, skip-gram and CBOW are one model. CBOW guesses the centre word from the mean
# of its context's IN vectors: one prediction a window. The error $e = \hat y - y$ gives $e_j h$ for every
# OUT vector and $EH = W'^\top e$ for $h$; each context word's true share is $EH/C$ for the mean, $EH$ for
# the sum. gensim does the reverse, which amounts to a learning rate $\sqrt{C}$ times as large (for the
# mean). Order makes no difference; distance makes one because the window shrinks, more so for the mean
# than for the sum. On our text skip-gram placed the twins better at equal epochs, CBOW at equal time. A gap is
# filled by the softmax of $u_w \cdot h$ if the model was trained by the full softmax; after negative
# sampling the noise distribution belongs in it, and gensim's `predict_output_word` leaves it out. Next
# come [negative sampling](04_negative_sampling.ipynb) and [hierarchical softmax](05_hierarchical_softmax.ipynb).
#
# ## References
#
# - T. Mikolov, K. Chen, G. Corrado, J. Dean (2013a). *Efficient estimation of word representations in
#   vector space.* [arXiv:1301.3781](https://doi.org/10.48550/arXiv.1301.3781). CBOW is its section 3.1.
# - T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean (2013b). *Distributed representations of words
#   and phrases and their compositionality.* NIPS 26.
#   [arXiv:1310.4546](https://doi.org/10.48550/arXiv.1310.4546). Negative sampling.
# - X. Rong (2014). *word2vec parameter learning explained.*
#   [arXiv:1411.2738](https://doi.org/10.48550/arXiv.1411.2738). One-word context in section 1.1, CBOW in 1.2.
# - O. Levy, Y. Goldberg (2014). *Neural word embedding as implicit matrix factorization.* NIPS 27.
#   [Paper](https://papers.nips.cc/paper/5477-neural-word-embedding-as-implicit-matrix-factorization). The
#   optimum of negative sampling.
# - T. Mikolov and others (2013). *word2vec: tool for computing continuous distributed representations of
#   words.* [code.google.com/archive/p/word2vec](https://code.google.com/archive/p/word2vec/). The
#   program, and the page that compares skip-gram and CBOW.
