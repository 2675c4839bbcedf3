import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.errors import InvalidOption
from detente.core.products import CodeIndex, Cover, Scope, normalise_hs

CODES = st.text("0123456789", min_size=10, max_size=10)
PREFIXES = st.frozensets(
    st.sampled_from([2, 4, 6, 8, 10]).flatmap(lambda n: st.text("0123", min_size=n, max_size=n)), max_size=8
)


def test_dots_are_dropped_and_odd_codes_refused():
    assert normalise_hs("7326.90.8688") == "7326908688"
    for bad in ("732", "abcd", "12345678901", ""):
        with pytest.raises(InvalidOption):
            normalise_hs(bad)


def test_a_code_shorter_than_its_list_is_in_part():
    scope = Scope(include=frozenset({"73269086"}))
    assert scope.cover("7326908688") is Cover.YES
    assert scope.cover("7326") is Cover.PART
    assert scope.cover("8517") is Cover.NO


def test_exemptions_win_and_other_scopes_are_taken_out():
    steel = Scope(include=frozenset({"7326"}))
    rest = Scope.everything(exempt=["8517"]).less([steel])
    assert rest.cover("8517130000") is Cover.NO
    assert rest.cover("7326908688") is Cover.NO
    assert rest.cover("9503000073") is Cover.YES
    assert not rest.whole
    assert Scope.everything().whole


@given(st.lists(CODES, min_size=1, max_size=20), PREFIXES, PREFIXES, st.booleans())
def test_the_mask_agrees_with_cover(codes, include, exempt, all_goods):
    """Ten-digit codes are never in part, so the two must agree on every one."""
    scope = Scope(all_goods, frozenset() if all_goods else include, exempt)
    mask = CodeIndex(codes).mask(scope)
    assert mask.tolist() == [scope.cover(code) is Cover.YES for code in codes]


def test_a_line_of_eight_digits_counts_as_included_when_a_finer_prefix_is():
    index = CodeIndex(["73269086", "73269085"])
    assert index.mask(Scope(include=frozenset({"7326908688"}))).tolist() == [True, False]
    assert index.mask(Scope.everything(exempt=["7326908688"])).tolist() == [True, True]


def test_leading_zeros_are_kept():
    index = CodeIndex(["0102030405", "1020304050"])
    assert np.array_equal(index.mask(Scope(include=frozenset({"01"}))), [True, False])
