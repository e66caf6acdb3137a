"""The package as it is installed: its wheel, unpacked, and run outside the source tree."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.server import ADDRESS, HOME, free_port, serving


def unpacked(folder: Path) -> Path:
    """Build the wheel of this tree; the folder that its files are unpacked in."""
    uv = shutil.which("uv")
    assert uv, "uv is missing; install it as the README says"
    words = [uv, "build", "--wheel", "--quiet", "--out-dir", str(folder), str(HOME)]
    subprocess.run(words, check=True, timeout=300)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@contextmanager
def serving_site(site: Path, empty: Path, *options: str) -> Iterator[str]:
    """Address of the front end that ``planner app`` of the wheel starts in an empty folder."""
    port, log = free_port(), site.with_name("log")
    command = [sys.executable, "-P", "-m", "planner", "app", *options, "--no-browser", "--port"]
    with serving([*command, str(port)], port, log, empty, {"PYTHONPATH": str(site)}):
        yield f"http://{ADDRESS}:{port}/"
