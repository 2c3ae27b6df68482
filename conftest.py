"""The environment of every test and of every notebook that pytest runs."""

import os
import signal

# Each setting gives way to the caller's own.
for name, value in {
    "TQDM_DISABLE": "1",  # a progress bar would land in a notebook's stored output
    "OMP_NUM_THREADS": "1",  # xdist runs two at once, and sums keep their order
    "OPENBLAS_NUM_THREADS": "1",
}.items():
    os.environ.setdefault(name, value)

# A shell that starts a command in the background lets it ignore Ctrl-C, and all that it starts in
# turn. The tests that press Ctrl-C would fail.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
