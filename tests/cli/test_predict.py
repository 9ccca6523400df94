import io
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pellucid import _files
from pellucid.train.run_folder import load_run


def test_predictions_are_added_to_the_columns_of_the_input(pellucid, trained):
    outcome = pellucid("predict", trained, "customers.csv")
    assert (outcome.code, outcome.err) == (0, "")
    given, answered = pd.read_csv("customers.csv"), pd.read_csv(io.StringIO(outcome.out))
    pd.testing.assert_frame_equal(answered[given.columns], given)
    assert list(answered.columns[len(given.columns) :]) == ["prediction", "probability_no", "probability_yes"]
    assert ((answered.probability_no + answered.probability_yes - 1).abs() < 1e-12).all()
    assert ((answered.prediction == "yes") == (answered.probability_yes > 0.5)).all()
    assert (answered.prediction == given.left).mean() > 0.7


def test_whole_numbers_with_gaps_stay_whole(pellucid, trained):
    ages = [line.split(",")[1] for line in pellucid("predict", trained, "customers.csv").out.splitlines()[1:]]
    assert ages == [
        line.split(",")[1].removesuffix(".0") for line in Path("customers.csv").read_text().splitlines()[1:]
    ]


def test_rows_come_from_standard_input_without_the_target(pellucid, trained, make_customers):
    table = make_customers(5, seed=9).drop(columns="left")
    outcome = pellucid("predict", trained, "-", stdin=table.to_csv(index=False).encode())
    assert outcome.code == 0
    answered = pd.read_csv(io.StringIO(outcome.out))
    expected = load_run(trained).outputs(table)
    assert answered.probability_yes.tolist() == pytest.approx(expected[:, 1].tolist(), rel=1e-12)


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_a_file_is_written_as_its_name_says(pellucid, trained, name):
    printed = pd.read_csv(io.StringIO(pellucid("predict", trained, "customers.csv").out))
    outcome = pellucid("predict", trained, "customers.csv", "-o", name)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", f"120 rows written to {name}\n")
    written = pd.read_parquet(name) if name.endswith("parquet") else pd.read_csv(name)
    pd.testing.assert_frame_equal(written, printed, check_dtype=False)


def test_numbers_are_predicted_without_probabilities(pellucid):
    assert pellucid("train", "diabetes", "--epochs", "2", "--out", "r").code == 0
    answered = pd.read_csv(io.StringIO(pellucid("predict", "r", "diabetes").out))
    assert answered.columns[-2:].tolist() == ["progression", "prediction"]
    assert answered.prediction.between(-200, 600).all()


def test_categories_that_training_never_saw_are_reported(pellucid, trained, make_customers):
    table = make_customers(6, seed=1)
    table.loc[2, "city"] = "Atlantis"
    outcome = pellucid("predict", trained, "-", stdin=table.to_csv(index=False).encode())
    assert outcome.code == 0
    assert outcome.err == (
        "note: column 'city' holds values that training never saw: Atlantis; they count as none of the known ones\n"
    )
    assert len(outcome.out.splitlines()) == 7


def complaint_about(pellucid, trained, contents, table, *options):
    """Return what is said about a table that cannot be answered, having checked that nothing changed."""
    table.to_csv("new.csv", index=False)
    before = contents(".")
    outcome = pellucid("predict", trained, "new.csv", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert contents(".") == before
    assert outcome.err.count("\n") == 1
    return outcome.err


def test_a_missing_column_is_named(pellucid, trained, contents, make_customers):
    said = complaint_about(pellucid, trained, contents, make_customers(4).drop(columns="paid"))
    assert said.startswith("error: new.csv: the table lacks the column 'paid'")


def test_text_where_numbers_were_is_found_with_its_line(pellucid, trained, contents, make_customers):
    table = make_customers(4).astype({"paid": object})
    table.loc[2, "paid"] = "much"
    said = complaint_about(pellucid, trained, contents, table, "-o", "out.csv")
    assert said.startswith("error: new.csv, line 4, column 'paid': found 'much' where a number was expected")


def test_a_column_that_would_be_replaced_is_refused(pellucid, trained, contents, make_customers):
    said = complaint_about(pellucid, trained, contents, make_customers(4).assign(prediction=1))
    assert "already has a column 'prediction'" in said


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ("customers.csv", "-o customers.csv is the input itself and would be lost; choose another name"),
        ("./run/../customers.csv", "-o ./run/../customers.csv is the input itself"),
        ("out.xlsx", "-o out.xlsx must end in .csv, .csv.gz, .parquet, .pq"),
        ("none/out.csv", "-o none/out.csv: there is no folder none"),
        ("folder.csv", "-o folder.csv: it is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_done(pellucid, trained, contents, output, complaint):
    Path("folder.csv").mkdir()
    before = contents(".")
    outcome = pellucid("predict", trained, "customers.csv", "-o", output)
    assert outcome.code == 2
    assert outcome.err.startswith(f"error: {complaint}")
    assert contents(".") == before


def test_a_full_disk_leaves_an_earlier_output(pellucid, trained, contents, monkeypatch):
    Path("out.csv").write_text("earlier")
    before = contents(".")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_files.os, "fsync", full)
    outcome = pellucid("predict", trained, "customers.csv", "-o", "out.csv")
    assert outcome.code == 2
    assert outcome.err.startswith("error: the disk is full")
    before.pop(Path()), (after := contents(".")).pop(Path())  # a temporary file came and went
    assert after == before


FILES = ("model.safetensors", "config.json", "preprocessing.json", "preprocessing.skops")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("keep", [0, 0.3, 0.99])
def test_a_truncated_file_of_a_run_is_named(pellucid, trained, contents, name, keep):
    path = trained / name
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    before = contents(trained)
    outcome = pellucid("predict", trained, "customers.csv")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert name in outcome.err
    assert outcome.err.count("\n") == 1
    assert contents(trained) == before


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_of_a_run_is_named(pellucid, trained, name):
    (trained / name).unlink()
    outcome = pellucid("predict", trained, "customers.csv")
    assert outcome.code == 2
    assert name in outcome.err


def test_a_model_of_another_run_is_refused(pellucid, trained):
    assert pellucid("train", "iris", "--epochs", "1", "--out", "iris").code == 0
    shutil.copy("iris/model.safetensors", trained / "model.safetensors")
    outcome = pellucid("predict", trained, "customers.csv")
    assert outcome.code == 2
    assert outcome.err.startswith("error: run cannot be read: ")
    assert "layers.linear1.weight" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_configuration_that_was_tampered_with_is_refused(pellucid, trained):
    path = trained / "config.json"
    path.write_text(path.read_text().replace('"kind": "MLP"', '"kind": "os.system"'))
    outcome = pellucid("predict", trained, "customers.csv")
    assert outcome.code == 2
    assert "os.system" in outcome.err


def test_an_unfinished_run_cannot_predict_yet(pellucid, trained):
    (trained / "model.safetensors").unlink()
    outcome = pellucid("predict", trained, "customers.csv")
    assert outcome.err == (
        "error: run has no model.safetensors: its training is not finished; continue it with --resume\n"
    )
