"""What a form posts. Mail programs may send either encoding (RFC 8058, section 3.2)."""

from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import Request

_MOST_FIELDS = 20


async def posted(request: Request) -> list[tuple[str, str]]:
    """The names and values of a posted form; empty when the body is none. It is read whole: the app limits its size."""
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if kind.partition(";")[0].strip().lower() == "multipart/form-data":
        return _multipart(kind, body)
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return []


def _multipart(kind: str, body: bytes) -> list[tuple[str, str]]:
    head = f"Content-Type: {' '.join(kind.split())}\r\n\r\n".encode("utf-8", "replace")
    message = message_from_bytes(head + body, policy=HTTP)
    if not message.is_multipart():
        return []
    fields = []
    for part in list(message.iter_parts())[:_MOST_FIELDS]:
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            fields.append((name, value.decode("utf-8", "replace")))
    return fields
