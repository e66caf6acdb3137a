"""The store of blocks: whatever happens to its files, it gives the right content or none."""

import random
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.batch.locks import is_free, locked, remove_if_free
from planner.batch.records import DIGEST, HEAD, LONGEST, MARK, record
from planner.batch.store import MOST_OPEN, Store
from planner.errors import InvalidInput
from tests.batch.runs import open_files

BLOCKS = {bytes([n]) * 32: bytes([n, 255 - n]) * (1 + n) for n in range(5)}


def filled(folder: Path, blocks: dict[bytes, bytes]) -> Path:
    """The one segment of a packed store with some blocks."""
    with Store(folder) as store:
        for key, content in blocks.items():
            store.put(key, content)
        store.pack(blocks)
    (segment,) = folder.glob("*.blocks")
    return segment


def held(folder: Path) -> dict[bytes, bytes | None]:
    """All blocks that a store believes in."""
    with Store(folder) as store:
        return {key: store.get(key) for key in list(store.keys())}


def test_what_is_put_is_got_before_and_after_packing(tmp_path: Path) -> None:
    """Content comes back by key: at once, after reopening, and after packing."""
    with Store(tmp_path / "blocks") as store:
        for key, content in BLOCKS.items():
            store.put(key, content)
            assert store.get(key) == content
        assert store.get(b"x" * 32) is None
        store.pack(BLOCKS)
        assert {key: store.get(key) for key in BLOCKS} == BLOCKS
    assert held(tmp_path / "blocks") == BLOCKS
    assert sorted(p.suffix for p in (tmp_path / "blocks").iterdir()) == [".blocks", ".lock"]


def test_packed_bytes_do_not_depend_on_how_the_blocks_came(tmp_path: Path) -> None:
    """Any order, doubled blocks, several segments: one file, of the same name and bytes."""
    first = filled(tmp_path / "a", BLOCKS)
    order = [*reversed(BLOCKS), *BLOCKS]
    for part in (order[:4], order[2:], order[1:3]):
        with Store(tmp_path / "b") as store:
            for key in part:
                store.put(key, BLOCKS[key])
    assert len(list((tmp_path / "b").glob("*.blocks"))) == 3
    with Store(tmp_path / "b") as store:
        store.pack(BLOCKS)
    (packed,) = (tmp_path / "b").glob("*.blocks")
    assert (packed.name, packed.read_bytes()) == (first.name, first.read_bytes())


def test_every_flipped_byte_is_detected(tmp_path: Path) -> None:
    """Each byte changed in three ways: its block is absent, all others are whole."""
    segment = filled(tmp_path / "blocks", BLOCKS)
    whole = segment.read_bytes()
    ends, end = [], 0
    for content in BLOCKS.values():
        end += HEAD + len(content) + DIGEST
        ends.append(end)
    assert end == len(whole)
    for place in range(len(whole)):
        hit = list(BLOCKS)[next(i for i, end in enumerate(ends) if place < end)]
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(whole)
            changed[place] ^= flip
            segment.write_bytes(changed)
            with Store(tmp_path / "blocks") as store:
                assert store.damaged == 1
                found = {key: store.get(key) for key in store.keys()}  # noqa: SIM118 - no mapping
            assert found == {k: v for k, v in BLOCKS.items() if k != hit}


def test_a_byte_flipped_after_opening_is_detected(tmp_path: Path) -> None:
    """What was whole when the store was opened is checked again when it is read."""
    segment = filled(tmp_path / "blocks", BLOCKS)
    whole = segment.read_bytes()
    for place in range(len(whole)):
        segment.write_bytes(whole)
        with Store(tmp_path / "blocks") as store:
            changed = bytearray(whole)
            changed[place] ^= 0x10
            segment.write_bytes(changed)
            found = {key: store.get(key) for key in BLOCKS}
            assert list(found.values()).count(None) == 1
            assert store.damaged == 1
            assert all(content in {None, BLOCKS[key]} for key, content in found.items())


def test_every_truncation_leaves_the_whole_records(tmp_path: Path) -> None:
    """Cut at any place: the records before are there, nothing else is."""
    segment = filled(tmp_path / "blocks", BLOCKS)
    whole = segment.read_bytes()
    ends, end = [], 0
    for content in BLOCKS.values():
        end += HEAD + len(content) + DIGEST
        ends.append(end)
    for length in range(len(whole)):
        segment.write_bytes(whole[:length])
        n = sum(end <= length for end in ends)
        with Store(tmp_path / "blocks") as store:
            assert {key: store.get(key) for key in BLOCKS} == {
                key: content if i < n else None for i, (key, content) in enumerate(BLOCKS.items())
            }
            assert store.damaged == (0 if length in {0, *ends} else 1)


@settings(max_examples=200)
@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from(sorted(BLOCKS)),
            st.binary(max_size=80),
            st.sampled_from([MARK, MARK[:7], MARK + b"\xff" * 36, MARK + b"\x00" * 36]),
        ),
        max_size=12,
    ),
)
def test_property_records_are_found_in_any_garbage(
    pieces: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whole records between garbage of any kind are all found, and nothing else is."""
    folder = tmp_path_factory.mktemp("garbage")
    written = b"".join(record(p, BLOCKS[p]) if p in BLOCKS else p for p in pieces)
    (folder / "x.blocks").write_bytes(written)
    assert held(folder) == {p: BLOCKS[p] for p in pieces if p in BLOCKS}


def test_garbage_of_megabytes_is_skipped(tmp_path: Path) -> None:
    """A mark across the border of what is read at once is found."""
    key, content = next(iter(BLOCKS.items()))
    for shift in range(len(MARK) + 2):
        garbage = random.Random(shift).randbytes((1 << 20) - shift)
        (tmp_path / "x.blocks").write_bytes(garbage + record(key, content) + garbage[:99])
        assert held(tmp_path) == {key: content}


def test_empty_and_foreign_files_do_no_harm(tmp_path: Path) -> None:
    """Empty segments, foreign content and files of other names are no blocks; packing keeps these.

    What does not look like a segment is not touched.
    """
    filled(tmp_path, BLOCKS)
    (tmp_path / "empty.blocks").touch()
    (tmp_path / "foreign.blocks").write_bytes(b"PAR1" * 1000)
    (tmp_path / "notes.txt").write_text("mine")
    with Store(tmp_path) as store:
        store.pack(BLOCKS)
    assert held(tmp_path) == BLOCKS
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".blocks", ".lock", ".txt"]


def test_a_folder_in_place_of_a_segment_is_refused(tmp_path: Path) -> None:
    """One sentence that names it."""
    (tmp_path / "x.blocks").mkdir()
    with pytest.raises(InvalidInput, match=r"x\.blocks: cannot be read \(Is a directory\)"):
        Store(tmp_path)


def test_content_that_would_not_be_found_again_is_refused(tmp_path: Path) -> None:
    """Longer than what is believed."""
    with Store(tmp_path) as store:
        store.put(b"k" * 32, b"\0" * LONGEST)
        assert store.get(b"k" * 32) == b"\0" * LONGEST
        with pytest.raises(ValueError, match="would not be found again"):
            store.put(b"l" * 32, b"\0" * (LONGEST + 1))


def test_a_segment_in_use_is_neither_packed_nor_called_damaged(tmp_path: Path) -> None:
    """Another process may be in the middle of writing its last record."""
    with Store(tmp_path) as writer:
        writer.put(b"a" * 32, b"one")
        (segment,) = tmp_path.glob("*.blocks")
        with segment.open("ab") as file:
            file.write(record(b"b" * 32, b"two")[:30])
        with Store(tmp_path) as other:
            assert other.damaged == 0
            other.put(b"c" * 32, b"three")
            other.pack([])
            assert segment.exists()
            assert other.get(b"a" * 32) == b"one"
        assert writer.get(b"c" * 32) is None
        writer.reload()
        assert writer.get(b"c" * 32) == b"three"
        assert writer.damaged == 1
        writer.pack([])
    assert held(tmp_path) == {b"a" * 32: b"one", b"c" * 32: b"three"}
    assert len(list(tmp_path.glob("*.blocks"))) == 1


def test_blocks_are_found_where_another_process_has_packed_them(tmp_path: Path) -> None:
    """Packing moves a block to another file: whoever knew the old one still gets it."""
    for key, content in BLOCKS.items():
        with Store(tmp_path) as store:
            store.put(key, content)
    with Store(tmp_path) as reader, Store(tmp_path) as packer:
        packer.pack(BLOCKS)
        assert {key: reader.get(key) for key in BLOCKS} == BLOCKS


def test_packing_after_another_process_has_packed_loses_nothing(tmp_path: Path) -> None:
    """Places known from before the other one packed are not believed."""
    for key, content in BLOCKS.items():
        with Store(tmp_path) as store:
            store.put(key, content)
    with Store(tmp_path) as first, Store(tmp_path) as second:
        first.pack(BLOCKS)
        second.pack(BLOCKS)
    assert held(tmp_path) == BLOCKS
    assert len(list(tmp_path.glob("*.blocks"))) == 1


def test_no_record_is_lost_when_a_segment_vanishes_while_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Segments that were packed between listing and opening are read where they are now."""
    for key, content in BLOCKS.items():
        with Store(tmp_path) as store:
            store.put(key, content)
    packer, read = Store(tmp_path), Store._read_segment
    calls = 0

    def packed_meanwhile(store: Store, path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            monkeypatch.setattr(Store, "_read_segment", read)
            packer.pack(BLOCKS)
        read(store, path)

    monkeypatch.setattr(Store, "_read_segment", packed_meanwhile)
    assert held(tmp_path) == BLOCKS
    assert calls == 2


def test_thousands_of_segments_need_few_open_files(tmp_path: Path) -> None:
    """As many shards as files that may be open, and more."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    keys = [n.to_bytes(32, "big") for n in range(3 * MOST_OPEN)]
    for key in keys:
        (tmp_path / f"{key.hex()}.blocks").write_bytes(record(key, key))
    opened = open_files()
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (opened + MOST_OPEN + 8, limits[1]))
        with Store(tmp_path) as store:
            assert [store.get(key) for key in keys] == keys
            store.pack(keys)
            assert [store.get(key) for key in keys] == keys
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert open_files() == opened


def test_a_new_file_that_is_tidied_away_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between making and locking a file another process may take it for left over."""
    import fcntl

    flock, calls = fcntl.flock, []

    def tidied(file: int, operation: int) -> None:
        calls.append(operation)
        if len(calls) == 1:
            monkeypatch.setattr(fcntl, "flock", flock)
            remove_if_free(tmp_path / "new.part")
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", tidied)
    with locked(tmp_path / "new.part"):
        assert (tmp_path / "new.part").exists()
        assert not is_free(tmp_path / "new.part")
        remove_if_free(tmp_path / "new.part")
        assert (tmp_path / "new.part").exists()
    assert len(calls) == 1
    remove_if_free(tmp_path / "new.part")
    assert not (tmp_path / "new.part").exists()


def test_without_locks_nothing_is_packed_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that has no locks: every segment counts as in use."""
    import fcntl

    def none(_file: int, _operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    for key, content in BLOCKS.items():
        with Store(tmp_path) as store:
            store.put(key, content)
            store.pack(BLOCKS)
    assert held(tmp_path) == BLOCKS
    assert len(list(tmp_path.glob("*.blocks"))) == len(BLOCKS)
