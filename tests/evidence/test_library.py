"""The shipped library: complete, traceable, recomputable; and files that break a rule."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.errors import InvalidInput, UnknownName
from planner.evidence.library import Library, absolute, load_library
from planner.evidence.quantity import QUANTITIES
from planner.evidence.study import FLAGS, Entry, Study, decimals
from tests.evidence.malformed import MALFORMED, VALID

PRIORS = Path(__file__).resolve().parents[2] / "priors"
LIBRARY = load_library(PRIORS)
DERIVED = [e for e in LIBRARY.entries if e.formula]
FILES = sorted(PRIORS.glob("*.toml"))


def _reference(entry: Entry) -> str:
    return entry.reference


def test_every_file_is_a_study() -> None:
    assert [path.stem for path in FILES] == list(LIBRARY.studies)
    assert len(FILES) > 60
    assert all(path.stem == LIBRARY.study(path.stem).id for path in FILES)


def test_the_shipped_library_is_this_one() -> None:
    assert list(load_library().studies) == list(LIBRARY.studies)
    assert load_library() is load_library()


def test_ids_are_unique() -> None:
    references = [e.reference for e in LIBRARY.entries]
    assert len(references) == len(set(references))
    assert len(references) > 300


@pytest.mark.parametrize("entry", DERIVED, ids=_reference)
def test_derived_numbers_follow_from_their_formulas(entry: Entry) -> None:
    """To half a unit of the last decimal in the file, read here from its text."""
    raw = tomllib.loads((PRIORS / f"{entry.study}.toml").read_text("utf-8"), parse_float=Decimal)
    row: dict[str, Any] = next(r for r in raw["entry"] if r["id"] == entry.id)
    spread = [row["se"]] if "se" in row else row.get("interval", [])
    computed = [LIBRARY.recompute(entry), *LIBRARY.recompute_uncertainty(entry)]
    written = [row["value"], *(spread if len(computed) > 1 else [])]
    assert entry.flag in ("derived", "assumed")
    assert len(written) == len(computed)
    for number, result in zip(written, computed, strict=True):
        exponent = Decimal(number).as_tuple().exponent
        assert isinstance(exponent, int)
        assert result is not None
        assert abs(float(number) - result) <= 0.5000001 * 10.0 ** min(0, exponent)


PRINTED = {
    "jelen-2025.d_z": ("0.455", "0.05", "0.86"),
    "jelen-2025.d_z_corrected": ("0.44",),
    "jelen-2025.d_z_glx": ("0.43", "0.02", "0.83"),
    "jelen-2025.effect_per_sigma": ("0.911",),
    "jelen-2025.retrospective_power": ("0.61",),
    "jelen-2025.dropout": ("0.037", "0.007", "0.18"),
    "jelen-2025.points_case_16_5": ("4.6",),
    "jelen-2025.sd_case_10": ("6.2",),
    "jelen-2025.sd_case_16_5": ("10.2",),
    "williams-2018.dropout": ("0.14", "0.04", "0.40"),
    "yoon-2025.dropout_before_dose": ("0.108",),
    "lapidus-2014.sd_difference": ("7.3", "5.5", "11.0"),
    "lapidus-2014.sd_difference_ci": ("7.4",),
    "lapidus-2014.d_z": ("1.03", "0.45", "1.60"),
    "lapidus-2014.sd_within": ("5.2", "3.9", "7.8"),
    "lapidus-2014.r_sd_7_1": ("0.46",),
    "lapidus-2014.r_sd_10": ("0.73",),
    "nimh-2023.effect": ("5.8",),
    "nimh-2023.d_av": ("0.94",),
    "nimh-2023.mean_24h_ket": ("21.25",),
    "nimh-2023.sd_24h_ket": ("7.1",),
    "nimh-2023.sd_24h_pbo": ("5.1",),
    "nimh-2023.sd_difference_r05": ("6.3",),
    "murrough-2013.sd_ketamine": ("11.0",),
    "murrough-2013.sd_midazolam": ("9.5",),
    "murrough-2013.d": ("0.77",),
    "lii-2023.sd_day1": ("8.8",),
    "ibrahim-2012.relapse_rate": ("0.0468",),
    "ibrahim-2012.relapse_median": ("14.8",),
    "ibrahim-2012.still_21": ("0.37",),
    "ibrahim-2012.still_28_mean": ("0.12",),
    "lee-1988.residual_21_slow": ("0.039",),
    "lee-1988.residual_30_fast": ("0.001",),
    "jones-2022.sex_interaction": ("-2.9", "2.48"),
    "jones-2022.female_share": ("0.661",),
    "freeman-2019.d_sex": ("0.05",),
    "planning.dropout_pooled": ("0.082", "0.036", "0.178"),
    "planning.n_interaction_0_30": ("370",),
    "planning.n_interaction_0_455": ("161",),
    "planning.responding_21_low": ("0.17",),
    "planning.responding_14_high": ("0.31",),
}


@pytest.mark.parametrize("reference", PRINTED)
def test_reference_figures(reference: str) -> None:
    """Figures of the extraction from the literature, computed there independently (derive.py)."""
    entry = LIBRARY.entry(reference)
    computed = (LIBRARY.recompute(entry), *LIBRARY.recompute_uncertainty(entry))
    shown = [
        f"{number:.{len(text.partition('.')[2])}f}"
        for number, text in zip(computed, PRINTED[reference], strict=True)
    ]
    assert shown == list(PRINTED[reference])
    assert entry.value == float(PRINTED[reference][0])


REPORTED = {
    "jelen-2025.f_madrs": (5.39, "reported"),
    "jelen-2025.f_glx": (4.83, "reported"),
    "jelen-2025.share_lost": (0.28, "reported-secondary"),
    "jelen-2025.washout": (19, "reported-secondary"),
    "williams-2018.response": (0.58, "reported"),
    "lapidus-2014.effect": (7.6, "reported"),
    "lapidus-2014.t": (4.39, "reported"),
    "ibrahim-2012.still_28": (0.27, "reported"),
    "dean-2021.smd_placebo": (-0.87, "reported"),
    "planning.d_z": (0.30, "assumed"),
    "planning.effect": (2.5, "assumed"),
    "planning.sd_difference": (7.5, "derived"),
    "planning.dropout": (0.12, "assumed"),
    "planning.female_share": (0.60, "assumed"),
    "planning.sex_interaction": (1.0, "assumed"),
}


@pytest.mark.parametrize("reference", REPORTED)
def test_reference_values_and_flags(reference: str) -> None:
    """Numbers read in the abstracts and tables named by the entries, and the planning values."""
    entry = LIBRARY.entry(reference)
    assert (entry.value, entry.flag) == REPORTED[reference]


def test_every_entry_is_traceable() -> None:
    for entry in LIBRARY.entries:
        assert LIBRARY.study(entry.study).citation
        assert entry.flag in FLAGS
        if entry.flag.startswith("reported"):
            assert entry.locator, entry.reference
        elif entry.flag == "assumed":
            assert len(entry.reason) > 20, entry.reference
        else:
            assert entry.formula, entry.reference
            assert entry.inputs, entry.reference
            if not any(isinstance(source, str) for source in entry.inputs.values()):
                assert entry.locator or entry.note, entry.reference


def test_every_doi_is_well_formed() -> None:
    dois = [study.doi for study in LIBRARY.studies.values() if study.doi]
    assert len(dois) > 35
    assert len(dois) == len(set(dois))
    assert all(re.fullmatch(r"10\.\d{4,9}/[-._;()/:a-zA-Z0-9]+", doi) for doi in dois)


def test_inputs_lead_somewhere() -> None:
    for entry in DERIVED:
        for source in entry.inputs.values():
            if isinstance(source, str):
                assert LIBRARY.entry(absolute(source, entry)) is not entry


def test_a_derivation_passes_on_unrounded_values() -> None:
    """The SD of 7.345, printed as 7.3, gives a correlation of 0.46; 7.3 itself would give 0.47."""
    assert LIBRARY.exact["lapidus-2014.sd_difference"] == pytest.approx(7.34489, abs=1e-5)
    assert 1 - 7.3**2 / (2 * 7.1**2) > 0.465
    assert LIBRARY.exact["lapidus-2014.r_sd_7_1"] < 0.465


def test_basis_reaches_through_derivations() -> None:
    assert LIBRARY.basis(LIBRARY.entry("jelen-2025.d_z")) == {"reported"}
    sd = LIBRARY.basis(LIBRARY.entry("jelen-2025.sd_case_10"))
    assert sd == {"derived", "assumed", "reported-secondary"}


def test_a_source_known_to_be_wrong_is_not_used() -> None:
    """A blog says that a depot was used in jelen-2025; it was oral naltrexone 50 mg."""
    texts = [path.read_text("utf-8") for path in PRIORS.iterdir() if path.is_file()]
    assert not any("9e76b7bc-18bf-4a3e-bd91-3c82c29d9088" in text for text in texts)
    assert "oral naltrexone 50 mg" in LIBRARY.study("jelen-2025").design


def test_search() -> None:
    found = LIBRARY.search(quantity="sd_difference")
    assert {e.quantity for e in found} == {"sd_difference"}
    assert "lapidus-2014.sd_difference" in [e.reference for e in found]
    assert all(e.flag == "assumed" for e in LIBRARY.search(flag="assumed"))
    assert LIBRARY.search(endpoint="glx")
    assert len(LIBRARY.search()) == len(LIBRARY.entries)
    with pytest.raises(UnknownName, match="sd_difference"):
        LIBRARY.search(quantity="sd_differences")
    with pytest.raises(UnknownName, match="reported-secondary"):
        LIBRARY.search(flag="reported-second")


@pytest.mark.parametrize("name", ["lapidus-2014.sd_diference", "lapidus.sd_difference", "sd", ""])
def test_unknown_entry_names_the_closest(name: str) -> None:
    with pytest.raises(UnknownName, match="the closest are"):
        LIBRARY.entry(name)


def test_unknown_study_names_the_closest() -> None:
    with pytest.raises(UnknownName, match="lapidus-2014"):
        LIBRARY.study("lapidus-2015")
    with pytest.raises(UnknownName, match="planning"):
        LIBRARY.study("planing")


def test_readme_explains_the_vocabulary() -> None:
    text = (PRIORS / "README.md").read_text("utf-8")
    for name, (meaning, _) in QUANTITIES.items():
        assert f"| `{name}` | {meaning} |" in text, name
    for flag in FLAGS:
        assert f"`{flag}`" in text


def test_every_quantity_is_used() -> None:
    assert {e.quantity for e in LIBRARY.entries} == set(QUANTITIES)


def _library(folder: Path, **files: str) -> Library:
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.toml").write_text(text, "utf-8")
    return load_library(folder)


def test_example_a_folder_of_ones_own(tmp_path: Path) -> None:
    library = _library(tmp_path, my_study=VALID)
    entry = library.entry("my-study.sd")
    assert library.recompute(entry) == pytest.approx(7.34489, abs=1e-5)
    assert decimals(entry) == (1,)
    assert decimals(library.entry("my-study.effect")) == (2, 1, 1)
    assert library.recompute(library.entry("my-study.effect")) is None


def test_inputs_may_come_from_another_study(tmp_path: Path) -> None:
    other = (
        '[study]\nid = "other"\nshort = "O"\ncitation = "O"\n[[entry]]\nid = "sd"\n'
        'quantity = "sd_within"\nvalue = 5.2\nunit = "points"\nflag = "derived"\n'
        'formula = "sd / sqrt(2)"\ninputs = { sd = "my-study.sd" }\n'
    )
    library = _library(tmp_path, my_study=VALID, other=other)
    assert library.exact["other.sd"] == pytest.approx(5.19362, abs=1e-5)


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_files_are_one_sentence(case: str, tmp_path: Path) -> None:
    """File, key and rule are named; nothing is read in part."""
    old, new, key, words = MALFORMED[case]
    assert old in VALID
    with pytest.raises(InvalidInput) as error:
        _library(tmp_path, my_study=VALID.replace(old, new))
    message = str(error.value)
    assert message.startswith(str(tmp_path / "my-study.toml"))
    assert error.value.key == key
    assert words in message
    assert "\n" not in message
    assert len(error.value.message) < 400


def test_enough_malformed_files() -> None:
    assert len(MALFORMED) >= 15


def test_a_circle_through_two_studies(tmp_path: Path) -> None:
    start = '[study]\nid = "{0}"\nshort = "A"\ncitation = "A"\n[[entry]]\nid = "x"\n'
    rest = (
        'quantity = "sd"\nvalue = 1.0\nunit = "points"\nflag = "derived"\nformula = "y"\n'
        'inputs = {{ y = "{1}.x" }}\n'
    )
    with pytest.raises(InvalidInput, match="cannot be derived from itself") as error:
        _library(tmp_path, a=(start + rest).format("a", "b"), b=(start + rest).format("b", "a"))
    assert error.value.key == "entry.x.inputs"


def test_folders_and_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such folder"):
        load_library(tmp_path / "none")
    with pytest.raises(InvalidInput, match=r"no \.toml file"):
        load_library(tmp_path)
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_library(tmp_path)


def test_in_python_without_a_file() -> None:
    entry = Entry(id="x", quantity="sd", value=7.25, unit="points", flag="assumed", reason="why")
    assert (entry.reference, decimals(entry)) == ("x", (2,))
    study = Study(id="s", short="S", citation="S", entries=(entry,))
    assert study.plain()["entries"][0]["value"] == 7.25
