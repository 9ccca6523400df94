import re
from pathlib import Path

from pellucid.cli import report
from pellucid.train.config import RunConfig
from pellucid.train.run import train_run


def test_a_report_tells_what_the_run_came_to(customers, folder):
    config = RunConfig(
        data="customers.csv",
        target="left",
        lr=0.01,
        epochs=5,
        drop=("paid",),
        hidden=(6,),
        batch_norm=True,
        stratify=False,
    )
    result = train_run(config, folder / "run")
    data = report.report_of(result)
    assert data.metrics["test"]["accuracy"] == result.metrics["test"]["accuracy"]
    assert not [name for name in data.metrics["test"] if "/" in name]
    assert data.parameters == sum(p.numel() for p in result.model.parameters())
    columns = {c.name: c for c in data.columns}
    assert set(columns) == {"customer_id", "age", "city", "member", "joined", "currency", "paid"}
    assert columns["age"].missing == 6
    assert columns["customer_id"].left_out == "numbers the rows"
    assert columns["paid"].left_out == "dropped as asked"
    assert (
        data.command
        == "pellucid train customers.csv --target left --hidden 6 --batch-norm --lr 0.01 --epochs 5 --drop paid "
        "--no-stratify"
    )
    assert data.training["batch norm"] is True
    assert "dropout" not in data.training
    assert data.split == {"train": 72, "validation": 24, "test": 24}
    assert data.best_epoch == result.history.best_epoch
    assert data.stopped == "All 5 epochs were trained."
    page = report.write(result).read_text()
    assert f"{result.metrics['test']['log_loss']:.4g}" in page
    assert not re.search(r'(src|href)="https?:', page)


def test_rows_without_target_are_accounted_for(folder, make_customers):
    table = make_customers()
    table.loc[:9, "left"] = None
    table.to_csv("gaps.csv", index=False)
    data = report.report_of(train_run(RunConfig(data="gaps.csv", target="left", epochs=1), folder / "run"))
    assert data.rows == 120
    assert data.rows_left_out == {"the target is missing": 10}


def test_numbers_are_reported_in_their_own_unit(folder):
    result = train_run(RunConfig(data="diabetes", epochs=2), folder / "run")
    data = report.report_of(result)
    assert 25 <= min(data.y_true) < max(data.y_true) <= 346
    assert data.scores is None
    assert "off by" in data.headline
    assert Path(report.write(result)).exists()
