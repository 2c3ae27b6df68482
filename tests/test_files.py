import gc
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from course_lib.files import UNREADABLE, data_folder, open_arrays, replacing


def test_a_complete_file_takes_its_place(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old", "not before it is complete"
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(type(error)), replacing(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_it_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("", encoding="utf-8")
    with replacing(tmp_path / "file") as file:
        file.write(b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "file")}
    assert len(modes) == 1


def test_a_folder_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"), replacing(tmp_path):
        raise AssertionError("too late")
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.write_bytes(b"old")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("Windows lets only some users make links")
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["folder", "link", "target"]


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # Windows counts the folders, too
    name = "n" * (250 if os.name == "posix" else 100)
    with replacing(name) as file:
        file.write(b"new")
    assert (tmp_path / name).read_bytes() == b"new"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"), replacing(tmp_path / "nowhere" / "x"):
        pass


@pytest.mark.filterwarnings(
    "error::ResourceWarning", "error::pytest.PytestUnraisableExceptionWarning"
)
def test_a_damaged_archive_is_closed_and_named_unreadable(tmp_path):
    path = tmp_path / "arrays"
    with replacing(path) as file:
        np.savez(file, a=np.arange(3))
    whole = path.read_bytes()
    directory = whole.rindex(b"PK\x01\x02")
    encrypted = bytearray(whole)
    encrypted[directory + 8] |= 1  # zipfile answers with RuntimeError
    for damaged in (b"", whole[:-9], bytes(encrypted), b"text"):
        path.write_bytes(damaged)
        with pytest.raises(UNREADABLE), open_arrays(path) as archive:
            archive["a"]
        gc.collect()


def test_the_users_cache_folder_is_the_default(monkeypatch):
    monkeypatch.delenv("COURSE_LIB_DATA", raising=False)
    assert data_folder().name == "course_lib"
    monkeypatch.setenv("COURSE_LIB_DATA", "~/texts")
    assert data_folder() == Path.home() / "texts"
