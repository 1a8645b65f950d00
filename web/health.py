"""Whether all is well, for monitors and load balancers; it tells nothing else."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from storage.errors import StorageError
from web.desk import desk_of


async def health(request: Request) -> Response:
    """200 when the database answers and all parts of the daemon are at work, else 503."""
    desk = desk_of(request)
    try:
        await desk.store.read(lambda t: t.meta.get("installation"))
    except StorageError:
        return JSONResponse({"status": "no database"}, 503)
    if not desk.at_work():
        return JSONResponse({"status": "starting or ending"}, 503)
    return JSONResponse({"status": "ok"})
