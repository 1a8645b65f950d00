"""The routes of the window, and what holds for every answer."""

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.websub import PATH
from storage.errors import StorageError
from web.desk import Desk
from web.guarding import Guarding
from web.health import health
from web.pages import message
from web.rules import rule
from web.unsubscribing import ask, settle
from web.websub import MOST_BODY, receive, verify

_MOST_BODY = 16_384  # bytes of a request's body
_SAID = {
    400: ("That was not understood", "Open the link in the mail again, and use the button there."),
    404: ("There is nothing here", "Perhaps the link was cut; open it in the mail again."),
    405: ("That cannot be done here", "Open the link in the mail again, and use the button there."),
    413: ("That is too large", "Open the link in the mail again, and use the button there."),
}


class _Everything(Convertor[str]):
    """All that is left of a path, whatever is in it: names of rules are anybody's."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def make_app(desk: Desk) -> Starlette:
    """The application; links are never built from what a request says of its host."""
    register_url_convertor("everything", _Everything())
    app = Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/unsubscribe/{token}", ask, methods=["GET"]),
            Route("/unsubscribe/{token}", settle, methods=["POST"]),
            Route(f"{PATH}{{token}}", verify, methods=["GET"]),
            Route(f"{PATH}{{token}}", receive, methods=["POST"], max_body_size=MOST_BODY),
            Route("/rules/{place:everything}", rule, methods=["GET"]),
        ],
        middleware=[Middleware(Guarding)],
        exception_handlers={HTTPException: _refused, StorageError: _trouble, 500: _broken},
        max_body_size=_MOST_BODY,
    )
    app.router.redirect_slashes = False  # it would believe the request's Host
    app.state.desk = desk
    return app


async def _refused(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, HTTPException)
    title, text = _SAID.get(error.status_code, _SAID[400])
    return message(title, text, status=error.status_code, headers=dict(error.headers or {}))


async def _trouble(request: Request, error: Exception) -> Response:
    del request, error
    return message(
        "Not now", "The desk cannot reach its database. Try again in a minute.", status=503, headers={"Retry-After": "60"}
    )


async def _broken(request: Request, error: Exception) -> Response:
    del request, error
    return message("Something broke", "This is a fault of Nightdesk; its log tells more.", status=500)
