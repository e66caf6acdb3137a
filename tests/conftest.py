"""Settings of the tests: reproducible examples without a time limit, one thread of BLAS.

The dense twins multiply small matrices, for which threads of BLAS wait more than they work.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

settings.register_profile("planner", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("planner")
