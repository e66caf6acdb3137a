"""Files of a bundle, read from its folder or archive and compared with its manifest."""

import hashlib
import json
import zipfile
from pathlib import Path

from planner.errors import InvalidInput

LARGEST = 256 * 1024**2
"""Bytes of a file of a bundle."""


def bundle_files(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """The wanted files of a bundle.

    Parameters
    ----------
    path : folder or .zip that ``planner bundle`` made; it is only read.

    Raises
    ------
    InvalidInput : there is no bundle, or a file was changed.
    """
    read = _from_folder if path.is_dir() else _from_archive
    names = (*wanted, "manifest.json")
    files = read(path, names)
    try:
        hashes = dict(json.loads(files["manifest.json"])["files"])
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(
            "manifest.json is damaged; make the bundle again", source=str(path)
        ) from None
    for name in wanted:
        if hashlib.sha256(files[name]).hexdigest() != hashes.get(name):
            raise InvalidInput(
                f"{name} is not the one that manifest.json tells of; make the bundle again",
                source=str(path),
            )
    return files


def _from_folder(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    try:
        return {name: (path / name).read_bytes() for name in names}
    except OSError as error:
        name = Path(error.filename or path).name
        raise InvalidInput(
            f"the folder has no readable {name}; give the folder of a batch run, or that of a "
            "bundle",
            source=str(path),
        ) from None


def _from_archive(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as zipped:
            if any(zipped.getinfo(name).file_size > LARGEST for name in names):
                raise InvalidInput(
                    f"it has a file of more than {LARGEST // 1024**2} MB; is it a bundle?",
                    source=str(path),
                )
            return {name: zipped.read(name) for name in names}
    except FileNotFoundError:
        raise InvalidInput("no such file or folder; check the path", source=str(path)) from None
    except KeyError as error:
        raise InvalidInput(
            f"the archive lacks a file ({error.args[0]}); give one made by `planner bundle`",
            source=str(path),
        ) from None
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise InvalidInput(
            f"cannot be read as an archive ({error}); give the folder of a batch run, or the "
            "folder or .zip of a bundle",
            source=str(path),
        ) from None
