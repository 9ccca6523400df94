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
