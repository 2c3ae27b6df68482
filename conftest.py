"""The environment of every test and of every notebook that pytest runs."""

import os

# Each setting gives way to the caller's own.
for name, value in {
    "TQDM_DISABLE": "1",  # a progress bar would land in a notebook's stored output
    "OMP_NUM_THREADS": "1",  # xdist runs two at once, and sums keep their order
    "OPENBLAS_NUM_THREADS": "1",
}.items():
    os.environ.setdefault(name, value)
