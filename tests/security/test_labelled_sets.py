"""A stranger's labelled set runs nothing."""

import json

import pytest
from labelled_sets import RECIPE, write_labelled_set
from payloads import mark, ways

from exoval.errors import BadTable
from train.data.labelled_set import read_labelled_set

__all__ = ["mark"]


@pytest.mark.parametrize("part", ["mission", "detrend", "search", "feature", "view_form"])
@pytest.mark.parametrize("make", ways())
def test_its_manifest_names_no_code(make, part, mark, tmp_path):
    folder = write_labelled_set(tmp_path / "set")
    manifest = json.loads((folder / "manifest.json").read_text())
    made = make(str(mark))
    recipe = RECIPE | {"views": True, part: {"shape": made} if part == "feature" else made}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"recipe": recipe}))
    with pytest.raises(BadTable):
        read_labelled_set(folder).recipe()
    assert not mark.exists()
