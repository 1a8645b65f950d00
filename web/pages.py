"""Pages: templates, filled. Whatever is put into one is escaped."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import HTMLResponse

from alerts.wording import one_line, web_address, when

STYLE = files("web").joinpath("templates/style.css").read_text(encoding="utf-8")
STYLE_HASH = "sha256-" + b64encode(sha256(STYLE.encode()).digest()).decode()
"""The one style sheet, and how a Content-Security-Policy names it."""


def page(template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
    """The answer that shows a template."""
    return HTMLResponse(_template(template).render(**values), status, headers)


def message(title: str, text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says one thing."""
    return page("message.html", status=status, headers=headers, title=title, text=text)


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["style"] = Markup(STYLE)  # noqa: S704 - ours, and named by its hash
    made.filters |= {"line": one_line, "when": when, "web_address": web_address}
    return made
