import re

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
    for name in ("early stopping", "dropout", "L1", "L2"):
        assert table[name][2] > table["nothing"][2] + 0.02
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
    steps = [numbers(row) for row in text.splitlines()[1:5]]
    assert [row[3] for row in steps] == [3, 0, 0, 0]
    assert steps[0][4] != 0
    assert [row[4] for row in steps[1:]] == [0, 0, 0]
    dead, accuracy = {}, {}
    for row in rows(text, "                                without gradient"):
        _, at_the_end, mean = re.search(r"([\d.]+)% +([\d.]+)% +([\d.]+) \(", row).groups()
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
