import csv
import re
from collections import Counter

import numpy as np
from tests.examples.chapters import EXAMPLES, line, numbers

DATA = EXAMPLES / "projects" / "data"


def rows(text, heading):
    """Give the indented rows that follow the line beginning with `heading`."""
    after = text[text.index(heading) :].splitlines()[1:]
    end = next((i for i, row in enumerate(after) if not row.startswith("  ")), len(after))
    return [row.strip() for row in after[:end]]


def test_20_a_convolution_by_hand_is_the_librarys_and_its_window_is_learned(said):
    text = said("20")
    assert [row for row in text.splitlines() if "the library says the same" in row] == [
        "the library says the same: True"
    ] * 2
    sizes = [numbers(row.split(":")[1]) for row in rows(text, "size of the result of 28 pixels")]
    assert [row[0] for row in sizes] == [26, 28, 28, 14, 28, 14]
    assert all(by_formula == by_layer for by_formula, by_layer in sizes)
    for name in ("dW", "dx"):
        assert line(text, f"{name} by hand and by the tape agree: ") == "True"
    assert "dense 530,660, convolution 10" in text
    assert line(text, "a picture moved by a pixel gives the result moved by a pixel: ") == "True"
    losses = [numbers(row.split("loss")[1])[0] for row in rows(text, "learning Sobel's window")]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > 0.05
    assert losses[-1] < 1e-9
    assert numbers(line(text, "largest difference from Sobel's weights:"))[0] < 1e-4


def test_21_byte_pairs_shorten_unseen_text_as_the_librarys_do(said):
    text = said("21")
    toy = rows(text, "joined first in low")
    assert toy[0].startswith("'s' + 't': 9 times")  # newest 6 times and widest 3
    counts = [int(re.search(r", (\d+) times", row)[1]) for row in rows(text, "joined in the book:")]
    assert len(counts) == 7
    assert counts == sorted(counts, reverse=True)
    assert "Alice| thought| the|" in text
    ours = numbers(line(text, "9714 unseen characters are"))[1]
    theirs = numbers(line(text, "the library:"))[0]
    assert abs(ours - theirs) < 0.1
    assert line(text, "and back again, without loss: ") == "True"
    sizes, lengths = zip(*map(numbers, rows(text, "size of the vocabulary")), strict=True)
    assert sizes == (256, 300, 400, 600, 800, 1000)
    assert lengths[0] == 1
    assert lengths[-1] == ours
    assert list(lengths) == sorted(lengths)


def test_22_gates_by_hand_are_the_librarys_and_a_forget_bias_carries_far(said):
    text = said("22")
    t, x, i, f, g, o, c, h = zip(*map(numbers, rows(text, "  t     x")), strict=True)
    assert t == (1, 2, 3, 4)
    assert x == (1, 0, -1, 0)
    for step in range(4):
        before = c[step - 1] if step else 0.0
        assert abs(c[step] - (f[step] * before + i[step] * g[step])) < 0.01
        assert abs(h[step] - o[step] * np.tanh(c[step])) < 0.005
    assert line(text, "the library says the same: ") == "True"
    reach = {row[:19].strip(): numbers(row[19:]) for row in rows(text, "size of the gradient at the last input")}
    assert list(reach) == ["RNN", "LSTM", "LSTM, forget bias 3"]
    assert reach["RNN"][3] < 1e-6 * reach["RNN"][0]
    assert reach["RNN"][3] < reach["LSTM"][3] < 1e-6 * reach["LSTM"][0]
    assert reach["LSTM, forget bias 3"][3] > 0.05 * reach["LSTM, forget bias 3"][0]
    accuracy = {row[:19].strip(): numbers(row[19:]) for row in rows(text, "which sign was the first of 30?")}
    assert all(accuracy[name][2] < 0.65 for name in ("RNN", "GRU", "LSTM"))
    assert accuracy["LSTM, forget bias 3"][2] > 0.95


def test_23_attention_by_hand_is_the_librarys_and_learns_to_look_up(said):
    text = said("23")
    assert text.count("the library says the same: True") == 2
    assert line(text, "gradients by hand and by the tape agree: ") == "True"
    assert "[[1.   0.   0.  ]" in text  # the first element sees itself alone
    for _, with_root, without in map(numbers, rows(text, "largest share among 20 random keys")):
        assert with_root < 0.3
        assert without > with_root + 0.1
    accuracy, share = zip(*(numbers(row)[1:] for row in rows(text, "which number stood beside")), strict=True)
    assert accuracy[0] < 0.5
    assert accuracy[-1] > 0.98
    assert share[-1] > 0.9


def test_24_products_of_places_depend_on_the_distance_and_places_are_needed(said):
    text = said("24")
    assert line(text, "words exchanged, results exchanged, and nothing else: ") == "True"
    assert line(text, "the library's waves are the same: ") == "True"
    waves = rows(text, "product of the codes of two places:")
    rotations = rows(text, "rotated query")
    for row in waves + rotations:
        first, *others = numbers(row.split(": ")[1])
        assert all(abs(first - other) < 2e-3 for other in others)
    assert len({row.split(": ")[1] for row in rotations}) == 4
    unturned = numbers(line(text, "rotated query"))[0]
    assert abs(numbers(rotations[0].split(": ")[1])[0] - unturned) < 2e-3
    accuracy = {row.split()[0]: numbers(row)[-1] for row in rows(text, "A before B?")}
    assert accuracy["nothing"] < 0.6
    assert min(accuracy["waves"], accuracy["rotations"]) > 0.97


def test_25_the_range_test_finds_a_good_rate_and_chance_beats_the_grid(said):
    text = said("25")
    assert "the same losses: True; the weights as before: True" in text
    valley, steepest = numbers(line(text, "middle of the valley:"))
    lowest = numbers(line(text, "rate, loss:"))[2]
    assert 0.02 < valley < steepest < lowest < 1
    accuracy = [numbers(row)[1] for row in rows(text, "five epochs with a rate")]
    assert accuracy[2] == max(accuracy) > 0.9
    assert accuracy[0] < 0.5
    assert accuracy[3] < 0.5
    folds = numbers(line(text, "seven rows in three folds:"))
    assert sorted(folds) == list(range(7))
    found = {row.split()[0]: numbers(row) for row in rows(text, "nine trials, three folds each")}
    assert found["random"][2] > found["grid"][2]
    assert (found["grid"][-1], found["random"][-1]) == (3, 9)


def test_the_sentences_are_balanced_twins_without_repetition():
    with (DATA / "opinions.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len({row["review"] for row in table}) == 1290
    assert Counter(row["form"] for row in table) == {"plain": 740, "negated": 450, "mixed": 100}
    for first, second in zip(table[::2], table[1::2], strict=True):
        assert (first["opinion"], second["opinion"]) == ("positive", "negative")
        assert (first["pair"], first["form"]) == (second["pair"], second["form"])


def test_the_book_is_plain_and_whole():
    text = (DATA / "alice.txt").read_text(encoding="ascii")
    assert len(text) == 97136
    assert len(set(text)) == 64
    assert re.findall(r"^CHAPTER ([IV]+)\.", text, re.MULTILINE) == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]
