from hypothesis import given
from hypothesis import strategies as st

from storage.likeness.alignment import Effort, aligned

few = st.lists(st.integers(0, 3), max_size=40)
many = st.lists(st.integers(0, 30), max_size=40)


def length_of_common_subsequence(a, b):
    row = [0] * (len(b) + 1)
    for each in a:
        last = row[:]
        for at, other in enumerate(b):
            row[at + 1] = last[at] + 1 if each == other else max(row[at], last[at + 1])
    return row[-1]


def check(a, b, runs):
    at = other = 0
    for run in runs:
        assert run.length > 0
        assert run.old >= at
        assert run.new >= other
        assert a[run.old : run.old + run.length] == b[run.new : run.new + run.length]
        at, other = run.old + run.length, run.new + run.length
    assert at <= len(a)
    assert other <= len(b)


@given(few | many, few | many)
def test_short_sequences_share_as_much_as_can_be(a, b):
    runs = aligned(a, b)
    check(a, b, runs)
    assert sum(run.length for run in runs) == length_of_common_subsequence(a, b)


@given(few | many, few | many)
def test_without_effort_left_the_result_is_still_true(a, b):
    check(a, b, aligned(a, b, Effort(0)))


@given(few)
def test_a_sequence_is_one_run_of_itself(a):
    assert aligned(a, a) == ([(0, 0, len(a))] if a else [])


def test_runs_that_touch_are_one():
    assert aligned("abcxdef", "abcdef") == [(0, 0, 3), (4, 3, 3)]
    assert aligned("", "abc") == []


def test_long_sequences_are_cut_at_what_is_unique():
    a = [n for n in range(9_000) for n in (n, -1)]
    b = [each for each in a if each % 100 != 7]
    runs = aligned(a, b)
    check(a, b, runs)
    assert sum(run.length for run in runs) == len(b)


def steps(a, b):
    effort = Effort()
    left = effort.left
    runs = aligned(a, b, effort)
    check(a, b, runs)
    return left - effort.left


def test_the_cost_is_bounded_whatever_the_input():
    """In steps, not seconds: twice the elements are at most some three times the steps."""
    hostile = {
        "nothing in common": lambda n: ([0] * n, [1] * n),
        "two elements": lambda n: ([i * i % 7 % 2 for i in range(n)], [i * i % 11 % 2 for i in range(n)]),
        "each twice": lambda n: ([i // 2 for i in range(n)], [n + i // 2 for i in range(n)]),
        "reversed": lambda n: ([*range(n // 2), *range(n // 2)], [*range(n // 2), *range(n // 2)][::-1]),
    }
    for name, made in hostile.items():
        small, large = steps(*made(50_000)), steps(*made(100_000))
        assert large <= max(3 * small, 3_000_000), (name, small, large)
