import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from pellucid import plot
from pellucid.plot.svg import PAGE, inline_svg, page


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314, as it was written here


def drawn(names, key="key", description="a picture"):
    with page():
        return inline_svg(plot.confusion_matrix([[3, 1], [0, 2]], names), key, description)


def test_an_svg_is_one_element_without_foreign_addresses():
    svg = drawn(["a", "b"])
    root = parsed(svg)
    assert root.tag == "svg"
    assert not {"style", "metadata", "script"} & {part.tag for part in root.iter()}
    assert "http" not in svg
    assert "xmlns" not in svg


def test_its_references_are_its_own():
    svg = drawn(["a", "b"], key="cm")
    ids = re.findall(r' id="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("cm-") for name in ids)
    references = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg)
    assert references
    assert {a or b for a, b in references} <= set(ids)


def test_colours_of_text_and_axes_are_the_page_s():
    svg = drawn(["a", "b"])
    assert "var(--ink)" in svg
    assert "var(--muted)" in svg
    assert not any(color in svg for color in (PAGE.ink, PAGE.muted, PAGE.grid))


def test_text_stays_text_whatever_it_holds():
    names = ['<b> & "quoted" #010203', "$\\x$ 猫 url(#a)"]
    svg = drawn(names, description='said "<i>"')
    texts = {text.text for text in parsed(svg).iter("text")}
    assert set(names) <= texts
    assert "<b>" not in svg
    assert parsed(svg).get("aria-label") == 'said "<i>"'


def test_the_same_picture_gives_the_same_letters():
    assert drawn(["a", "b"]) == drawn(["a", "b"])


def test_images_stay_inside():
    with page():
        ax = plot.decision_boundary(lambda X: X[:, 0] > 0.5, np.eye(2), [0, 1], resolution=9)
        svg = inline_svg(ax, "plane", "a plane")
    image = parsed(svg).find(".//image")
    assert image is not None
    assert image.get("href", "").startswith("data:image/png;base64,")


@pytest.mark.parametrize("key", ["one", "two"])
def test_ids_of_two_pictures_differ(key):
    other = set(re.findall(r' id="([^"]*)"', drawn(["a", "b"], key="other")))
    assert not other & set(re.findall(r' id="([^"]*)"', drawn(["a", "b"], key=key)))
