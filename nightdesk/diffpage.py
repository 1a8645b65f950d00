"""What an edit changed, as one HTML page that stands by itself: no script, nothing loaded, nothing of a text taken for markup.

What came is `<ins>` and what went is `<del>`, told apart by underline and strike as well as by colour, and announced to screen
readers. The page follows the reader's light or dark scheme. Texts bear their language and direction where these are known.
"""

from collections.abc import Iterable, Iterator
from html import escape

from nightdesk.diffing import ANEW, gathered, label, paragraph_count, summary
from nightdesk.output import one_line, when
from nightdesk.screen import counted, harmless, lapse
from storage.instants import to_json
from storage.likeness.differences import Block, Difference
from storage.likeness.paragraphs import BREAK
from storage.likeness.rewording import Piece, kept
from storage.models import Article, Version
from storage.words import ParagraphChange

_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"])
_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1b1b; --faint: #5c5c5c; --line: #d9d9d9;
  --came: #0b5d1e; --came-ground: #dff5e3; --went: #97150f; --went-ground: #fde7e5; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --ink: #e8e6e3; --faint: #a3a3a3; --line: #3a3d42;
  --came: #8fe0a2; --came-ground: #12351c; --went: #ffb0a8; --went-ground: #45201d; --link: #8ec2ff; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.6 Georgia, "Noto Serif", serif; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 .75rem; }
h2, summary, .about, .key, .label, footer { font-family: system-ui, "Noto Sans", sans-serif; }
h2 { font-size: .8rem; font-weight: 600; color: var(--faint); margin: 1.75rem 0 .25rem; }
p { margin: .25rem 0 .75rem; }
.about, .key { font-size: .875rem; color: var(--faint); margin: .15rem 0; }
.about strong { color: var(--ink); }
.key { margin-top: .75rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
details { margin: 1.5rem 0; padding: .4rem .8rem; border-inline-start: 3px solid var(--line); }
summary { font-size: .875rem; color: var(--faint); cursor: pointer; }
details p, .stayed { color: var(--faint); }
ins, del { unicode-bidi: isolate; }
ins { color: var(--came); background: var(--came-ground); text-decoration: underline; text-underline-offset: .15em; }
del { color: var(--went); background: var(--went-ground); text-decoration: line-through; }
.was, .now { border-inline-start: 3px solid; padding-inline-start: .8rem; }
.was { border-color: var(--went); } .now { border-color: var(--came); }
.label { display: block; font-size: .75rem; color: var(--faint); }
a { color: var(--link); } :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
del::before, del::after, ins::before, ins::after { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
del::before { content: " [removed: "; } ins::before { content: " [added: "; } del::after, ins::after { content: "] "; }
@media print { details { display: none; } }
""".strip()


def diff_page(found: Difference, article: Article, *, full: bool = False) -> str:
    """The whole page. `full`: the paragraphs that stayed are open, not folded away."""
    speech = _speech(article.language)
    title = _edits(found.title) if found.title else escape(harmless(found.new.title or article.url))
    head = one_line(found.new.title or article.url, 120)
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return "\n".join((
        "<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">', '<meta name="referrer" content="no-referrer">',
        f"<title>What changed: {escape(head)}</title>", f"<style>\n{_STYLE}\n</style>", "</head>", "<body>",
        "<main>", "<header>",
        f"<h1{speech}>{title}</h1>", *_about(found, article), "</header>",
        *_body(found, speech, full=full), "</main>", "</body>", "</html>",
    ))  # fmt: skip


def _speech(language: str | None) -> str:
    """The attributes that say in which language and direction a text is written; the direction may be left to its letters."""
    primary = (language or "").partition("-")[0].lower()
    if not primary.isalpha():
        return ' dir="auto"'
    return f' lang="{escape(language or "")}" dir="{"rtl" if primary in _RIGHT_TO_LEFT else "ltr"}"'


def _about(found: Difference, article: Article) -> Iterator[str]:
    url = one_line(article.url, 2000)
    address = (
        f'<a href="{escape(url)}">{escape(one_line(url, 100))}</a>' if url.startswith(("http://", "https://")) else escape(url)
    )
    yield f'<p class="about"><bdi>{escape(one_line(article.source))}</bdi> · {address}</p>'
    later = lapse((found.new.seen - found.old.seen).total_seconds())
    turn = "later" if found.new.seen >= found.old.seen else "earlier"
    yield f'<p class="about">{_version(found.old)} → {_version(found.new)}, {later} {turn}</p>'
    yield f'<p class="about"><strong>{escape(summary(found))}</strong></p>'
    if not found.empty:
        yield '<p class="key">What went is <del>struck out</del>, what came is <ins>underlined</ins>.</p>'


def _version(version: Version) -> str:
    return f'version {version.number} of <time datetime="{to_json(version.seen)}">{when(version.seen)}</time>'


def _body(found: Difference, speech: str, *, full: bool) -> Iterator[str]:
    for group in gathered(found.blocks):
        if group[0].quiet:
            count = counted(paragraph_count(group), "paragraph")
            yield f"<details{' open' if full else ''}><summary>{count} unchanged</summary>"
            for block in group:
                yield from (f"<p{speech}>{_text(part)}</p>" for part in _side(block.pieces, new=bool(block.new)).split(BREAK))
            yield "</details>"
        else:
            yield f"<section>\n<h2>{escape(label(group, found))}</h2>"
            for block in group:
                yield from _block(block, speech)
            yield "</section>"


def _block(block: Block, speech: str) -> Iterator[str]:
    if block.change is ParagraphChange.SAME:
        yield f'<p class="stayed"{speech}>{_text(_side(block.pieces, new=True))}</p>'
    elif (
        block.change in (ParagraphChange.ADDED, ParagraphChange.REMOVED)
        or kept(block.pieces) >= ANEW
        or len(block.old) != len(block.new)
    ):
        yield f"<p{speech}>{_edits(block.pieces)}</p>"
    else:
        yield f'<p class="was"{speech}><span class="label" lang="en" dir="ltr">Before</span>{_one(block.pieces, new=False)}</p>'
        yield f'<p class="now"{speech}><span class="label" lang="en" dir="ltr">After</span>{_one(block.pieces, new=True)}</p>'


def _side(pieces: Iterable[Piece], *, new: bool) -> str:
    return "".join(piece.new if new else piece.old for piece in pieces)


def _edits(pieces: Iterable[Piece]) -> str:
    """One text, with what went before what came."""
    return "".join(
        _text(piece.new) if piece.same else _edit(piece) for piece in pieces
    )  # fmt: skip


def _edit(piece: Piece) -> str:
    """What went, then what came, a blank between them."""
    went, came = _in("del", piece.old), _in("ins", piece.new)
    return f"{went} {came}" if piece.old.strip() and piece.new.strip() else went + came


def _one(pieces: Iterable[Piece], *, new: bool) -> str:
    """One side of a text, with what is only there."""
    tag = "ins" if new else "del"
    return "".join(
        _text(piece.new if new else piece.old) if piece.same else _in(tag, piece.new if new else piece.old) for piece in pieces
    )


def _in(tag: str, text: str) -> str:
    """A text in an element, the blanks at its ends outside."""
    core = text.strip(" \t")
    if not core:
        return " " if text else ""
    return f"{' ' * text[0].isspace()}<{tag}>{_text(core)}</{tag}>{' ' * text[-1].isspace()}"


def _text(text: str) -> str:
    """A text as HTML, with ¶ and a new line for a break between paragraphs."""
    return "¶<br>".join(escape(harmless(part)) for part in text.split(BREAK))
