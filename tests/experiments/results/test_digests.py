"""What was changed in the folder of a result after it was written is not believed."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.manifests import rewrite_manifest

from twoway.experiments.results.manifest import MANIFEST, read_manifest
from twoway.experiments.results.result import open_result, verify
from twoway.experiments.runs.run import run_and_save
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import changed


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    tiny = changed("ordinary", {"design.clients": 2, "design.days": 4})
    return run_and_save(tiny, "tiny", tmp_path_factory.mktemp("digests") / "run", detail="dyads").folder


@pytest.fixture
def copied(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "run")


def test_every_field_of_the_manifest_is_missed_and_its_change_is_named(kept, tmp_path):
    for field in read_manifest(kept):
        for change in (lambda m, f=field: m.pop(f), lambda m, f=field: m.update({f: [m[f]]})):
            folder = shutil.copytree(kept, tmp_path / "copy")
            rewrite_manifest(folder, change, sealed=False)
            with pytest.raises(InputError, match=f"{MANIFEST}: .*{field}|is not the folder of"):
                open_result(folder)
            shutil.rmtree(folder)


def test_a_field_that_was_added_is_named(copied):
    rewrite_manifest(copied, lambda manifest: manifest.update(mine=1), sealed=False)
    with pytest.raises(InputError, match="the field mine was changed"):
        open_result(copied)


@given(data=st.data())
def test_a_digest_or_name_of_a_file_that_was_changed_is_noticed(kept, tmp_path_factory, data):
    copied = shutil.copytree(kept, tmp_path_factory.mktemp("name") / "run")
    files = read_manifest(kept)["digests"]["files"]
    name = data.draw(st.sampled_from(sorted(files)))
    new = data.draw(st.none() | st.just((name, files[name][::-1])) | st.just((f"{name}x", files[name])))

    def change(manifest):
        of_files = manifest["digests"]["files"]
        del of_files[name]
        of_files.update([new] if new else [])

    rewrite_manifest(copied, change, sealed=False)
    with pytest.raises(InputError, match="the field digests was changed"):
        open_result(copied)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_bit_of_a_table_changes_and_the_table_is_refused(kept, tmp_path_factory, at, bit):
    copied = shutil.copytree(kept, tmp_path_factory.mktemp("bit") / "run")
    path = copied / "dyads.parquet"
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1 << bit
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"dyads\.parquet: was changed after it was written"):
        _ = open_result(copied).tables["dyads"]


def test_verify_names_a_changed_table_and_does_not_read_it(copied):
    path = copied / "dyads.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    verdict = verify(copied)
    assert verdict.equal == {"dyads": False}
    assert verdict.changed == ("dyads.parquet, which is not as it was written",)


def test_a_file_that_was_put_into_the_folder_is_not_run(copied):
    (copied / "inputs" / "extension-0-mine.py").write_text("raise SystemExit")
    assert len(open_result(copied).tables["dyads"]) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("name", ["dyads.parquet", MANIFEST, "inputs/lexicon.toml"])
def test_nobody_waits_for_a_pipe_in_the_place_of_a_file(copied, name):
    (copied / name).unlink()
    os.mkfifo(copied / name)
    with pytest.raises(InputError, match="is a pipe"):
        _ = open_result(copied).tables["dyads"]


def test_a_folder_without_digests_is_refused_in_words(copied):
    rewrite_manifest(copied, lambda manifest: manifest.pop("digests"), sealed=False)
    with pytest.raises(InputError, match="digests is missing: it was written by an earlier version, or changed"):
        open_result(copied)


def test_a_changed_result_cannot_be_saved_elsewhere_as_if_it_were_true(copied, tmp_path):
    opened = open_result(copied)
    path = copied / "patterns.csv"
    path.write_text(path.read_text().replace("0", "1"))
    with pytest.raises(InputError, match=r"patterns\.csv: was changed"):
        opened.save(tmp_path / "other")
    assert not (tmp_path / "other").exists()
