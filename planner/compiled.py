"""Compile a function once and keep it, but never longer than its sources stay the same.

Numba's cache looks at the file of a function alone, so a kernel would go on using old versions of
the kernels it calls. Here the cache lives in a folder named after a digest of every source file
beside the function: any change there compiles afresh.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba


def kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` with numba: cached, without the interpreter lock, 1/0 as infinite.

    Where nothing can be written it is compiled anew in every process.
    """
    folder = Path(function.__code__.co_filename).parent
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str((Path(before) if before else _home(folder)) / sources_digest(folder))
    compiled: Any
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder to cache in
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    result: F = compiled
    return result


@cache
def sources_digest(folder: Path) -> str:
    """Digest of all Python sources in a folder, and of the version of numba."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _home(folder: Path) -> Path:
    if os.access(folder, os.W_OK):
        return folder / "__pycache__"
    return Path.home() / ".cache" / "planner"
