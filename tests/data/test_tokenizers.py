import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data import BytePairTokenizer, CharTokenizer, DataError, Vocabulary, WordTokenizer, load_tokenizer

TEXTS = ["The cat sat on the mat.", "The dog, the cat!", "low lower lowest, newer newest"]
KINDS = [CharTokenizer, WordTokenizer, BytePairTokenizer]


def test_a_vocabulary_is_ordered_by_count_and_then_by_text():
    words = Vocabulary.build(["b", "a", "c", "a", "b", "d", "a"])
    assert words.known == ["a", "b", "c", "d"]
    assert words.ids(["a", "d", "zebra"]) == [2, 5, 1]
    assert words.tokens([0, 1, 3]) == ["<pad>", "<unk>", "b"]
    assert ("a" in words, "zebra" in words, len(words)) == (True, False, 6)
    assert Vocabulary.build(["b", "a", "c", "a", "b", "d", "a"], min_count=2).known == ["a", "b"]
    assert Vocabulary.build(["b", "a", "c", "a", "b", "d", "a"], max_size=3).known == ["a", "b", "c"]


def test_a_vocabulary_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="has the token 'a' twice"):
        Vocabulary(["a", "b", "a"])
    with pytest.raises(ValueError, match="no token of 1 is left with max_size=None and min_count=2"):
        Vocabulary.build(["a"], min_count=2)
    for number in (-1, 3):
        with pytest.raises(ValueError, match=rf"there is no token {number}; a vocabulary of 3 has 0\.\.2"):
            Vocabulary(["a"]).tokens([number])


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_tokenizer_is_the_same_when_loaded(kind, tmp_path):
    tokenizer = kind.fit(TEXTS)
    tokenizer.save(tmp_path / "t.json")
    loaded = load_tokenizer(tmp_path / "t.json")
    assert type(loaded) is kind
    assert len(loaded) == len(tokenizer)
    for text in (*TEXTS, "A wholly new, été text!"):
        assert loaded.encode(text) == tokenizer.encode(text)
        assert loaded.decode(loaded.encode(text)) == tokenizer.decode(tokenizer.encode(text))
    first = (tmp_path / "t.json").read_bytes()
    kind.fit(TEXTS).save(tmp_path / "t.json")
    assert (tmp_path / "t.json").read_bytes() == first


def test_words_are_read_with_or_without_capitals(tmp_path):
    words = WordTokenizer.fit(TEXTS, lowercase=False)
    assert "The" in words.vocabulary
    words.save(tmp_path / "t.json")
    assert load_tokenizer(tmp_path / "t.json").split("The CAT") == ["The", "CAT"]
    assert WordTokenizer.fit(TEXTS).split("The CAT's naïve—yes") == ["the", "cat's", "naïve", "—", "yes"]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_lie_within_the_length_and_padding_is_not_decoded(kind):
    tokenizer = kind.fit(TEXTS)
    ids = tokenizer.encode("the cat")
    assert min(ids) >= 2
    assert max(tokenizer.encode(" ".join(TEXTS))) < len(tokenizer)
    assert tokenizer.decode([0, *ids, 0, 0]) == "the cat"
    with pytest.raises(ValueError, match="there is no token"):
        tokenizer.decode([len(tokenizer)])


def test_what_training_never_saw_is_unknown():
    assert CharTokenizer.fit(["ab"]).encode("abz") == [2, 3, 1]
    assert CharTokenizer.fit(["ab"]).unknown("zabyz") == ["z", "y"]
    assert CharTokenizer.fit(["ab"]).decode([2, 1]) == "a\N{REPLACEMENT CHARACTER}"
    words = WordTokenizer.fit(["a b"])
    assert words.decode(words.encode("a zebra")) == "a <unk>"


@pytest.mark.parametrize("kind", [CharTokenizer, WordTokenizer])
def test_the_names_of_padding_and_unknown_in_a_text_are_only_text(kind):
    tokenizer = kind.fit(["a b <pad> <unk>"])
    ids = tokenizer.encode("<pad><unk>")
    assert 0 not in ids
    assert 1 not in ids


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40))
def test_byte_pairs_give_every_text_back(text):
    tokenizer = BytePairTokenizer.fit(TEXTS, size=280)
    ids = tokenizer.encode(text)
    assert all(2 <= i < len(tokenizer) for i in ids)
    assert tokenizer.decode(ids) == text


def test_byte_pairs_merge_what_is_frequent_and_stop_at_the_size():
    small, large = BytePairTokenizer.fit(TEXTS * 5, size=258), BytePairTokenizer.fit(TEXTS * 5, size=280)
    assert (len(small), len(large)) == (258, 280)
    assert len(small.encode("lowest")) == 6
    assert len(large.encode("lowest")) < 5
    with pytest.raises(ValueError, match="size must be at least 258"):
        BytePairTokenizer.fit(TEXTS, size=257)


@pytest.mark.parametrize("kind", KINDS)
def test_one_text_in_place_of_a_list_is_refused(kind):
    with pytest.raises(TypeError, match=r"put the one text into a list"):
        kind.fit("a text")


def test_files_that_are_no_tokenizers_are_refused(tmp_path):
    path = tmp_path / "t.json"
    for state, complaint in (
        ([1], "is no tokenizer that Pellucid saved"),
        ({"format": 1, "kind": "pickle"}, "there is no tokenizer 'pickle'"),
        ({"format": 1, "kind": "wrod"}, "did you mean 'word'"),
        ({"format": 9, "kind": "word"}, "has format 9, this version reads 1"),
        ({"format": 1, "kind": "word", "tokens": ["a"]}, "is damaged"),
        ({"format": 1, "kind": "char", "tokens": ["a", "a"]}, "has the token 'a' twice"),
        ({"format": 1, "kind": "bytepair", "tokenizer": "{}"}, "is damaged"),
    ):
        path.write_text(json.dumps(state))
        with pytest.raises(DataError, match=complaint):
            load_tokenizer(path)
    path.write_text("{")
    with pytest.raises(DataError, match="not a valid JSON file"):
        load_tokenizer(path)
    with pytest.raises(DataError, match="cannot be read"):
        load_tokenizer(tmp_path / "none.json")
