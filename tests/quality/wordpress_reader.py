"""A second, plain reader of WordPress's standard comment markup, for comparison: it shares no code with the product.

It knows one markup only, as themes inherit it from `wp_list_comments`: `li#comment-7` or `li#li-comment-7`, `.fn`,
`time[datetime]` or the text of the link to `#comment-7`, and answers nested in the item that they answer.
"""

import re
from datetime import UTC, datetime

from lxml import html

ITEM = re.compile(r"(?:li-|div-)?comment-(\d+)")
PINGS = {"pingback", "trackback", "pinglist"}
DEPTH = re.compile(r"(?:^|\s)depth-(\d+)")
MONTHS = (
    "january jan januar janvier enero",
    "february feb februar février febrero",
    "march mar märz mars marzo",
    "april apr avril abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug août agosto",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre diciembre",
)


def squeezed(text):
    return " ".join(text.split())


def items(tree):
    """The outermost element of each comment number, without pingbacks, in document order."""
    found = {}
    for element in tree.iter("li", "div", "article", "section"):
        match = ITEM.fullmatch(element.get("id") or "")
        if (
            match
            and not list(element.iterancestors("aside"))
            and not any(PINGS & set((each.get("class") or "").split()) for each in (element, *element.iterancestors()))
        ):
            found.setdefault(match[1], element)
    return found


def own(element, expression, numbers):
    """What the expression finds in a comment itself, not in the answers nested in it."""
    for each in element.xpath(expression):
        inside = [each, *each.iterancestors()]
        inner = next(m[1] for a in inside if (m := ITEM.fullmatch(a.get("id") or "")))
        if inner == numbers:
            yield each


def author(element, number):
    names = [squeezed(each.text_content()) for each in own(element, ".//*[contains(concat(' ', @class, ' '), ' fn ')]", number)]
    names += [squeezed(each.text_content()) for each in own(element, ".//cite", number)]
    return next((name for name in names if name), None)


def written(text):
    """An instant from the words of a date, as WordPress prints it in five languages; without a zone it is read as UTC."""
    words = [word.strip(".,") for word in re.split(r"[\s|/@–-]+", text.lower())]
    month = next((number for number, names in enumerate(MONTHS, 1) for word in words if word in names.split()), None)
    year = re.search(r"\b(?:19|20)\d\d\b", text)
    clock = re.search(r"(\d{1,2})[:h](\d\d)\s*([ap]\.?m)?", text.lower())
    numeric = re.search(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text)
    if numeric:
        day, month, number = int(numeric[1]), int(numeric[2]), int(numeric[3])
    elif month and year:
        number = int(year[0])
        day = next(
            (int(m[1]) for word in words if (m := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word)) and int(m[1]) <= 31), 0
        )
    else:
        return None
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
    if clock and clock[3]:
        hour = hour % 12 + (12 if clock[3].startswith("p") else 0)
    try:
        return datetime(number, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def instant(element, number):
    for each in own(element, ".//time[@datetime]", number):
        try:
            at = datetime.fromisoformat(each.get("datetime"))
        except ValueError:
            continue
        if len(each.get("datetime")) <= 10:
            at = written(squeezed(each.text_content())) or at
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    for each in own(element, f".//a[contains(@href, '#comment-{number}') or contains(@href, '#li-comment-{number}')]", number):
        at = written(squeezed(each.text_content()))
        if at:
            return at
    return None


def parents(found):
    """The number of the comment whose list of answers (`ol.children`) holds each one, else of the one around it.

    In a flat list that says its depths, the number of the last one a level above.
    """
    numbers = {element: number for number, element in found.items()}
    above, last = {}, {}
    for number, element in found.items():
        above[number] = next((each for each in answered(element, numbers) if each != number), None)
        depth = DEPTH.search(element.get("class") or "")
        if depth and above[number] is None:
            above[number] = last.get(int(depth[1]) - 1)
        if depth:
            last = {level: each for level, each in last.items() if level < int(depth[1])} | {int(depth[1]): number}
    return above


def answered(element, numbers):
    for ancestor in element.iterancestors():
        if ancestor in numbers:
            yield numbers[ancestor]
        if ancestor.tag in {"ol", "ul"} and "children" in (ancestor.get("class") or ""):
            before = list(ancestor.itersiblings(preceding=True))[:1]
            yield from (numbers[each] for beside in before for each in beside.iter() if each in numbers)


def permalink(element, number):
    links = own(element, f".//a[contains(@href, '#comment-{number}')]", number)
    return next((each.get("href") for each in links if "reply" not in each.get("href").lower()), None)


def read(page):
    """(number, author, instant, parent, permalink as written) of each comment of a page; None where the markup is silent."""
    found = items(html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8")))
    above = parents(found)
    return [
        (number, author(element, number), instant(element, number), above[number], permalink(element, number))
        for number, element in found.items()
    ]
