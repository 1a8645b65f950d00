"""What stands around an article and its comments without being either: forms, headings, share bars, related posts.

A pure module. Elements are taken out of the tree before the text is read; what page builders leave without any
telling markup is recognised line by line.
"""

import re
from collections.abc import Collection

from lxml.html import HtmlElement

from crawler.comments.marks import Marks, tokens_of
from crawler.comments.words import HEADING
from crawler.reading.form_words import LONGEST_NOTE as FORM_NOTE
from crawler.reading.form_words import PHRASES, STARTS
from crawler.reading.texts import drop, glimpse, remove, words

# Whole lines of comment forms and their headings, as WordPress, Drupal, Blogger and their translations write them.
_FORM_LINES = (
    r"(?:leave|post|write|add|submit|make) (?:a|your|another) (?:reply|comment|response)(?: to .{1,80})?(?:\s*cancel \w{5,8})?",
    r"cancel (?:reply|response)|comments?:?|share this:?",
    r"like this:?|related(?: posts?)?:?",
    r"(?:click to )?(?:log ?in|sign in|register|sign up)(?: or \w{4,8})?(?: now)? to (?:post|leave) (?:a )?comments?",
    r"(?:click to )?(?:log ?in|sign in|register|sign up)(?: or \w{4,8})?(?: now)? to (?:comment|reply)",
    r"you must (?:be )?(?:log(?:ged)? ?in|registered)(?: in)? to (?:post|leave|write) a (?:comment|reply)",
    r"your e-?mail (?:address )?(?:will|is) (?:not|never) (?:be )?(?:published|shared|made public).{0,120}",
    r"(?:all )?required fields are marked.{0,20}|fields marked with an? asterisk.{0,60}",
    r"\* required(?: fields?)?|name ?\*|e-?mail ?\*|comment ?\*|website",
    r"notify me of (?:new|follow-?up) (?:posts|comments).{0,40}",
    r"(?:\d{1,6}|no|one) (?:comments?|repl(?:y|ies)|responses?|thoughts?)(?: (?:on|to|so far).{0,200})?",
    r"comments? \(\d{1,6}\)|be the first to (?:comment|reply|leave a comment).{0,40}",
    r"(?:show|view|load|read|see)(?: all| more)? ?\d{0,6} ?comments?",
    r"comments? (?:are|is) (?:now |currently )?(?:closed|off|disabled)(?: .{0,60})?",
    (
        r"(?:comments|commenting)(?: (?:on|for) this \w{4,8})? (?:are|is|have been|has been) (?:now |currently )?"
        r"(?:closed|disabled|(?:turned|switched) off)(?: (?:on|for) this \w{4,8}| here)?"
    ),
    r"commenting on this \w{4,8} (?:isn['’]t|is not|is no longer) available.{0,80}",
    r"this (?:post|entry|article) (?:is|has been) closed.{0,40}",
    r"your comment is awaiting moderation.{0,100}|this site uses akismet.{0,200}",
    r"report(?: (?:this )?(?:comment|abuse))?|flag(?: (?:as )?(?:inappropriate|comment))?|(?:un)?like|permalink",
    r"permanent link|edit|delete|quote|loading\W*",
    r"schreiben? sie einen kommentar.{0,40}",
    r"(?:einen )?kommentar (?:schreiben|verfassen|hinterlassen|abschicken|abgeben)",
    r"schreibe? einen kommentar.{0,60}",
    r"(?:hinterlasse|verfasse) (?:einen|ihren|deinen) kommentar.{0,40}|antwort(?:en)?(?: abbrechen)?",
    r"antworten auf .{1,60}|kommentare?:?|\d{1,6} kommentare?.{0,80}",
    r"(?:deine|ihre) e-mail-?adresse wird nicht ver.ffentlicht.{0,80}|erforderliche felder sind.{0,40}",
    r"kommentare sind geschlossen.{0,40}|gef.llt mir.{0,20}",
    r"laisser un commentaire.{0,60}|annuler la r.ponse",
    r"votre adresse (?:e-?mail|de messagerie) ne sera pas publi.e.{0,80}|les champs obligatoires.{0,60}",
    r"r.pondre(?: .{1,40})?|\d{1,6} commentaires?.{0,60}",
    r"deja (?:una?|tu) (?:comentario|respuesta).{0,60}|cancelar (?:la )?respuesta",
    r"tu direcci.n de correo electr.nico no ser. publicada.{0,80}|los campos (?:obligatorios|necesarios).{0,60}",
    r"responder|\d{1,6} comentarios?.{0,60}",
    r"lascia un commento.{0,60}|annulla risposta|il tuo indirizzo e-?mail non sar. pubblicato.{0,80}",
    r"i campi obbligatori.{0,60}|rispondi|\d{1,6} commenti.{0,60}",
    r"geef een reactie.{0,60}|reactie annuleren|(?:je|jouw|uw) e-?mailadres (?:wordt|zal) niet.{0,80}",
    r"vereiste velden.{0,60}|beantwoorden|\d{1,6} reacties?.{0,60}",
    r"deixe (?:um|uma) (?:coment.rio|resposta).{0,60}|o seu endere.o de e-?mail n.o ser. publicado.{0,80}",
    r"campos obrigat.rios.{0,60}|\d{1,6} coment.rios?.{0,60}",
    r"dodaj komentarz.{0,60}|anuluj pisanie odpowiedzi|tw.j adres e-?mail nie zostanie opublikowany.{0,80}",
    r"wymagane pola.{0,60}|odpowiedz",
)
_FORM_LINE = re.compile(rf"\W*(?:{'|'.join(_FORM_LINES)})\W*", re.IGNORECASE)
_FORM_INSIDE = re.compile(
    r"email address will not be published|required fields are marked|you must be logged in to post"
    r"|save my name, email"
    r"|e-mail-adresse wird nicht ver.ffentlicht|erforderliche felder sind",
    re.IGNORECASE,
)
# Anywhere in a short line of an article, for what asks its readers to comment is none of its sentences.
_INVITES = re.compile(
    r"\b(?:leave|post|drop) (?:us |me )?(?:a|your) (?:reply|comment)\b|cancel reply|log ?in to (?:comment|reply|leave)"
    r"|sign in to comment"
    r"|you must be logged in|be the first to comment|comments (?:are|have been) (?:now )?closed|report (?:comment|abuse)"
    r"|laisse[rz] (?:un|vos) commentaires?|champs obligatoires|dej[ae] (?:un|tu) (?:comentario|respuesta)"
    r"|los campos (?:obligatorios|necesarios)|hinterlass\w* (?:uns |mir )?(?:einen|eure|deinen|ihren) kommentar"
    r"|deixe (?:um|o seu) coment.rio|lascia(?:te)? un commento|laat een reactie achter|zostaw(?:cie)? komentarz",
    re.IGNORECASE,
)
_AROUND = " \t.,:;!*•·|»«›‹→←↓↑…–—-()[]#>\u00a0"
MOST_REPLY_HEADINGS = 5
LONGEST_NOTE = 1_500  # characters that a section for comments says of itself
LONGEST_FORM_LINE = 300  # characters


_CONTROLS = words("input textarea select label button")
_REPLY_HEADING = re.compile(
    r"\W*(?:(?:leave|post|write|add|submit) (?:a|your|another) (?:reply|comment|response)"
    r"|join the (?:discussion|conversation)"
    r"|(?:schreibe?n?|hinterlasse|verfasse)(?: sie)? (?:einen|ihren|deinen) kommentar"
    r"|kommentar (?:schreiben|verfassen|hinterlassen)"
    r"|laisser un commentaire|deja (?:una?|tu) (?:comentario|respuesta)|lascia un commento|geef een reactie"
    r"|deixe (?:um|uma) (?:coment.rio|resposta)|dodaj komentarz)\W*",
    re.IGNORECASE,
)
_FORM_IDS = frozenset(
    words("respond commentform comment-form reply-title disqus_thread comments-form commentrespond comment-respond")
)
_DROPPED_CLASSES = frozenset(
    words(
        "comment-respond comment-reply-title comment-form comments-title comment-reply-link sharedaddy jp-relatedposts"
        " addtoany_share_save_container a2a_kit ssba social-share share-buttons sharethis addthis_toolbox"
        " yarpp-related yarpp crp_related rp4wp-related-posts post-navigation nav-links comment-navigation"
        " wp-post-navigation nocomments no-comments comments-closed screen-reader-text"
    )
)
_SECTION_IDS = frozenset(
    words(
        "comments comment-section commentsection comments-section comments-area commentarea"
        " kommentare commentaires disqus_thread"
    )
)
_SECTION_CLASSES = frozenset(
    words(
        "comments-area comments-section comment-section comments-container comments-wrapper comment-list commentlist"
        " comment_list comments-list post-comments article-comments entry-comments commentarea kommentare"
        " commentaires reader-comments fb-comments"
    )
)
_SECTION_TAGS = frozenset(words("div section aside ol ul form details figure footer article"))
_SECTION = re.compile(
    r"(?:(?!(?:no|has|have|with|without|recent|latest|last|newest|top|best|most|hide|show|open|close|toggle|disable|enable|sidebar|widget|nav|menu"
    r"|follow|share|social|live|see|view|carousel)[-_])[a-z0-9]+[-_]{1,2}){0,3}(?:comments|kommentare|kommentarer|commentaires|comentarios|commenti|reacties|komentarze"
    r"|yorumlar|disqus)(?:[-_]{1,2}(?:section|area|list|wrap|wrapper|container|holder|box|block|module|thread|panel|content|inner|outer|root"
    r"|stripe|app|template|community|main))?"
)
_FORM_ACTION = re.compile(
    r"wp-comments-post|/comments?/(?:add|post|reply|submit)|comment[-_]?(?:add|post|submit|form)|kommentar", re.IGNORECASE
)


def is_form_line(line: str, *, invites: bool = True) -> bool:
    """Whether a line is the wording of a comment form, a comment heading or a comment's buttons, and nothing else.

    `invites`: also a short line that asks the reader to comment; among comments that may be a reader's own words.
    """
    if len(line) > LONGEST_FORM_LINE:
        return False
    bare = line.strip(_AROUND).lower()
    if bare in PHRASES or (len(line) < FORM_NOTE and bare.startswith(STARTS)) or _FORM_LINE.fullmatch(line):
        return True
    return len(line) < 200 and bool(_FORM_INSIDE.search(line) or (invites and _INVITES.search(line)))


def comment_sections(marks: Marks, holders: Collection[HtmlElement] = ()) -> list[HtmlElement]:
    """The outermost elements that hold a page's comments and its reply form; never one that holds the article too.

    `holders` are the comments that were read. What none of them stands in, and is long, may be an article whatever its
    class says; names that mean nothing else are believed.
    """
    found: dict[HtmlElement, None] = {}
    forms = [form for form in marks.tree.iter("form") if _is_form(form)]
    for element in (*marks.speaking, *forms):
        fits = element.tag in _SECTION_TAGS and (_is_section(element) or element.tag == "form")
        if fits and not any(ancestor in found for ancestor in element.iterancestors()):
            found[element] = None
    around = {ancestor for holder in holders for ancestor in holder.iterancestors()}
    return [
        element
        for element in found
        if not _is_headed(element) and (element in around or _is_known(element) or not _is_story(element))
    ]


def _is_headed(element: HtmlElement) -> bool:
    """Whether an element holds a headline other than "2 Comments"."""
    return any(not HEADING.fullmatch(glimpse(each, 80)) for each in element.iter("h1"))


def _is_section(element: HtmlElement) -> bool:
    name = (element.get("id") or "").lower()
    return _is_known(element) or bool(name and _SECTION.fullmatch(name)) or any(map(_SECTION.fullmatch, tokens_of(element)))


def _is_known(element: HtmlElement) -> bool:
    name = (element.get("id") or "").lower()
    return name in _SECTION_IDS or name in _FORM_IDS or not _SECTION_CLASSES.isdisjoint(tokens_of(element)) or _is_form(element)


def _is_story(element: HtmlElement) -> bool:
    """Whether an element that is called comments is long and nobody can write in it: a match's commentary, say."""
    return len(element.text_content()) > LONGEST_NOTE and next(element.iter("textarea"), None) is None


def _is_form(element: HtmlElement) -> bool:
    if element.tag != "form":
        return False
    action = element.get("action") or ""
    return bool(_FORM_ACTION.search(action)) or any(
        (area.get("name") or "").lower() == "comment" for area in element.iter("textarea")
    )


def worded_sections(tree: HtmlElement) -> list[HtmlElement]:
    """Reply forms that only their words give away: from such a heading ("Leave a Reply") on, what stands beside it.

    For page builders, whose class names say nothing. Only where something to write into follows the heading.
    """
    found: list[HtmlElement] = []
    if next(tree.iter("textarea"), None) is None:
        return found
    tried = 0
    for element in tree.iter("h2", "h3", "h4", "h5", "div", "p", "span", "strong"):
        text = element.text or (element[0].text if len(element) else None)
        if not text or text.isspace() or len(text) > 100:
            continue
        if len(element) < 3 and _REPLY_HEADING.fullmatch(glimpse(element, 80)):
            beside = [element, *element.itersiblings()]
            if any(next(each.iter("textarea"), None) is not None for each in beside):
                found.extend(beside)
            tried += 1
            if tried == MOST_REPLY_HEADINGS:
                break
    return found


def drop_surroundings(tree: HtmlElement) -> None:
    """Take reply forms, share bars, related posts and links to other posts out of the tree, and form controls."""
    found = worded_sections(tree)
    for element in tree.iter("div", "section", "aside", "nav", "ul", "p", "span", "h2", "h3", "h4", "form", "a"):
        classes = (element.get("class") or "").lower().split()
        if not _DROPPED_CLASSES.isdisjoint(classes) or (element.get("id") or "").lower() in _FORM_IDS:
            found.append(element)
    drop(element for element in found if next(element.iter("h1"), None) is None)
    remove(tree.iter(*_CONTROLS))
