"""A story for people who read it in a terminal: who had it first, who carries it, how much later, and what each adds."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from nightdesk.output import one_line
from nightdesk.screen import Screen, counted, harmless, laid_out, lapse, styled
from storage.folded import token_string
from storage.likeness.coverage import Telling
from storage.models import Article, Relation, Story

_NEW_SHOWN = 3  # sentences under a carrier
_CARRIERS_SHOWN = 20  # the first ones
_OTHERS_SHOWN = 10  # pages of other stories
_INDENT = " " * 5
_WHOLE = 0.995  # a share that is shown as all


def story_lines(
    story: Story, tellings: Sequence[Telling], beside: Sequence[Telling], outlets: int, screen: Screen, *, full: bool = False
) -> list[Text]:
    """The story in lines: its title, its size, then its carriers in the order of time, then who else has its text."""
    numbers = {telling.carrier.article.id: number for number, telling in enumerate(tellings, 1)}
    lines = laid_out(styled(one_line(story.title, 400), "bold", screen), screen)
    size = f"{counted(len(tellings), 'article')} on {counted(outlets, 'site')}"
    if len(tellings) > 1:
        size += f" within {lapse(max(telling.after for telling in tellings))}"
    lines += laid_out(Text(f"story {story.id} · {size}"), screen)
    for number, telling in enumerate(tellings if full else tellings[:_CARRIERS_SHOWN], 1):
        lines += [Text(), *_telling(number, telling, numbers, screen, title=story.title, full=full)]
    if len(tellings) > _CARRIERS_SHOWN and not full:
        lines += [Text(), *_more(len(tellings) - _CARRIERS_SHOWN, "", screen)]
    if beside:
        lines += [Text(), styled("Also in, as part of other stories", "bold", screen)]
        for telling in beside if full else beside[:_OTHERS_SHOWN]:
            lines += [Text(), *_telling(None, telling, numbers, screen, title=story.title, full=full)]
        if len(beside) > _OTHERS_SHOWN and not full:
            lines += [Text(), *_more(len(beside) - _OTHERS_SHOWN, "", screen)]
    return lines


def related_lines(related: Sequence[Article], screen: Screen, *, full: bool = False) -> list[Text]:
    """Independent reports of the same event, each of a story of its own."""
    if not related:
        return []
    lines = [Text(), styled("Related: the same event in other words", "bold", screen)]
    for article in related if full else related[:_OTHERS_SHOWN]:
        head = Text(f"  ·  story {article.story_id}  ") + styled(one_line(article.source), "bold", screen)
        lines += [Text(), *laid_out(head + Text(f" · {one_line(article.title, 200)}"), screen, first="", rest=_INDENT)]
        lines += laid_out(styled(one_line(article.url, 2000), "dim", screen), screen, first=_INDENT)
    if len(related) > _OTHERS_SHOWN and not full:
        lines += [Text(), *_more(len(related) - _OTHERS_SHOWN, "", screen)]
    return lines


def _telling(
    number: int | None, telling: Telling, numbers: dict[int, int], screen: Screen, *, title: str, full: bool
) -> Iterator[Text]:
    article, relation = telling.carrier.article, telling.carrier.relation
    mark = f"{number:>3}" if number else "  ·"
    head = Text(f"{mark}  ") + styled(f"{relation:<8}", "bold", screen) + Text(f"  {_time(telling)}  ")
    head += styled(one_line(article.source), "bold", screen)
    if token_string(article.title) != token_string(title):
        head += Text(f" · {one_line(article.title, 200)}")
    yield from laid_out(head, screen, first="", rest=_INDENT)
    yield from laid_out(styled(one_line(article.url, 2000), "dim", screen), screen, first=_INDENT)
    shares = _shares(telling, numbers)
    if number is None or relation is Relation.FIRST:
        if shares:
            yield from laid_out(Text(shares), screen, first=_INDENT)
        return
    adds = f"adds {counted(len(telling.new), 'sentence')}:" if telling.new else "adds nothing"
    yield from laid_out(Text("; ".join(filter(None, (shares, adds)))), screen, first=_INDENT)
    for sentence in telling.new if full else telling.new[:_NEW_SHOWN]:
        yield from laid_out(styled(harmless(sentence), "green", screen), screen, first=f"{_INDENT}+ ", rest=f"{_INDENT}  ")
    if len(telling.new) > _NEW_SHOWN and not full:
        yield from _more(len(telling.new) - _NEW_SHOWN, _INDENT, screen)


def _more(count: int, indent: str, screen: Screen) -> list[Text]:
    return [styled(f"{indent}… {count:,} more; --full shows all", "dim", screen)]


def _time(telling: Telling) -> str:
    """When it had the story: the first by date and hour, the others by how much later; "seen" where that is all we know."""
    seen = "" if telling.stated else " (seen)"
    if telling.carrier.relation is Relation.FIRST:
        return f"{telling.had:%Y-%m-%d %H:%M}Z{seen}"
    return f"{'-' if telling.after < 0 else '+'}{lapse(telling.after)}{seen}"


def _shares(telling: Telling, numbers: dict[int, int]) -> str:
    """How much of it stands in the other, and of the other in it."""
    carrier = telling.carrier
    number = numbers.get(carrier.other_id or 0)
    if number is None or carrier.of_this is None or carrier.of_other is None:
        return ""
    if min(carrier.of_this, carrier.of_other) >= _WHOLE:
        return f"has all of no. {number}"
    return f"has {_percent(carrier.of_other)} of no. {number}, which is {_percent(carrier.of_this)} of its own text"


def _percent(share: float) -> str:
    return "all" if share >= _WHOLE else f"{round(100 * share)} %"
