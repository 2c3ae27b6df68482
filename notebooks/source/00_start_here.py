# %% [markdown]
# # 00 Start here
#
# **15 minutes.** You need: Python, vectors, and a running notebook. You have the last one.
#
# Afterwards you know what the course is for, how to work with it, and that it works on your machine.
#
# **How to run a cell:** click on it and press Shift+Enter. To run them all: menu *Run*, then
# *Run All Cells*.

# %% [markdown]
# ## The one question
#
# How can a machine find out what words mean, from nothing but text?
#
# The answer of this course is **word embeddings**: every word gets a vector, a list of, say, a hundred
# numbers, such that words that are used alike get vectors that are alike. You will see where the numbers
# come from, to the last derivative. You will compute them by hand, in NumPy and in PyTorch, and see that
# all three agree, and let gensim do it on real text. And you will see what such vectors cannot do.

# %% [markdown]
# ## Does it work here?
#
# This cell imports what the course needs. If it prints four lines that end in *fine*, you are ready.

# %%
import sys

import gensim
import numpy as np
import torch

from course_lib import Word2VecSettings, datasets, gensim_impl

print("Python:", "fine" if (3, 11) <= sys.version_info < (3, 14) else "use 3.11, 3.12 or 3.13")
for package, oldest in [(np, (2, 0)), (torch, (2, 6)), (gensim, (4, 4))]:
    found = tuple(int(part) for part in package.__version__.split(".")[:2])
    verdict = "fine" if found >= oldest else f"{package.__version__} is too old; run make lab"
    print(f"{package.__name__}:", verdict)

# %% [markdown]
# ## A first taste
#
# Three hundred news documents from Australia. That is very little text: published vectors come from a
# hundred thousand to ten million times as much.

# %%
news = datasets.load_corpus("lee")
print(len(news), "documents. The first one begins:")
print(" ".join(news[0][:15]), "...")

# %% [markdown]
# Train a vector of 50 numbers for each word that occurs at least five times. It takes a few seconds.
# What each setting means is the matter of the coming lessons.

# %%
settings = Word2VecSettings(vector_size=50, sample=1e-4, alpha=0.05, epochs=20)
embeddings = gensim_impl.train_word2vec(news, settings)
print(embeddings)

# %% [markdown]
# Nobody told the machine what cricket is. Which words does it use like *cricket*? Change the words in the
# list and run the cell again.

# %%
for word in ["cricket", "economy", "hospital"]:
    nearest = [other for other, _ in embeddings.most_similar(word, topn=5)]
    print(f"{word:9s} {', '.join(nearest)}")

# %% [markdown]
# Most of it makes sense, some of it does not. With so little text that is no wonder, and you will learn
# to tell one from the other.

# %% [markdown]
# ## The map
#
# | | lesson | minutes |
# |---|---|---|
# | 00 | Start here | 15 |
# | 01 | [From words to vectors](01_from_words_to_vectors.ipynb): one-hot, the embedding layer, tokens, the vocabulary, Zipf's law, subsampling | 120 |
# | 02 | [Skip-gram](02_skip_gram.ipynb): pairs, two matrices, the softmax, every gradient, training | 150 |
# | 03 | [CBOW](03_cbow.ipynb): mean and sum of the context, what gensim does with them, rare words, filling a gap | 135 |
# | 04 | [Negative sampling](04_negative_sampling.ipynb): yes or no in the place of the softmax, the noise, masks, PMI | 180 |
# | 05 | [Hierarchical softmax](05_hierarchical_softmax.ipynb): Huffman's tree, a product of turns, the update along a path, against negative sampling | 150 |
# | 06 | [gensim, seen through](06_gensim_seen_through.ipynb): vocabulary, streams, the learning rate, the true loss, files, new words, resets, gensim 3 to 4 | 160 |
# | 07 | [GloVe](07_glove.ipynb): ratios of counts, weighted least squares, AdaGrad, against negative sampling and an SVD of PPMI | 150 |
# | 08 | [Pre-trained vectors](08_pretrained_vectors.ipynb): GloVe and word2vec files byte by byte, loading and converting, cosine and dot, king − man + woman, unknown words, broken files | 150 |
# | 09 | [Looking at embeddings and judging them](09_looking_and_judging.ipynb): PCA and t-SNE, scores with baselines and intervals, analogies, a fair comparison of five methods, stability | 150 |
# | 10 | [Fine-tuning pre-trained vectors](10_fine_tuning.ipynb): locks and anchors, a recipe from the web taken apart, a fair test on the news, drift, PyTorch's optimisers | 150 |
# | 11 | [Two vectors a word](11_two_vectors_desm.ipynb): IN and OUT, the Dual Embedding Space Model (DESM) for ranking, BM25, nDCG, the mixture, a search box | 150 |
# | 12 | [Chinese text](12_chinese_text.ipynb): words without spaces, jieba, Traditional and Simplified, fonts, files, a [glossary](glossary.md) | 135 |
#
# The minutes include the exercises. **Planned, and not there yet:** 13 fast and large. Where a lesson
# names it, it is a promise.

# %% [markdown]
# ## How to work
#
# Every lesson goes the same way: a question on real words, the idea in a picture, the formula, five words
# by hand, the same in NumPy and PyTorch with a proof that they agree, real text, and **where it goes
# wrong**. There are two ways through.
#
# - **Read and run.** Run each cell, and say what it will print *before* you do. Then do the exercises.
# - **Exercises first.** You know the topic? Open the exercises, and go back to the lesson where you
#   are stuck.
#
# The exercises of a lesson are a notebook of their own, in the folder `exercises`. You write code in place
# of the dots (`...`), run that cell, and run the `check` below it. It says one of three things:
#
# - `02.1: not done yet.` There are still dots somewhere.
# - `02.1: not right yet.` It names what is wrong, and often why.
# - `02.1: correct.` And what you have now.
#
# Hints and a solution are folded away under each exercise: click on *Hint* or *Solution*. All solutions,
# run, are in the folder `solutions`.
#
# Where something is said to fail, a cell shows it fail, in red. That is meant.

# %% [markdown]
# ## The notation
#
# The same letters in the text, in the formulas and in the code. Come back here when you meet one that you
# have forgotten.
#
# | formula | code | what it is | shape |
# |---|---|---|---|
# | $V$, $d$ | `V`, `d` | number of words, length of a vector | |
# | $c$, $o$ | `centers`, `contexts` | centre word, context word (*outside*) | |
# | $W$, $v_w$ | `input_vectors` | the first table; its row for word $w$, the IN vector | $(V, d)$, $(d,)$ |
# | $W'$, $u_w$ | `output_vectors` | the second table; its row for word $w$, the OUT vector | $(V, d)$, $(d,)$ |
# | $h$ | `hidden` | the vector that a prediction starts from | $(d,)$ |
# | $\hat y$, $y$ | | predicted probabilities, and the truth as a one-hot vector | $(V,)$ |
# | $e = \hat y - y$ | `error` | the prediction error | $(V,)$ |
# | $\alpha$ | `alpha` | the learning rate | |
# | $f(w)$, $t$ | `counts / counts.sum()`, `sample` | share of a word, threshold of subsampling | |
#
# Vectors are columns in the formulas: $x^\top W$ is a row. Logarithms are natural ones.

# %% [markdown]
# ## When something does not work
#
# 1. **A name is not defined, or the numbers look odd:** menu *Kernel*, *Restart Kernel and Run All
#    Cells*. Cells that were run out of order are the most frequent reason.
# 2. **A package is missing:** close the notebook and start it by `make lab` again. It sets up what is
#    missing.
# 3. **You have changed a lesson and want the old one back:** `git restore notebooks`. It throws away your
#    changes to all notebooks, so copy what you want to keep.
# 4. **Still wrong:** run `make test` in a terminal. It runs every lesson and compares what it prints. Send
#    its last lines, and say which system you have, to the person or the page that you have the course
#    from.
#
# Next: [01 From words to vectors](01_from_words_to_vectors.ipynb).
