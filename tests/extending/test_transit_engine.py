"""A transit engine of one .py and one .yaml makes the light of a simulation."""

import json

from recipe_run import QUICK, done


def test_a_simulation_injects_with_it(tmp_path, add):
    found = add("exoval/physics/sampled_flux.py", "conf/transit_model/sampled.yaml")
    asked = ("transit_model=sampled", "scenario=[planet]", "n_systems=1", "feature=[ephemeris]")
    done(tmp_path, "simulate", found, *QUICK, *asked, "views=false", "output=set")
    manifest = json.loads((tmp_path / "set/manifest.json").read_text())
    assert manifest["counts"]["planet"] | {"visible": 0, "recovered": 0, "kept": 0} == {
        "drawn": 1,
        "visible": 0,
        "recovered": 0,
        "kept": 0,
        "failed": 0,
    }
    assert manifest["config"]["transit_model"]["nodes"] == 25
