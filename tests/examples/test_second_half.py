import re

import numpy as np
from tests.examples.chapters import line, numbers


def rows(text, heading):
    """Return the indented lines below the one that begins with `heading`, up to one that is not indented."""
    lines = text.splitlines()
    (start,) = [i for i, row in enumerate(lines) if row.startswith(heading)]
    found = []
    for row in lines[start + 1 :]:
        if not row.startswith("  "):
            break
        found.append(row.strip())
    return found


def test_11_scaling_helps_and_what_is_fitted_on_the_test_rows_deceives(said):
    text = said("11")
    lists = (line(text, f"{way:<14}[") for way in ("ages", "normalized", "standardized"))
    ages, normalized, standardized = (np.array(numbers(row)[:4]) for row in lists)
    assert normalized.tolist() == ((ages - 20) / 50).tolist()
    assert np.abs(standardized - (ages - ages.mean()) / ages.std()).max() < 0.0051
    assert "class 2 of 4 becomes [0. 0. 1. 0.]" in text
    scaled = {row.split()[0]: numbers(row) for row in rows(text, "mean of 'proline'")}
    assert set(scaled) == {"raw", "normalized", "standardized"}
    _, raw_loss, raw_accuracy = scaled["raw"]
    for way in ("normalized", "standardized"):
        _, loss, accuracy = scaled[way]
        assert loss < 0.1 * raw_loss
        assert accuracy > raw_accuracy + 0.15
    assert [numbers(row)[-1] for row in rows(text, "is it green?")] == [0.67, 1.0]
    well, badly = numbers(line(text, "deliveries scaled as in training: "))
    assert well > 0.9
    assert badly < 0.5
    assert abs(numbers(line(text, "scale fitted on the nine known prices: "))[0] - 0.5) < 0.05
    assert numbers(line(text, "scale fitted on all ten: "))[0] > 0.6
    honest, leaky = numbers(line(text, "wines, scaler fitted on the training rows: "))
    assert abs(honest - leaky) < 0.03  # "it need not show"


def test_12_a_large_network_overfits_and_four_remedies_help(said):
    text = said("12")
    table = {row[:15].strip(): numbers(row[15:]) for row in rows(text, "                 training loss")}
    assert list(table) == ["nothing", "early stopping", "dropout", "L1", "L2", "batch norm"]
    assert all(low <= mean <= high for _, _, mean, low, high, *_ in table.values())
    for name in ("early stopping", "dropout", "L1", "L2"):
        assert table[name][2] > table["nothing"][2] + 0.02
        assert table[name][5:] == [3, 3]  # better in each of three draws
        assert table[name][0] > table["nothing"][0]  # it fits the training rows less closely
    assert table["batch norm"][0] == min(row[0] for row in table.values())  # "batch norm learns fastest"
    assert numbers(line(text, "The validation loss was lowest in epoch"))[0] < 30
    lowest, last = numbers(line(text, "The validation loss was lowest in epoch"))[1:]
    assert last > lowest + 0.2
    gains = {row[:15].strip(): numbers(row[15:])[0] for row in rows(text, "Mean gain in accuracy")}
    for name, gain in gains.items():
        assert abs(gain - (table[name][2] - table["nothing"][2])) < 0.0011


def test_13_gradients_vanish_or_explode_unless_the_start_is_right(said):
    text = said("13")
    spread = {row.split()[0]: numbers(row)[0] for row in rows(text, "standard deviation of the weights")[:4]}
    assert abs(spread["Xavier"] - 0.125) < 0.01
    assert abs(spread["He"] - 0.177) < 0.01
    flow = {tuple(row.split()[:2]): numbers(row) for row in rows(text, "20 hidden layers")}
    assert len(flow) == 12
    for start in ("small", "Xavier", "He"):
        _, first, last = flow["sigmoid", start]
        assert first < 1e-6 * last
    for activation in ("tanh", "relu"):
        assert flow[activation, "small"][0] < 1e-15  # the signal is lost on the way forward ...
        assert flow[activation, "small"][2] < 1e-15  # ... and with it the gradient of the last layer
    assert flow["relu", "large"][0] > 1e10
    assert flow["tanh", "large"][1] > 1e4
    assert 0.05 < flow["tanh", "Xavier"][1] < 20
    assert 0.05 < flow["relu", "He"][1] < 100
    assert flow["relu", "Xavier"][0] < 0.01 * flow["relu", "He"][0]  # "or it fades"
    losses = {
        (row.split()[0], name): float(loss)
        for row in rows(text, "training loss after 50 steps")
        for name, loss in re.findall(r"(\w+) ([\d.e+]+)(?:,|$)", row)
    }
    assert len(losses) == 12
    assert all(losses["sigmoid", start] > 2.2 for start in ("small", "Xavier", "He"))
    assert losses["tanh", "Xavier"] < 0.5
    assert losses["relu", "He"] < 0.5 < losses["relu", "Xavier"]


def test_14_relus_die_and_the_remedies_help(said):
    text = said("14")
    _, w, b, loss, rows_on, slope = zip(*(numbers(row) for row in text.splitlines()[1:5]), strict=True)
    assert rows_on == (3, 0, 0, 0)
    assert slope[0] > 1
    assert slope[1:] == (0, 0, 0)
    assert w[1] == w[2] == w[3] != w[0]
    assert b[1] == b[2] == b[3] != b[0]
    assert loss[1] == loss[3] > 0.01  # there would be something to learn
    dead, accuracy = {}, {}
    for row in rows(text, "                                without gradient"):
        at_first, at_the_end, mean = re.search(r"([\d.]+)% +([\d.]+)% +([\d.]+) \(", row).groups()
        assert float(at_first) < 10
        dead[row[:28].strip()], accuracy[row[:28].strip()] = float(at_the_end), float(mean)
    assert len(dead) == 4
    provoked, *remedies = dead
    assert dead[provoked] > 15
    for name in remedies:
        assert dead[name] < 8
        assert accuracy[name] > accuracy[provoked] + 0.02
    assert dead["the same with LeakyReLU"] == 0
    relu, leaky = (numbers(line(text, f"lr 0.6 with {name}:")) for name in ("ReLU", "LeakyReLU"))
    assert relu[0] == 0
    assert relu[2] > 30
    assert leaky[0] >= 2


def test_15_every_schedule_gets_closer_than_every_constant_rate(said):
    text = said("15")
    table = rows(text, "600 steps; the lowest possible loss is")
    constant = {numbers(row)[0]: numbers(row)[1] for row in table if row.startswith("constant")}
    assert constant[0.03] < constant[0.01]  # small steps are too slow ...
    assert constant[0.03] < constant[0.1] < constant[0.3]  # ... large ones rattle, the more the larger
    schedules = {row[:19].strip(): numbers(row[19:]) for row in table if not row.startswith("constant")}
    assert len(schedules) == 7
    for missing, first, highest, last in schedules.values():
        assert missing < 0.5 * min(constant.values())
        assert abs(highest - 0.1) < 0.0011
        assert last < 0.1 * highest
        assert first <= highest
    assert [name for name, row in schedules.items() if row[1] < 0.05] == ["warm-up, cosine", "OneCycleLR"]
    lowest, best = numbers(line(text, "The best constant rate leaves"))[:2]
    assert lowest == min(constant.values())
    assert best == min(row[0] for row in schedules.values())
    assert line(text, "7 of 7 schedules beat every constant rate") == "."


def test_16_accuracy_misleads_and_the_threshold_decides(said):
    text = said("16")
    network = numbers(line(text, "accuracy of the network:"))[0]
    trivial = numbers(line(text, 'accuracy of saying "healthy" to everybody:'))[0]
    assert abs(network - trivial) < 0.02
    table = [numbers(row) for row in text.splitlines() if re.fullmatch(r" +0\.\d+ [ \d.]+", row)]
    assert [row[0] for row in table] == [0.5, 0.3, 0.2, 0.1, 0.05]
    for _, TP, FP, FN, TN, accuracy, precision, recall, F1 in table:
        assert TP + FN == 72
        assert abs(accuracy - (TP + TN) / (TP + FP + FN + TN)) < 6e-4
        assert abs(precision - TP / max(TP + FP, 1)) < 6e-4
        assert abs(recall - TP / (TP + FN)) < 6e-4
        assert abs(F1 - 2 * precision * recall / max(precision + recall, 1e-9)) < 2e-3
    assert table[0][7] < 0.3  # with one half nearly all of the ill are missed
    assert table[-1][7] > 0.7
    auc, pairs, _ = numbers(line(text, "ROC AUC"))
    assert auc == pairs > 0.85
    assert numbers(line(text, "average precision"))[0] < 0.6  # where AUC flatters
    chosen, theory = numbers(line(text, "cheapest threshold on the validation rows:"))
    assert abs(chosen - theory) < 0.06
    _, cheap, habit = numbers(line(text, "cost per"))
    assert cheap < 0.7 * habit


def test_17_too_small_underfits_and_too_large_overfits_where_classes_overlap(said):
    text = said("17")
    tables = {}
    for task, block in zip(("moons", "spirals"), text.split("\n\n")[:2], strict=True):
        assert block.startswith(task)
        body = [row.strip() for row in block.splitlines()[2:7]]
        tables[task] = {re.split(r"  +", row)[0]: [float(n) for n in row.split()[-3:]] for row in body}
        best = max(tables[task], key=lambda name: tables[task][name][2])
        assert f"best on fresh rows: {best}" in block
    assert [row[0] for row in tables["moons"].values()] == [6, 12, 22, 82, 4482]
    for task in tables.values():
        assert task["no hidden layer"][1] < 0.9  # underfitting shows on the training rows
        assert task["64 + 64 units"][1] > 0.98
    moons, spirals = tables["moons"], tables["spirals"]
    assert moons["64 + 64 units"][2] < moons["16 units"][2] - 0.005
    assert moons["64 + 64 units"][1] > moons["16 units"][1] + 0.02
    assert spirals["4 units"][1] < 0.8
    assert spirals["64 + 64 units"][2] == max(row[2] for row in spirals.values())


def test_18_a_transfer_harms_one_task_and_helps_the_other(said):
    text = said("18")
    trainable, all_of_them = numbers(line(text, "trainable parameters:"))
    assert trainable == 32 * 5 + 5
    assert all_of_them == 64 * 64 + 64 + 64 * 32 + 32 + trainable
    assert line(text, "gradient of a frozen weight: ") == "None"
    assert line(text, "frozen weights unchanged after 20 steps: ") == "True"
    tables = []
    for heading in ("0 to 4, then 5 to 9", "all digits, then odd or even"):
        *ways, wins = rows(text, heading)
        tables.append({way[:12].strip(): np.array(numbers(way[12:])).reshape(3, 3) for way in ways})
        assert all(low <= mean <= high for table in tables[-1].values() for mean, low, high in table)
        tables[-1]["wins"] = numbers(wins)[:3]
    harmed, helped = tables
    means = {way: harmed[way][:, 0] for way in ("from scratch", "frozen", "fine-tuned")}
    assert (means["frozen"] < means["fine-tuned"] - 0.05).all()
    assert (means["fine-tuned"] < means["from scratch"] - 0.02).all()
    assert harmed["wins"] == [0, 0, 0]
    for way in ("frozen", "fine-tuned"):
        assert (helped[way][:, 0] > helped["from scratch"][:, 0] + 0.005).all()
    assert min(helped["wins"]) >= 3


def test_19_the_loop_by_hand_and_trainer_give_the_same_numbers(said):
    text = said("19")
    by_hand, trainer = line(text, "by hand:").strip(), line(text, "with Trainer:").strip()
    assert by_hand == trainer
    best_epoch, _, accuracy = numbers(by_hand)
    assert accuracy > 0.9
    losses = [numbers(row.split(":")[1]) for row in text.splitlines() if re.match(r"epoch +\d+:", row)]
    assert len(losses) >= 4
    assert losses[-1][0] < 0.3 * losses[0][0]
    last, patience = numbers(line(text, "stopped after epoch"))
    assert last == best_epoch + patience < 60
    assert f"had not improved for {patience:.0f} epochs. The weights of epoch {best_epoch:.0f}" in text
    assert line(text, f"losses of all {last:.0f} epochs equal to the last bit: ") == "True"
    assert line(text, "weights equal to the last bit: ") == "True"
