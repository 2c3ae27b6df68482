# %% [markdown]
# # 02 Skip-gram
#
# **150 minutes**, of them 55 for the exercises. You need:
# [lesson 01](01_from_words_to_vectors.ipynb), the chain rule, and a matrix product. The cells take
# less than a minute.
#
# Afterwards you can
#
# - turn a sentence into training pairs, and say what the shrinking window does to them,
# - derive every gradient of skip-gram with the full softmax, and check it three ways,
# - make one update of both matrices by hand,
# - train skip-gram until it finds a structure that you planted yourself, and know when the loss is
#   as low as it can get,
# - say what the two vectors of a word are for, and which of them gensim keeps where.

# %%
import dataclasses

import numpy as np
import torch

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    gensim_impl,
    numpy_impl,
    plots,
    torch_impl,
    widgets,
)
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.pairs import pair_batches, skipgram_pairs

# %% [markdown]
# ## 1. A question on real words
#
# Take a word you have never seen, in four sentences:
#
# > We poured the *tezgüino* into two cups. · Everybody likes *tezgüino*. · Too much *tezgüino*
# > makes you drunk. · We make *tezgüino* out of corn.
#
# You know what it is, although nobody told you: you know its **company**. (The example is Nida's,
# 1975.) Here is the company of four real words, in a piece of Wikipedia: the words that stand at most
# two places away, and that are much more frequent there than elsewhere.

# %%
wikipedia = datasets.load_corpus("wikipedia")
vocabulary = Vocabulary.from_sentences(wikipedia, min_count=5)
print(vocabulary)

# %%
V = len(vocabulary)
together = np.zeros((4, V))
asked = ["language", "war", "water", "music"]
rows = [vocabulary.index(word) for word in asked]
for tokens in wikipedia:
    centers, contexts = skipgram_pairs(vocabulary.encode(tokens), window=2)
    for number, row in enumerate(rows):
        together[number] += np.bincount(contexts[centers == row], minlength=V)

# %% [markdown]
# A company that is "much more frequent than elsewhere" has a high ratio of what was counted to what
# chance would give. We ask for at least five meetings, so that one odd sentence does not decide.

# %%
by_chance = together.sum(axis=1, keepdims=True) * vocabulary.counts / vocabulary.counts.sum()
ratio = np.where(together >= 5, together / by_chance, 0)
for word, line in zip(asked, ratio, strict=True):
    company = vocabulary.decode(np.argsort(-line, kind="stable")[:5])
    print(f"{word:8s} {', '.join(company)}")

# %% [markdown]
# Two words with the same company are used alike. (So are *hot* and *cold*: alike is not the same.) So here
# is the plan: **give every word a vector from which its company can be guessed.** Words with the same
# company can then have the same vector. Nobody has to label anything; the text is question and answer at
# once.

# %% [markdown]
# ## 2. The idea in a picture
#
# Slide a window over the text. The word in the middle is the **centre**, its neighbours are the
# **context**. Each context word makes one training pair: *given the centre, guess the context word*.

# %%
sentence = ["the", "king", "wears", "a", "golden", "crown", "today"]
plots.window(sentence, center=4, window=2)

# %% [markdown]
# A guess is made by two matrices. The centre word picks its row $v_c$ out of the first one, $W$.
# The second one, $W'$, holds a vector $u_j$ for each word *as a context word*. The dot product
# $u_j \cdot v_c$ is the score of word $j$, and the softmax turns the $V$ scores into probabilities.

# %%
plots.skipgram_architecture(vocabulary_size=5, vector_size=2)

# %% [markdown]
# So each word has **two vectors**: one as centre, one as context word. After training most people keep
# the first and throw the second away. These names are the same in the formulas, the code and the slides:
#
# | maths | code | meaning | shape |
# |---|---|---|---|
# | $V$, $d$ | `V`, `d` | number of words, size of a vector | |
# | $W$, $v_w$ | `input_vectors[w]` | IN vector: the word as centre | $(V, d)$, $(d,)$ |
# | $W'$, $u_w$ | `output_vectors[w]` | OUT vector: the word as context | $(V, d)$, $(d,)$ |
# | $h$ | `hidden` | the vector that predicts; here $v_c$ | $(d,)$ |
# | $\hat y$, $y$ | `y_hat` | predicted and true distribution | $(V,)$ |
# | $e = \hat y - y$ | `error` | prediction error | $(V,)$ |
# | $\alpha$ | `alpha` | learning rate | |

# %% [markdown]
# ## 3. From a sentence to pairs
#
# `skipgram_pairs` takes a sentence as row numbers and gives two arrays: the centre of each pair and
# its context word.

# %%
words = Vocabulary(sentence, [1] * len(sentence))
centers, contexts = skipgram_pairs(words.encode(sentence), window=2)
pairs = [f"{words.words[c]} → {words.words[o]}" for c, o in zip(centers, contexts, strict=True)]
print(len(pairs), "pairs:", " | ".join(pairs[:9]), "...")

# %% [markdown]
# word2vec does one thing more. For each centre it draws the width of the window anew, from 1 to the
# `window` you asked for. Hand in a random generator and you get that **shrinking window**.

# %%
rng = np.random.default_rng(1)
for _ in range(3):
    centers, contexts = skipgram_pairs(words.encode(sentence), window=3, rng=rng)
    print(
        len(centers),
        "pairs; with golden:",
        *words.decode(contexts[centers == words.index("golden")]),
    )

# %% [markdown]
# A word $\delta$ places away is inside a window of width $R$ if $\delta \le R$. With $R$ uniform on
# $1 \dots w$, that happens with probability $(w - \delta + 1)/w$. Near words count more, and no weight is
# written anywhere. Measured on 20,000 positions against the formula:

# %%
positions = np.arange(20_000)  # each word is its own position, so that c - o is the distance
centers, contexts = skipgram_pairs(positions, window=5, rng=np.random.default_rng(1))
plots.window_weights(5, pair_counts=np.bincount(np.abs(centers - contexts))[1:])

# %% [markdown]
# ## 4. The formula
#
# For a centre $c$ and a context word $o$ (as in *outside*), the model says
#
# $$
# p(o \mid c) \;=\; \hat y_o \;=\; \frac{\exp(u_o \cdot v_c)}{\sum_{j=1}^{V} \exp(u_j \cdot v_c)} .
# \tag{1}
# $$
#
# The **loss** of a pair is $-\log p(o \mid c)$: zero if the model was sure and right, large if it gave
# the true word little. Training makes its mean over all $N$ pairs of the text small:
#
# $$
# J \;=\; -\frac{1}{N} \sum_{(c,\,o)} \log p(o \mid c) .
# \tag{2}
# $$
#
# We measure in *nats* (natural logarithm). A model that knows nothing gives every word $1/V$ and
# pays $\log V$ a pair. Keep that number in mind: our loss curves start there.

# %% [markdown]
# ## 5. The gradients, in small steps
#
# Write $s_j = u_j \cdot v_c$ for the scores. The loss of one pair, with equation (1) put in, is
#
# $$
# L \;=\; -s_o + \log \sum_{j} \exp(s_j) .
# \tag{3}
# $$
#
# **Step 1: the scores.** The first term has derivative $-1$ for $j = o$ and 0 for the others. The
# second has derivative $\exp(s_j) / \sum_k \exp(s_k)$, which is $\hat y_j$. With $y$ the one-hot vector
# of the true word ($y_o = 1$, else 0):
#
# $$
# \frac{\partial L}{\partial s_j} \;=\; \hat y_j - y_j \;=:\; e_j .
# \tag{4}
# $$
#
# $e$ is the **prediction error**: what the model said minus what was true.
#
# **Step 2: an OUT vector.** $u_j$ occurs in $s_j = u_j \cdot v_c$ only, and
# $\partial s_j / \partial u_j = v_c$:
#
# $$
# \frac{\partial L}{\partial u_j} \;=\; e_j \, v_c .
# \tag{5}
# $$
#
# **Step 3: the IN vector.** $v_c$ occurs in every score, so its gradient collects all of them:
#
# $$
# \frac{\partial L}{\partial v_c} \;=\; \sum_{j=1}^{V} e_j \, u_j \;=\; W'^{\top} e \;=:\; EH .
# \tag{6}
# $$
#
# **Step 4: several context words.** A centre with context words $o_1, \dots, o_C$ makes $C$ pairs. The
# centre and its scores are the same in each, so the errors can be added first. Rong (2014) calls the
# sum $EI$:
#
# $$
# EI \;=\; \sum_{i=1}^{C} (\hat y - y^{(i)}), \qquad
# \frac{\partial L}{\partial u_j} = EI_j \, v_c, \qquad
# \frac{\partial L}{\partial v_c} = W'^{\top} EI .
# \tag{7}
# $$
#
# **Step 5: the update.** Gradient descent with learning rate $\alpha$ takes a small step against each
# gradient:
#
# $$
# u_j \leftarrow u_j - \alpha\, e_j\, v_c \quad \text{for every } j, \qquad
# v_c \leftarrow v_c - \alpha\, EH .
# \tag{8}
# $$
#
# Read (8) once more. The true context word has $e_o < 0$: its OUT vector moves *towards* $v_c$. Every
# other word has $e_j > 0$ and moves *away*, the more the more probable it was wrongly thought to be.
# In $W$ one row moves. In $W'$ **all** $V$ rows move, for every single pair. That is the price of the
# softmax, and the reason for lessons 04 and 05.

# %% [markdown]
# ## 6. Five words by hand
#
# Five words, two dimensions, round numbers. The pair: *king* is the centre, *crown* the context word.

# %%
five = ["king", "queen", "wears", "the", "crown"]
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_out = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
king, crown = 0, 4
v_c = W[king]
print("v_king =", v_c)

# %% [markdown]
# **Scores**: one dot product for each word. For *crown*: $0.2 \cdot 1.0 + 0.4 \cdot 0.5 = 0.4$.
# Check one more with a pencil.

# %%
scores = W_out @ v_c
for word, score in zip(five, scores, strict=True):
    print(f"{word:6s} {score:5.2f}")

# %% [markdown]
# **Probabilities**: exponentials, divided by their sum.

# %%
powers = np.exp(scores)
y_hat = powers / powers.sum()
print(f"sum of the exponentials: {powers.sum():.3f}")
for word, probability in zip(five, y_hat, strict=True):
    print(f"{word:6s} {probability:.3f}")

# %% [markdown]
# **Loss and error**: the model gave *crown* 0.263, a bit more than the 0.2 of guessing.

# %%
loss = -np.log(y_hat[crown])
error = y_hat.copy()
error[crown] -= 1
print(f"loss = {loss:.3f} nats; log V = {np.log(5):.3f}")
print("e =", error.round(3), " sum =", abs(error.sum()).round(12))

# %% [markdown]
# The errors sum to zero: what *crown* is owed, the others have too much. Now the **gradients**,
# equations (5) and (6).

# %%
W_out_gradient = np.outer(error, v_c)
EH = W_out.T @ error
print("EH =", EH.round(4))
for word, row in zip(five, W_out_gradient, strict=True):
    print(f"dL/du_{word:6s} = {row.round(4)}")

# %% [markdown]
# And **one step** with $\alpha = 0.5$. Both gradients are computed before either matrix moves.

# %%
alpha = 0.5
W_new, W_out_new = W.copy(), W_out.copy()
W_new[king] -= alpha * EH
W_out_new -= alpha * W_out_gradient
plots.matrix_heatmaps({"W before": W, "W after": W_new}, five, highlight=["king"], change=True)

# %%
plots.matrix_heatmaps(
    {"W' before": W_out, "W' after": W_out_new}, five, highlight=["crown"], change=True
)

# %% [markdown]
# One row of $W$ has moved, all rows of $W'$, and *crown* towards *king*. Did it help?

# %%
y_hat_new = numpy_impl.objectives.softmax(W_out_new @ W_new[king])
print(f"loss before {loss:.3f}, after {-np.log(y_hat_new[crown]):.3f}")
plots.bars({"before": y_hat, "after": y_hat_new}, five, highlight=["crown"])

# %% [markdown]
# That was one step. Here are forty, to walk through one at a time: press **Step**, or the right arrow. The
# text has three lines; the first one is the pair from above, so step 1 must show the numbers of your
# pencil. (On GitHub and on paper you see a picture of step 1. Run the cell to get the buttons.)

# %%
lines = ["king crown", "the king wears the crown", "the queen wears the crown"]
step_settings = Word2VecSettings(
    objective="softmax",
    vector_size=2,
    window=2,
    shrink_windows=False,
    min_count=1,
    sample=0,
    alpha=alpha,
    min_alpha=alpha,
)
stepper = widgets.word2vec_steps(
    [line.split() for line in lines],
    step_settings,
    initial=Embeddings(Vocabulary(five), W, W_out),
)
first = stepper.run.steps[0]
print("W as by hand: ", np.allclose(first.input_after, W_new))
print("W' as by hand:", np.allclose(first.output_after, W_out_new))
stepper

# %% [markdown]
# ## 7. The same in NumPy
#
# `softmax_loss` is what you have just done, as a function: loss, $EH$, and the gradient of $W'$.

# %%
library_loss, library_EH, library_gradient = numpy_impl.objectives.softmax_loss(v_c, W_out, crown)
print("same loss:     ", np.isclose(library_loss, loss))
print("same EH:       ", np.allclose(library_EH, EH))
print("same dL/dW':   ", np.allclose(library_gradient, W_out_gradient))

# %% [markdown]
# Text comes by the million pairs, so `skipgram_softmax` takes a whole **batch** at once: arrays of
# centres and contexts in, summed loss and both gradients out. Its heart is six lines (`pairs` is
# `np.arange(B)`, the number of each pair):
#
# ```python
# hidden = input_vectors[centers]                            # (B, d)  the rows of the centres
# scores = hidden @ output_vectors.T                         # (B, V)
# error = softmax(scores)
# error[pairs, contexts] -= 1                                # (B, V)  equation (4)
# np.add.at(input_gradient, centers, error @ output_vectors) # (V, d)  equation (6)
# output_gradient = error.T @ hidden                         # (V, d)  equation (5), summed
# ```
#
# Open `course_lib/numpy_impl/objectives.py` to read all of it. It subtracts the largest score before
# it takes exponentials. That changes nothing in (1), and without it this happens:

# %% tags=["raises-exception"]
with np.errstate(over="raise"):
    np.exp(np.array([1000.0, 999.0]))

# %%
print(numpy_impl.objectives.softmax(np.array([1000.0, 999.0])).round(4))

# %% [markdown]
# ## 8. The proof
#
# Algebra on paper may be wrong. Two judges that know nothing of our algebra:
#
# 1. **Finite differences**: nudge one entry of a matrix up and down by $10^{-5}$, see how the loss
#    changes, divide. That is the definition of a derivative.
# 2. **Autograd**: PyTorch records every operation and applies the chain rule by machine.
#
# The batch is chosen to be mean: a centre that occurs three times, a repeated pair, a word that
# predicts itself.

# %%
centers, contexts = np.array([0, 0, 0, 3, 2]), np.array([4, 4, 1, 1, 2])
batch_loss, W_gradient, W_out_gradient = numpy_impl.objectives.skipgram_softmax(
    W, W_out, centers, contexts
)


# %%
def batch_loss_at(W, W_out):
    """Give the loss alone, for the finite differences."""
    return numpy_impl.objectives.skipgram_softmax(W, W_out, centers, contexts)[0]


by_differences = numerical_gradient(lambda matrix: batch_loss_at(matrix, W_out), W)
by_differences_out = numerical_gradient(lambda matrix: batch_loss_at(W, matrix), W_out)
print("same dL/dW, to 1e-9: ", np.allclose(by_differences, W_gradient, rtol=0, atol=1e-9))
print("same dL/dW', to 1e-9:", np.allclose(by_differences_out, W_out_gradient, rtol=0, atol=1e-9))

# %%
W_torch, W_out_torch = (torch.tensor(matrix, requires_grad=True) for matrix in (W, W_out))
torch_loss = torch_impl.objectives.skipgram_softmax(
    W_torch, W_out_torch, torch.tensor(centers), torch.tensor(contexts)
)
torch_loss.backward()
print("same loss:", np.isclose(torch_loss.item(), batch_loss, rtol=1e-12))
print("same dL/dW, to 1e-12: ", np.allclose(W_torch.grad.numpy(), W_gradient, rtol=0, atol=1e-12))
print(
    "same dL/dW', to 1e-12:",
    np.allclose(W_out_torch.grad.numpy(), W_out_gradient, rtol=0, atol=1e-12),
)

# %% [markdown]
# ## 9. The same in PyTorch
#
# `SkipGramSoftmax` is a module with two embedding layers and the loss (1). One step of PyTorch's own
# SGD on the pair of section 6 must land where your pencil did.

# %%
model = torch_impl.objectives.SkipGramSoftmax(torch.tensor(W), torch.tensor(W_out))
optimizer = torch.optim.SGD(model.parameters(), lr=alpha)
model(torch.tensor([king]), torch.tensor([crown])).backward()
optimizer.step()
print(model)
print("W as by hand: ", np.allclose(model.input_layer.weight.detach(), W_new))
print("W' as by hand:", np.allclose(model.output_layer.weight.detach(), W_out_new))

# %% [markdown]
# One step is learnt; training is a loop of them. It needs a text (section 10 says where this one comes
# from) and a **start**. As word2vec does, we start $W$ with small random numbers and $W'$ with zeros. Then
# every score is 0, every word gets $1/V$, and the loss starts at $\log V$. If both matrices were zero, the
# gradients (5) and (6) would be zero, too, and nothing would ever move.

# %%
toy = datasets.load_corpus("toy")
settings = Word2VecSettings(
    objective="softmax", vector_size=24, window=3, min_count=1, sample=0, alpha=0.05, epochs=1
)
toy_vocabulary = Vocabulary.from_sentences(toy, min_count=1)
start = Embeddings.initial(toy_vocabulary, 24, seed=1, dtype=np.float64)

# %% [markdown]
# Here is the whole trainer. `pair_batches` reads the text once and gives its pairs, 64 at a time. The
# loss of a batch is the *sum* over its pairs, and so are the gradients: one step with 64 pairs moves the
# vectors about as far as 64 steps with one pair each, and is much faster.

# %%
v, u = start.input_vectors.copy(), start.output_vectors.copy()
for batch in pair_batches(toy[:500], toy_vocabulary, settings, np.random.default_rng(1)):
    loss, v_gradient, u_gradient = numpy_impl.objectives.skipgram_softmax(
        v, u, batch.centers, batch.contexts
    )
    v -= settings.alpha * v_gradient
    u -= settings.alpha * u_gradient
print(f"the last batch: {loss / len(batch.centers):.2f} nats a pair; log V is {np.log(len(v)):.2f}")

# %% [markdown]
# `train_word2vec` is that loop over several epochs, with a learning rate that falls from `alpha` to
# `min_alpha`, and a progress bar. NumPy and PyTorch get the same text, the same start and so the same
# batches; in float64 they agree after all the steps, not just the first.

# %%
by_numpy = numpy_impl.train_word2vec(toy[:500], settings, initial=start)
by_torch = torch_impl.train_word2vec(toy[:500], settings, initial=start)
difference = np.abs(by_numpy.input_vectors - by_torch.input_vectors).max()
print("largest difference below 1e-10:", difference < 1e-10)

# %% [markdown]
# ## 10. Text with a planted structure
#
# Does it find meaning? On real text nobody knows the right answer. So here is a text where we do:
# a small grammar wrote it, and it planted who lives in whose company. Each capital has the streets and
# the food of its country. The eight people differ in three things only: rank (throne or work), gender
# (*his* or *her*) and age.

# %%
for tokens in toy[:6]:
    print(" ".join(tokens))
print()
for group, members in datasets.TOY_GROUPS.items():
    print(f"{group:10s} {' '.join(members)}")

# %%
settings = dataclasses.replace(settings, epochs=12)
trained = numpy_impl.train_word2vec(toy, settings)
print(trained)

# %% [markdown]
# ### How low can the loss get?
#
# Not to zero. After *the* many words may follow, and no vector can know which one will. The best any
# model can do is to predict, for each centre, exactly the shares with which its context words really
# occur. Its loss is then the **conditional entropy** of the context given the centre,
# $-\sum_{c,o} p(c,o) \log p(o \mid c)$, and that we can count:

# %%
encoded = [toy_vocabulary.encode(tokens) for tokens in toy]
rng = np.random.default_rng(1)
toy_centers, toy_contexts = np.hstack([skipgram_pairs(rows, 3, rng) for rows in encoded])
counted = np.zeros((len(toy_vocabulary), len(toy_vocabulary)))
np.add.at(counted, (toy_centers, toy_contexts), 1)
p_pair = counted / counted.sum()
p_context = counted / counted.sum(axis=1, keepdims=True)
floor = -np.sum(p_pair[counted > 0] * np.log(p_context[counted > 0]))

# %%
plots.loss_curve(
    trained.losses,
    references={"log V": np.log(len(trained)), "conditional entropy": floor},
    title="The loss stays between log V and the conditional entropy of the text",
)

# %%
print(
    f"last epoch: {trained.losses[-1]:.2f} nats a pair, {trained.losses[-1] - floor:.2f} above the floor"
)

# %% [markdown]
# The first point lies far below $\log V$, because an epoch has passed before it. The last one is close to
# the floor, and the curve still falls a little: we stopped. Try `epochs=40`. "The loss is 2.7, is that
# bad?" has no answer without the two lines.
#
# ### What has it found?

# %%
shown = [word for members in datasets.TOY_GROUPS.values() for word in members]
groups = {word: group for group, members in datasets.TOY_GROUPS.items() for word in members}
plots.word_map(
    trained,
    shown,
    groups,
    title="Animals, countries, capitals and people are apart; royals sit among the people",
)

# %% [markdown]
# Nobody said which words are animals. The royals and the common people are one cluster, and rightly so:
# *king* and *man* share almost all of their company, and differ in rank only.
#
# Where does that sit in the matrices? Here are some rows of both, brown for positive, blue for negative.
# No single column means anything by itself: the model
# only ever uses dot products, and they stay the same if you rotate all vectors together.

# %%
some = ["king", "queen", "man", "woman", "paris", "rome", "france", "italy", "cat", "dog", "cow"]
rows = toy_vocabulary.encode(some)
plots.matrix_heatmaps(
    {"W (IN)": trained.input_vectors[rows], "W' (OUT)": trained.output_vectors[rows]},
    some,
    title="Rows of one group look alike, in both matrices",
)

# %% [markdown]
# The scatter plot showed 2 of 24 dimensions, which hides a lot. So ask for neighbours, by cosine, in all 24.

# %%
for word in ["king", "paris", "cat"]:
    near = ", ".join(
        f"{other} {cosine:.2f}" for other, cosine in trained.most_similar(word, topn=3)
    )
    print(f"{word:6s} {near}")

# %% [markdown]
# And the famous question: *man* is to *king* as *woman* is to ...? Take the vector of *king*, subtract
# *man*, add *woman*, and look for the nearest word (the three themselves are not allowed).

# %%
for (first, second), minus in [(("king", "woman"), "man"), (("paris", "italy"), "france")]:
    answer, cosine = trained.most_similar([first, second], minus, topn=1)[0]
    alone, _ = trained.most_similar(second, topn=1)[0]
    print(f"{first} - {minus} + {second} = {answer} ({cosine:.2f}); nearest to {second}: {alone}")

# %% [markdown]
# Right both times, for a reason: the grammar planted it. *king* and *queen* differ in their company exactly
# as *man* and *woman* do. But look at the last column before you are impressed. The nearest word to
# *woman* **alone** is the same answer, without any king or man. Many famous analogies are of that kind.
# The second one is not: without *paris* and *france* the answer would be another word. Lesson 09 measures
# how often analogies work on real text.
#
# Now both matrices. First IN against IN, as above, then IN (rows) against OUT (columns).

# %%
chosen = ["king", "queen", "paris", "rome", "cat", "dog", "throne", "streets", "barks", "meows"]
plots.similarity_heatmap(
    trained, chosen, title="IN-IN: words that are used alike are close, seen together or not"
)

# %%
plots.similarity_heatmap(
    trained,
    chosen,
    target="out",
    title="IN-OUT: high where the column's word is company of the row's",
)

# %% [markdown]
# The first map answers *which words are used alike?* The second answers *which words occur together?*
# Both come out of the same training. They are not opposites: *rome* and *streets* occur together, and they
# also share other company (*the*, *of*, *city*), so they are close in both maps. Keep the difference; section
# 13 and lesson 11 need it.

# %% [markdown]
# ## 11. gensim
#
# gensim has **no full softmax**. Its skip-gram learns by negative sampling (lesson 04) or hierarchical
# softmax (lesson 05), which replace the sum over all $V$ words by a handful. So its vectors cannot be
# ours; the structure should be. `gensim_impl` takes the same settings, with another objective.

# %%
with_gensim = dataclasses.replace(settings, objective="negative-sampling", epochs=20)
by_gensim = gensim_impl.train_word2vec(toy, with_gensim)
for word in ["king", "paris", "cat"]:
    near = ", ".join(
        f"{other} {cosine:.2f}" for other, cosine in by_gensim.most_similar(word, topn=3)
    )
    print(f"{word:6s} {near}")

# %% [markdown]
# **Which word is the input?** The paper, and our trainer, put the *centre* on the IN side and predict the
# context. gensim (like word2vec.c) does it the other way round: the IN row of the *context* word meets the
# OUT row of the *centre* word. Since "near" is symmetric, every pair turns up in both roles, and the
# vectors mean the same. If you read gensim's code, though, it will look swapped. (How can one tell? Where
# the window shrinks for one end of a sentence and not for the other, the pair exists in one role only, and
# one sees which row has moved: `tests/gensim_impl/test_word2vec.py` does that.)
#
# ## 12. Real text
#
# The excerpt of Wikipedia has more than 9,000 words that occur at least five times. What would our softmax
# cost there? Count the multiplications of the scores alone: $V \cdot d$ for each pair, against
# $(k + 1) \cdot d$ with $k = 5$ negative samples.

# %%
real_settings = Word2VecSettings(vector_size=50, window=5, epochs=8, seed=1)
d, k = real_settings.vector_size, real_settings.negative
print(f"softmax:           {V * d:9,} multiplications a pair")
print(f"negative sampling: {(k + 1) * d:9,}, {V / (k + 1):,.0f} times fewer")

# %% [markdown]
# So here gensim does the work, in ten seconds or so.

# %%
real = gensim_impl.train_word2vec(wikipedia, real_settings)
for word in ["three", "music", "moon", "battle", "king", "water"]:
    near = ", ".join(other for other, _ in real.most_similar(word, topn=6))
    print(f"{word:7s} {near}")

# %% [markdown]
# Half a million words, and nobody told it what a number or a battle is. Look at what is *not* good, too:
# with so little text a rare word's neighbours are the words of the one article it occurs in. Ask for a
# few words of your own. The two lists below differ as in section 10, if less cleanly: so little text blurs
# what is used alike and what occurs together.

# %%
word = "water"  # change me
for which in ["in", "out"]:
    near = ", ".join(other for other, _ in real.most_similar(word, topn=6, target=which))
    print(f"{word}, IN-{which.upper()}: {near}")

# %% [markdown]
# ## 13. Where it goes wrong
#
# Four things that are often said or done, each with an experiment.
#
# ### "Words that occur together get similar vectors"
#
# No: words with similar *company* do. *king* and *queen* never share a window in our text, and *dog* and
# *barks* often do. Compare the cosines:

# %%
together = [("dog", "barks"), ("cat", "meows"), ("king", "throne"), ("rome", "streets")]
for first, second in [("king", "queen"), ("cat", "dog"), *together]:
    meetings = int(counted[toy_vocabulary.index(first), toy_vocabulary.index(second)])
    in_in = trained.similarity(first, second)
    in_out = trained.similarity(first, second, target="out")
    print(f"{first:5s} {second:7s} pairs {meetings:4d}   IN-IN {in_in:5.2f}   IN-OUT {in_out:5.2f}")

# %% [markdown]
# What is *used alike* shows between IN and IN. What occurs together shows between IN and OUT, and only
# there, unless the two words also share other company.
#
# ### "One matrix would do"
#
# If $u_w = v_w$, then a word's score with itself is $v_w \cdot v_w$, which is never negative, and larger
# than with any other vector of that length: every word would predict itself. But words rarely stand next
# to themselves. Let us train both ways with the loop of section 9. To share one matrix, hand the same array
# in twice: it then receives both gradients. A shared matrix cannot start at zero, so both runs start from
# the same larger random numbers.


# %%
def train_by_hand(v, u, epochs=4):
    """Move v and u, which may be the same array; give the mean loss of the last epoch."""
    rng = np.random.default_rng(1)
    for _ in range(epochs):
        total, pairs = 0.0, 0
        for batch in pair_batches(toy, toy_vocabulary, settings, rng):
            loss, v_gradient, u_gradient = numpy_impl.objectives.skipgram_softmax(
                v, u, batch.centers, batch.contexts
            )
            v -= 0.02 * v_gradient
            u -= 0.02 * u_gradient
            total += loss
            pairs += len(batch.centers)
    return total / pairs


# %%
shared = np.random.default_rng(1).normal(scale=0.3, size=(len(toy_vocabulary), 24))
v, u = shared.copy(), shared.copy()
for name, left, right in [("two matrices", v, u), ("one matrix", shared, shared)]:
    loss = train_by_hand(left, right)
    with_itself = np.diag(numpy_impl.objectives.softmax(left @ right.T)).mean()
    print(f"{name:12s}  loss {loss:.2f}   p(w | w) {with_itself:.3f}")
print(f"in the text                 p(w | w) {np.diag(p_context).mean():.3f}")

# %% [markdown]
# One matrix costs half a nat a pair, and it wastes a good part of its probability on the word itself.
#
# ### "`W[centers] -= gradient` adds up"
#
# It does not. If a row number occurs twice, NumPy computes both results from the old row and keeps the
# last one. No error, no warning, and training still seems to work, only worse.

# %%
rows = np.array([0, 0, 1])
lost, kept = np.zeros((2, 2)), np.zeros((2, 2))
lost[rows] += 1
np.add.at(kept, rows, 1)
print("W[rows] += 1:        ", lost[:, 0])
print("np.add.at(W, rows, 1):", kept[:, 0])

# %% [markdown]
# In the batch of section 8 the centre *king* occurs three times. The finite differences notice:

# %%
error = numpy_impl.objectives.softmax(W[centers] @ W_out.T)
error[np.arange(len(centers)), contexts] -= 1
wrong = np.zeros_like(W)
wrong[centers] += error @ W_out
print("with np.add.at right:", np.allclose(W_gradient, by_differences, rtol=0, atol=1e-9))
print("with += right:       ", np.allclose(wrong, by_differences, rtol=0, atol=1e-9))

# %% [markdown]
# ### "It learns the order of words"
#
# A pair says *near*, not *before* or *after*. Turn every sentence around, and with full windows you get
# the very same pairs, only in another order:

# %%
sentence_rows = words.encode(sentence)
forwards = sorted(zip(*skipgram_pairs(sentence_rows, 2), strict=True))
backwards = sorted(zip(*skipgram_pairs(sentence_rows[::-1], 2), strict=True))
print("same pairs:", forwards == backwards)

# %% [markdown]
# ## Exercises
#
# Write the heart of this lesson yourself.

# %% tags=["exercise-setup"]
import numpy as np

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 02.1: Pairs from a sentence
# *10 minutes · difficulty 1 of 3*
#
# Write `pairs(tokens, window)`. It gives a list of `(centre, context)` tuples for a list of words:
# every word is a centre once, and its context is every *other position* at most `window` places
# away, from left to right. The window does not shrink here.
#
# For `["a", "b", "c"]` and `window=1` the answer is
# `[("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]`.


# %% tags=["stub"]
def pairs(tokens, window):
    """Give the (centre, context) pairs of a sentence."""
    ...  # your code here


# %% tags=["solution"]
def pairs(tokens, window):
    """Give the (centre, context) pairs of a sentence."""
    found = []
    for position, center in enumerate(tokens):
        first = max(0, position - window)
        last = min(len(tokens) - 1, position + window)
        for other in range(first, last + 1):
            if other != position:
                found.append((center, tokens[other]))
    return found


# %% tags=["check"]
check("02.1", pairs)

# %% [markdown] tags=["hint"]
# Loop over positions, not over words: a word may occur twice in a sentence. `range(a, b)` stops
# before `b`, and a negative index would silently count from the end.

# %% [markdown] tags=["exercise"]
# ### Exercise 02.2: A softmax that does not overflow
# *10 minutes · difficulty 1 of 3*
#
# Write `softmax(scores)` for a matrix of scores, one prediction a row: shape `(B, V)` in, shape
# `(B, V)` out, each **row** a distribution. Scores of 1000 or -1000 must not give `nan`.


# %% tags=["stub"]
def softmax(scores):
    """Turn each row of scores, shape (B, V), into probabilities."""
    ...  # your code here


# %% tags=["solution"]
def softmax(scores):
    """Turn each row of scores, shape (B, V), into probabilities."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=1, keepdims=True)


# %% tags=["check"]
check("02.2", softmax)

# %% [markdown] tags=["hint"]
# Adding the same number to all scores of a row changes nothing in the quotient. Which number makes
# the largest exponent 0? `keepdims=True` keeps the shapes apart: `(B, 1)` against `(B, V)`.

# %% [markdown] tags=["exercise"]
# ### Exercise 02.3: The gradients of one pair
# *15 minutes · difficulty 2 of 3*
#
# Write `gradients(v_c, W_out, target)`: the centre's IN vector, shape `(d,)`, the OUT matrix, shape
# `(V, d)`, and the row of the true context word. Give two arrays, $\partial L/\partial v_c$ of shape
# `(d,)` and $\partial L/\partial W'$ of shape `(V, d)`. Do it on paper first; equations (4) to (6).


# %% tags=["stub"]
def gradients(v_c, W_out, target):
    """Give dL/dv_c, shape (d,), and dL/dW', shape (V, d), for L = -log p(target | c)."""
    ...  # your code here


# %% tags=["solution"]
def gradients(v_c, W_out, target):
    """Give dL/dv_c, shape (d,), and dL/dW', shape (V, d), for L = -log p(target | c)."""
    scores = W_out @ v_c
    powers = np.exp(scores - scores.max())
    error = powers / powers.sum()
    error[target] -= 1
    return W_out.T @ error, np.outer(error, v_c)


# %% tags=["check"]
check("02.3", gradients)

# %% [markdown] tags=["hint"]
# Three lines: the probabilities, the error, two products. The error of the target is negative.
# For the shapes: $W'^\top e$ is `(d, V) @ (V,)`; a column times a row is `np.outer`.

# %% [markdown] tags=["exercise"]
# ### Exercise 02.4: One step of training
# *20 minutes · difficulty 3 of 3*
#
# Write `sgd_step(W, W_out, centers, contexts, alpha)`. It takes one step of gradient descent on the
# **summed** loss of a batch of pairs and gives the two new matrices. The matrices that were handed in
# stay as they are. A centre may occur several times in the batch.


# %% tags=["stub"]
def sgd_step(W, W_out, centers, contexts, alpha):
    """Give W and W' after one step; centers and contexts are arrays of rows, shape (B,)."""
    ...  # your code here


# %% tags=["solution"]
def sgd_step(W, W_out, centers, contexts, alpha):
    """Give W and W' after one step; centers and contexts are arrays of rows, shape (B,)."""
    hidden = W[centers]
    scores = hidden @ W_out.T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(centers)), contexts] -= 1
    W_new = W.copy()
    np.subtract.at(W_new, centers, alpha * (error @ W_out))
    return W_new, W_out - alpha * (error.T @ hidden)


# %% tags=["check"]
check("02.4", sgd_step)

# %% [markdown] tags=["hint"]
# Compute both gradients from the old matrices before you change either. `W[centers] -= ...` keeps
# only one of the changes when a centre occurs twice: section 13 of the lesson shows what to use
# instead.

# %% [markdown]
# ## In one breath
#
# Skip-gram guesses the words around a word. Each word has an IN vector (as centre) and an OUT vector (as
# context); the dot product of the two, through a softmax, is the guess. The error $e = \hat y - y$ gives
# both gradients: $e_j v_c$ for every OUT vector, $W'^\top e$ for the one IN vector. They agree with
# finite differences and with autograd. The loss starts at $\log V$ and cannot fall below the conditional
# entropy of the text. Words with the same company end up close in IN; words that keep company are close
# between IN and OUT. Every pair moves all $V$ OUT vectors, which is too slow for real text: next come
# [CBOW](03_cbow.ipynb), [negative sampling](04_negative_sampling.ipynb) and
# [hierarchical softmax](05_hierarchical_softmax.ipynb).
#
# ## References
#
# - T. Mikolov, K. Chen, G. Corrado, J. Dean (2013a). *Efficient estimation of word representations in
#   vector space.* [arXiv:1301.3781](https://doi.org/10.48550/arXiv.1301.3781)
# - T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean (2013b). *Distributed representations of words
#   and phrases and their compositionality.* NIPS 26.
#   [arXiv:1310.4546](https://doi.org/10.48550/arXiv.1310.4546). Equation (1) here is its (2); (2) is
#   its (1) with the other sign, and divided by the number of pairs, not of words.
# - X. Rong (2014). *word2vec parameter learning explained.*
#   [arXiv:1411.2738](https://doi.org/10.48550/arXiv.1411.2738). The names EH and EI are his.
# - E. Nida (1975). *Componential analysis of meaning.* Mouton. The tezgüino.
# - J. R. Firth (1957). *A synopsis of linguistic theory, 1930-1955.* "You shall know a word by the company
#   it keeps."
