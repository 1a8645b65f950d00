"""Readers' comments as HTML: a current WordPress theme's, an old one's, and plain divs."""

from html import escape

from nightdesk.newspaper.site import PublishedArticle, ReaderComment

_FORM = """<div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">Leave a Reply
<small><a rel="nofollow" id="cancel-comment-reply-link" href="#respond" style="display:none;">Cancel reply</a></small></h3>
<form action="/wp-comments-post.php" method="post" id="commentform" class="comment-form">
<p class="comment-notes"><span id="email-notes">Your email address will not be published.</span>
<span class="required-field-message">Required fields are marked <span class="required">*</span></span></p>
<p class="comment-form-comment"><label for="comment">Comment <span class="required">*</span></label>
<textarea id="comment" name="comment" cols="45" rows="8" required></textarea></p>
<p class="comment-form-author"><label for="author">Name <span class="required">*</span></label>
<input id="author" name="author"></p>
<p class="comment-form-email"><label for="email">Email <span class="required">*</span></label>
<input id="email" name="email"></p>
<p class="form-submit"><input name="submit" type="submit" id="submit" class="submit" value="Post Comment"></p>
</form></div>"""


def comments_modern(url: str, piece: PublishedArticle) -> str:
    """The comment section of a current WordPress theme: threads in nested lists, times with a zone."""
    if not piece.comments:
        return f'<div id="comments" class="comments-area">{_FORM}</div>'
    return f"""<div id="comments" class="comments-area">
<h2 class="comments-title">{_count(piece)} on “<span>{escape(piece.title)}</span>”</h2>
<ol class="comment-list">{_threads(url, piece.comments, None, 1)}</ol>
{_FORM}</div>"""


def comments_classic(url: str, piece: PublishedArticle) -> str:
    """The comment section of an old WordPress theme: one flat list, dates as words without a zone."""
    if not piece.comments:
        return f'<h3 id="comments">No Responses</h3>{_FORM}'
    items = "\n".join(
        f"""<li class="{"alt " if n % 2 else ""}comment" id="comment-{each.id}"><cite>{escape(each.author)}</cite> Says:<br>
<small class="commentmetadata"><a href="{escape(url)}#comment-{each.id}" title="">{_words(each)}</a></small>
<p>{escape(each.text)}</p></li>"""
        for n, each in enumerate(piece.comments)
    )
    return f"""<h3 id="comments">{_count(piece)} to “{escape(piece.title)}”</h3>
<ol class="commentlist">
{items}
</ol>
{_FORM}"""


def comments_plain(piece: PublishedArticle) -> str:
    """A comment section of plain divs, with nothing but class names to tell what is what."""
    items = "\n".join(
        f"""<div class="comment" id="c{each.id}"><div class="comment-head">
<span class="comment-author">{escape(each.author)}</span>
<span class="comment-date">{each.at:%d/%m/%Y %H:%M}</span></div><div class="comment-text">{escape(each.text)}</div>
<div class="comment-tools"><a href="#c{each.id}">Link</a> <a href="#report">Report abuse</a></div></div>"""
        for each in piece.comments
    )
    return f"""<div class="comments" id="comments"><h3>Comments ({len(piece.comments)})</h3>
{items}
<div class="comment-login">Log in to comment. Be kind; our moderators read everything.</div></div>"""


def _threads(url: str, comments: list[ReaderComment], parent: int | None, depth: int) -> str:
    return "\n".join(
        f"""<li id="comment-{each.id}" class="comment {"even" if n % 2 else "odd"} depth-{depth}">
<article id="div-comment-{each.id}" class="comment-body"><footer class="comment-meta">
<div class="comment-author vcard"><b class="fn">{escape(each.author)}</b> <span class="says">says:</span></div>
<div class="comment-metadata"><a href="{escape(url)}#comment-{each.id}">
<time datetime="{each.at.isoformat()}">{_words(each)}</time></a></div>
</footer><div class="comment-content"><p>{escape(each.text)}</p></div>
<div class="reply"><a rel="nofollow" class="comment-reply-link" href="?replytocom={each.id}#respond">Reply</a></div></article>
{_children(url, comments, each, depth)}</li>"""
        for n, each in enumerate(comments)
        if each.parent == parent
    )


def _children(url: str, comments: list[ReaderComment], of: ReaderComment, depth: int) -> str:
    below = _threads(url, comments, of.id, depth + 1)
    return f'<ol class="children">{below}</ol>' if below else ""


def _words(comment: ReaderComment) -> str:
    hour = f"{comment.at:%I:%M %p}".lstrip("0").lower()
    return f"{comment.at:%B} {comment.at.day}, {comment.at.year} at {hour}"


def _count(piece: PublishedArticle) -> str:
    return "One Response" if len(piece.comments) == 1 else f"{len(piece.comments)} Responses"
