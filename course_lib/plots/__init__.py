"""Every figure of the lessons and slides: data in, a ``Picture`` with alt text out.

Nothing is trained here and ``matplotlib.pyplot`` is never imported, so a figure leaves no state
behind. All functions share one palette and one style, and draw the same bytes each time.
"""

from course_lib.plots.counts import against_counts, glove_weighting
from course_lib.plots.frequencies import keep_probability, zipf, zipf_fit
from course_lib.plots.lifecycle import gensim_model, learning_rates
from course_lib.plots.maps import movement, neighbourhood, projections_grid, word_map
from course_lib.plots.networks import cbow_architecture, one_hot_lookup, skipgram_architecture
from course_lib.plots.noise import (
    cosine_histograms,
    noise_distributions,
    score_scatter,
    seed_spread,
    step_times,
    yes_and_no,
)
from course_lib.plots.picture import BLUE, DPI, ORANGE, PALETTE, STYLE, Picture
from course_lib.plots.pretrained import file_bytes, vector_lengths
from course_lib.plots.ranking import centroids, mixture_curve
from course_lib.plots.repeats import intervals, repeated_runs
from course_lib.plots.reports import evaluation_report, similarity_scores
from course_lib.plots.segments import segmentations
from course_lib.plots.spaces import similarity_heatmap, spectrum
from course_lib.plots.trees import huffman_tree, path_lengths
from course_lib.plots.updates import sgd_step
from course_lib.plots.values import bars, loss_curve, matrix_heatmaps
from course_lib.plots.windows import window, window_weights

__all__ = [
    "BLUE",
    "DPI",
    "ORANGE",
    "PALETTE",
    "STYLE",
    "Picture",
    "against_counts",
    "bars",
    "cbow_architecture",
    "centroids",
    "cosine_histograms",
    "evaluation_report",
    "file_bytes",
    "gensim_model",
    "glove_weighting",
    "huffman_tree",
    "intervals",
    "keep_probability",
    "learning_rates",
    "loss_curve",
    "matrix_heatmaps",
    "mixture_curve",
    "movement",
    "neighbourhood",
    "noise_distributions",
    "one_hot_lookup",
    "path_lengths",
    "projections_grid",
    "repeated_runs",
    "score_scatter",
    "seed_spread",
    "segmentations",
    "sgd_step",
    "similarity_heatmap",
    "similarity_scores",
    "skipgram_architecture",
    "spectrum",
    "step_times",
    "vector_lengths",
    "window",
    "window_weights",
    "word_map",
    "yes_and_no",
    "zipf",
    "zipf_fit",
]
