"""One line each: why words, a NEAR or a fact hold in a document or do not. A pure module."""

from collections.abc import Sequence
from dataclasses import replace

from alerts.reasons.near_misses import (
    Pair,
    alike,
    each_word,
    folded,
    forms,
    found_in,
    nearest_in_any_order,
    nearest_in_order,
    nearest_pairs,
)
from alerts.reasons.wording import (
    MOST_NAMED,
    PLACES,
    Rank,
    Reason,
    around,
    as_written,
    asked_of,
    listed,
    named,
    place_asked,
    place_of,
    places_of,
    positive,
    quoted,
    side,
    times,
    value_of,
    washed,
    words_count,
    written,
)
from storage.language.evaluate import occurrences
from storage.language.pieces import Text
from storage.language.prepared import Prepared, View
from storage.language.syntax import (
    Apart,
    AtLeast,
    Fact,
    Field,
    Look,
    Near,
    Node,
    Or,
    Scope,
    Within,
    Words,
    leaves,
    operator,
    wild,
)
from storage.models import DocumentKind

_MOST_FORMS = 3
_UNBOUND = 1_000_000  # words: more than a text has
_LOOKS = {
    Look.CASE: "must have its capitals so",
    Look.ALLCAPS: "must be in capitals only",
    Look.CAPITAL: "must have a capital",
    Look.NOCAPITAL: "must be without capitals",
    Look.ACCENTS: "must have its accents so",
    Look.EXACT: "must be written exactly so",
}
_ELSEWHERE = (Field.TITLE, Field.BODY, Field.COMMENT, Field.SOURCE, Field.AUTHOR, Field.TAG)


def _found(leaf: Words, texts: Sequence[Text]) -> str:
    """Where a leaf's words were found first, as they stand there."""
    where = found_in(leaf, texts)
    text, hits = where[0]
    line = f"{place_of(text)} has {as_written(text.base, hits[0].first, hits[0].last)}"
    context = around(text.base, hits[0].first, hits[0].last)
    count = sum(len(hits) for _, hits in where)
    more = f", {times(count)} in all" if count > 1 else ""
    return f"{line} (in: {context}){more}" if f'"{context}"' not in line else line + more


def proof(node: Words | Fact | Near | Apart | AtLeast, view: View, prepared: Prepared) -> str:
    """What makes a leaf, a NEAR, a NOT NEAR or a count hold."""
    match node:
        case Words():
            return _found(node, view.get(node.field, ()))
        case Fact():
            return f"{PLACES[node.field]} is {washed(prepared.fact(node) or '', 60)}"
        case AtLeast():
            count = sum(len(occurrences(node.part, text)) for text in view.get(next(leaves(node)).field, ()))
            return f"it occurs {times(count)}"
        case Apart():
            return _alone(node, view.get(next(leaves(node)).field, ()))
        case Near():
            pair = _nearest(node, *nearest_pairs(node.left, node.right, view.get(next(leaves(node)).field, ())))
            assert pair is not None  # it holds
            return f"{words_count(pair.between)} apart in {place_of(pair.text)}: {_stretch(pair)}"


def other(fact: Fact, prepared: Prepared) -> Reason:
    """What the document has where a fact asks for something else."""
    value, asked = value_of(fact, prepared), asked_of(fact)
    if not value:
        return Reason(Rank.FACT, f"{PLACES[fact.field]} is not known; {asked} is asked for")
    return Reason(Rank.FACT, f"{PLACES[fact.field]} is {value}, not {asked}")


def alternatives(node: Or) -> Reason:
    """The alternatives of which none holds."""
    whole = all(isinstance(part, Words) for part in node.parts)
    names = listed([written(part) for part in node.parts[:MOST_NAMED]], len(node.parts))
    return Reason(Rank.MISSING, f"none of these {'is there' if whole else 'is true'}: {names}")


def far(near: Near, texts: Sequence[Text]) -> Reason:
    """Both sides are there, and not near enough."""
    left, right = side(near.left), side(near.right)
    name = operator(near)
    forth, back = nearest_pairs(near.left, near.right, texts)
    nearest = _nearest(near, forth, back)
    if near.ordered and back is not None and (forth is None or back.between <= near.distance):
        return Reason(Rank.APART, f"{left} and {right} are there, but with {right} first, {words_count(back.between)} apart:"
                                  f" {_stretch(back)}; {name} wants {left} first")  # fmt: skip
    if nearest is not None:
        return Reason(Rank.APART, f"{left} and {right} are there, {words_count(nearest.between)} apart at the nearest;"
                                  f" {name} allows {near.distance}")  # fmt: skip
    lefts = [text for text in texts if occurrences(near.left, text)]
    rights = [text for text in texts if occurrences(near.right, text)]
    if any(text is each for text in lefts for each in rights):
        return Reason(Rank.APART, f"{left} and {right} stand on the same words only; {name} wants words of its own for each")
    return Reason(Rank.APART, f"{left} stands in {places_of(lefts)}, {right} in {places_of(rights)}; {name} wants them in one")


def accompanied(node: Apart, texts: Sequence[Text]) -> Reason:
    """The left side is there, and each time the right one is near it."""
    places = [(text, hit) for text in texts for hit in sorted(occurrences(node.left, text))]
    text, hit = places[0]
    pair = _nearest(node, *nearest_pairs(node.left, node.right, (text,)))
    shown = as_written(text.base, hit.first, hit.last) if pair is None else _stretch(pair)
    what = f"{named(node.left)} is there, with {named(node.right)}" if len(places) == 1 else (
           f"{named(node.left)} is there {times(len(places))}, each time with {named(node.right)}")  # fmt: skip
    return Reason(Rank.APART, f"{what} at most {words_count(node.distance)} away: {shown}; {operator(node)} wants one without")


def _alone(node: Apart, texts: Sequence[Text]) -> str:
    """The first of those that stand without the other side, and how many there are."""
    where = [(text, min(hits)) for text in texts if (hits := occurrences(node, text))]
    count = sum(len(occurrences(node, text)) for text in texts)
    text, hit = where[0]
    line = f"{place_of(text)} has {as_written(text.base, hit.first, hit.last)} without {named(node.right)} near it"
    more = f", {times(count)} in all" if count > 1 else ""
    return f"{line} (in: {around(text.base, hit.first, hit.last)}){more}"


def rare(node: AtLeast, texts: Sequence[Text]) -> Reason:
    """A part that occurs, and not as often as it should."""
    count = sum(len(occurrences(node.part, text)) for text in texts)
    return Reason(Rank.APART, f"{named(node.part)} occurs {times(count)}; {node.number} are asked for")


def outside(node: Node, texts: Sequence[Text], within: Within) -> Reason:
    """A part that holds, but not where first50 or changed look."""
    places = [(text, min(hits)) for text in texts if (hits := occurrences(_bare(node), text))]
    where, name = places_of(text for text, _ in places), named(node) if isinstance(node, Words) else written(node)
    if within.scope is Scope.ADDED:
        return Reason(Rank.APART, f"{name} stands in {where}, but the edit did not bring it")
    if within.scope is Scope.REMOVED:
        return Reason(Rank.APART, f"{name} stood in {where}, and the edit did not take it")
    text, hit = min(places, key=lambda place: place[1])
    limit = f"only the first {within.number} count"
    if isinstance(node, Words) and hit.first >= within.number:
        return Reason(Rank.APART, f"{name} stands in {place_of(text)}, first at word {hit.first + 1}; {limit}")
    return Reason(Rank.APART, f"{name} is true of {where}, but not of its first words; {limit}")


def missing(leaf: Words, texts: Sequence[Text], prepared: Prepared, *, hint: bool) -> Reason:
    """Why words are not found in the texts of their field: with how they are written instead, or where else they stand."""
    if not texts:
        kind = _other_kind(leaf, prepared)
        if kind is not None:
            return kind
    if leaf.look and (spelt := found_in(folded(leaf), texts)):
        shown = ", ".join(forms(spelt, _MOST_FORMS))
        return Reason(Rank.APART, f"{_quoted(leaf)} {_LOOKS[leaf.look]}; {places_of(text for text, _ in spelt)} has {shown}")
    if len(leaf.words) > 1:
        return _phrase(leaf, texts, prepared, hint=hint)
    asked = place_asked(leaf.field, texts)
    text = f"{_quoted(leaf)} is not in {asked}"
    if wild(leaf.words[0]):
        text = f"no word like {_quoted(leaf)} is in {asked}"
    elif leaf.stem:
        text = f"{_quoted(leaf)} is not in {asked}, nor another word of that stem ({leaf.stem})"
    return Reason(Rank.MISSING, text + _besides(leaf, texts, prepared, hint=hint))


def quote(node: Node, view: View) -> str:
    """The sentence around the first word outside NOT that a view has, in quotes; empty where it has none."""
    for leaf in positive(node):
        if isinstance(leaf, Words):
            for text in view.get(leaf.field, ()):
                for hit in text.find(leaf)[:1]:
                    return f'"{around(text.base, hit.first, hit.last)}"'
    return ""


def _bare(node: Node) -> Node:
    return node.part if isinstance(node, AtLeast) else node


def _quoted(leaf: Words) -> str:
    return quoted(" ".join(leaf.spelt or leaf.words))


def _nearest(near: Near | Apart, forth: Pair | None, back: Pair | None) -> Pair | None:
    """The nearest pair in an order that counts."""
    pairs = (forth, None if near.ordered else back)
    return min((pair for pair in pairs if pair is not None), key=lambda pair: pair.between, default=None)


def _stretch(pair: Pair) -> str:
    """The words from one end of a pair to the other, shortened."""
    return as_written(pair.text.base, pair.first, pair.last)


def _other_kind(leaf: Words, prepared: Prepared) -> Reason | None:
    """Words for articles, and the document is a comment, or the reverse."""
    comment = prepared.kind is DocumentKind.COMMENT
    if comment and leaf.field in {Field.ANY, Field.LEAD, Field.BODY}:
        text = f"{written(leaf)} is looked for in articles, and this is a reader's comment"
        own = replace(leaf, field=Field.COMMENT)
    elif not comment and leaf.field is Field.COMMENT:
        text = f"{written(leaf)} is looked for in readers' comments, and this is an article"
        own = replace(leaf, field=Field.ANY)
    else:
        return None
    if found_in(own, prepared.texts.get(own.field, ())):
        text += f"; {written(own)} would find it"
    return Reason(Rank.KIND, text)


def _phrase(leaf: Words, texts: Sequence[Text], prepared: Prepared, *, hint: bool) -> Reason:
    """A phrase of which words are missing, or whose words stand apart."""
    name = written(replace(leaf, field=Field.ANY))
    singles = list(dict.fromkeys(each_word(leaf)))
    absent = [word for word in singles if not found_in(word, texts)]
    if absent:
        few = f"{listed([*map(_quoted, absent)], joint=' and ')} {'is' if len(absent) == 1 else 'are'}"
        text = f"{name}: {few} not in {place_asked(leaf.field, texts)}"
        besides = _besides(leaf, texts, prepared, hint=False)
        return Reason(Rank.MISSING, text + (besides or _besides(absent[0], texts, prepared, hint=hint)))
    order, loose = nearest_in_order(leaf, texts), nearest_in_any_order(leaf, texts)
    besides = _besides(leaf, texts, prepared, hint=False).replace(", only in", "; as they should be only in")
    if leaf.slop is not None:
        if loose is None:
            return Reason(Rank.APART, f"{name}: {_never_together(leaf, texts)}{besides}")
        return Reason(Rank.APART, f"{name}: the words are there, with {_others(loose.between)} among them at the nearest;"
                                  f" ~{leaf.slop} allows {leaf.slop}{besides}")  # fmt: skip
    pair = order if loose is None or (order is not None and order.between <= loose.between) else loose
    if pair is None:
        return Reason(Rank.APART, f"{name}: {_never_together(leaf, texts)}{besides}")
    turned = "" if pair is order else " and in another order"
    return Reason(Rank.APART, f"{name}: the words are there, nearest with {words_count(max(pair.between, 0))} between"
                              f"{turned}: {_stretch(pair)}{besides}")  # fmt: skip


def _others(number: int) -> str:
    return "1 other word" if number == 1 else f"{number} other words"


def _never_together(leaf: Words, texts: Sequence[Text]) -> str:
    singles = dict.fromkeys(each_word(leaf))
    if any(all(text.find(word) for word in singles) for text in texts):
        return "the words are there, but not as often as the phrase has them"
    places = (f"{_quoted(word)} in {places_of(text for text, _ in found_in(word, texts))}" for word in singles)
    return f"the words are there, but not in one text: {listed(list(places))}"


def _besides(leaf: Words, texts: Sequence[Text], prepared: Prepared, *, hint: bool) -> str:
    """Where else a leaf's words stand; else a word there that is spelt nearly so."""
    own = {text.name for text in texts if not text.base.old}
    other_fields = (text for field in _ELSEWHERE for text in prepared.texts.get(field, ()) if text.name not in own)
    where = found_in(leaf, other_fields)
    if where:
        only = places_of(text for text, _ in where[:MOST_NAMED])
        return f", but in {only}" if texts and texts[0].base.old else f", only in {only}"
    values = _values(leaf, texts)
    if values or not hint or leaf.stem or len(leaf.words) > 1 or wild(leaf.words[0]):
        return values
    near = alike(leaf.words[0], texts)
    return f"; {quoted(near)} is" if near else ""


def _values(leaf: Words, texts: Sequence[Text]) -> str:
    """What a short field has instead."""
    if leaf.field not in {Field.SOURCE, Field.AUTHOR, Field.TAG}:
        return ""
    values = [quoted(text.base.text) for text in texts if text.base.text.strip()]
    return f": it is {listed(values)}" if values and leaf.field is Field.SOURCE else f" ({listed(values) or 'none is known'})"
