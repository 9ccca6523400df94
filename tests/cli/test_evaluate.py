import json

from pellucid.train.run_folder import load_run


def test_metrics_are_shown_overall_and_by_class(pellucid, trained, make_customers):
    table = make_customers(60, seed=3)
    table.to_csv("new.csv", index=False)
    outcome = pellucid("evaluate", trained, "new.csv")
    assert (outcome.code, outcome.err) == (0, "")
    metrics = load_run(trained).evaluate(table)
    lines = [line.split() for line in outcome.out.splitlines()]
    assert ["accuracy", f"{metrics['accuracy']:.4f}"] in lines
    assert ["f1", "weighted", f"{metrics['f1_weighted']:.4f}"] in lines
    assert ["rows", "60"] in lines
    by_class = [f"{metrics[f'{name}/yes']:.4f}" for name in ("precision", "recall", "f1")]
    assert ["yes", *by_class, str((table.left == "yes").sum())] in lines


def test_json_has_the_numbers_of_the_table(pellucid, trained, make_customers):
    table = make_customers(60, seed=3)
    table.loc[:4, "left"] = None
    outcome = pellucid("evaluate", trained, "-", "--json", stdin=table.to_csv(index=False).encode())
    assert outcome.code == 0
    metrics = json.loads(outcome.out)
    assert (metrics["rows"], metrics["dropped"]) == (55, 5)
    assert metrics == load_run(trained).evaluate(table)


def test_judging_by_the_rows_of_the_training_is_pointed_out(pellucid, trained):
    outcome = pellucid("evaluate", trained, "customers.csv", "--json")
    assert outcome.code == 0
    assert outcome.err.startswith("note: run was trained on most of these very rows")
    json.loads(outcome.out)


def test_an_embedded_set_is_data_too(pellucid):
    assert pellucid("train", "sine", "--epochs", "2", "--out", "r").code == 0
    assert "rmse" in pellucid("evaluate", "r", "sine").out


def test_a_table_without_the_target_is_named(pellucid, trained, make_customers):
    make_customers(10).drop(columns="left").to_csv("new.csv", index=False)
    outcome = pellucid("evaluate", trained, "new.csv")
    assert outcome.code == 2
    assert outcome.err.startswith("error: new.csv: there is no column 'left'")


def test_a_class_that_training_never_saw_is_found_with_its_line(pellucid, trained, make_customers, contents):
    table = make_customers(10)
    table.loc[3, "left"] = "perhaps"
    table.to_csv("new.csv", index=False)
    before = contents(trained)
    outcome = pellucid("evaluate", trained, "new.csv")
    assert outcome.code == 2
    assert outcome.err.startswith("error: new.csv, line 5, column 'left': the target is 'perhaps'")
    assert contents(trained) == before
