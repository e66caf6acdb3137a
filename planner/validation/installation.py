"""What is installed: versions of Python and of every package that the program depends on."""

import platform
import re
from importlib import metadata

_REQUIREMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def installed_versions() -> dict[str, str]:
    """Version by name, of Python and of every installed package that the program depends on."""
    waiting, seen = ["planner"], dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        seen[name] = found.version
        needed = [r for r in found.requires or () if "extra ==" not in r]
        waiting += [_normal(match[0]) for r in needed if (match := _REQUIREMENT.match(r))]
    return {"python": platform.python_version(), **dict(sorted(seen.items()))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def platform_in_words() -> str:
    """Operating system, processor and interpreter."""
    from planner.operating.evaluate import available_workers

    cores = available_workers()
    return (
        f"{platform.platform()}, {platform.machine()}, {cores} processor core"
        f"{'s' * (cores != 1)}, {platform.python_implementation()}"
    )
