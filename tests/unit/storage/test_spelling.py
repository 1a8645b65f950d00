"""Words whose capitals count are found the quick way where they are found the slow way, and not elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.folded import unfolded
from storage.language.query import parse
from storage.language.syntax import Field, leaves
from storage.language.texts import FieldText

# What stands within words and between them, folds to it, or to a letter, or to nothing.
SIGNS = "abABiIsS .,&'-–’“…₁①．＆․\u00ad\u200bßẞœŒıİéÉﬁ™½\u212a"
LEAVES = [leaf for query in ("case(Ab)", "case(AB)", "allcaps(ab)", "allcaps(a)", "case(Ss)", "allcaps(ss)", "case(A.B)", "allcaps(is)",
                             'case("Ab Ba")', "case(A*)", "case(Éa)", "allcaps(ai)")
          for leaf in leaves(parse(query).node)]  # fmt: skip


class Slow(FieldText):
    """Looks at each word where it stands."""

    def _written_somewhere(self, leaf):
        return True


@given(st.text(SIGNS, max_size=12), st.sampled_from(LEAVES))
def test_what_is_seen_quickly_is_what_each_word_shows(text, leaf):
    assert FieldText(Field.BODY, text).find(leaf) == Slow(Field.BODY, text).find(leaf)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("U.S. – “AT&T”", "US – “ATT”"),
        ("more…", "more…"),
        ("Zürich", None),
        ("A．B", None),
        ("soft\u00adhyphen", None),
        ("", ""),
    ],
)
def test_a_text_as_written_has_its_letters_or_is_left_to_the_slow_way(text, written):
    assert unfolded(text) == written
