"""The pages that people open: the widget's, the API's documentation."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files

from starlette.responses import HTMLResponse, Response

from assistant.errors import NotFound
from assistant.server.pages.shell import HEAD, SELF, page

SWAGGER = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


def index(title: str) -> HTMLResponse:
    """A page with the widget."""
    script = '<script type="module" src="{}/widget/widget.js"></script>'
    embed = f"{script.format('https://your.host')}\n<role-assistant></role-assistant>"
    body = (
        f"<main><h1>{escape(title)}</h1>"
        "<p>Ask about the documents on this server: press the round button in the corner. Every sentence of an answer "
        "shows the place that it comes from. When the documents do not say, the answer says so.</p>"
        f"<p>To have it on a page of your own:</p><pre><code>{escape(embed)}</code></pre>"
        '<p>Programs ask over HTTP: see the <a href="/docs">documentation of the API</a>.</p></main>'
        "<role-assistant></role-assistant>"
    )
    return page(title, HEAD + script.format(""), body, SELF)


def docs(title: str) -> HTMLResponse:
    """The API's documentation. It loads nothing from elsewhere."""
    head = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/swagger-ui.css">'
    scripts = '<script src="/docs/swagger-ui-bundle.js"></script><script src="/static/docs.js"></script>'
    return page(f"{title}: API", head, f'<div id="swagger-ui"></div>{scripts}', SELF)


@cache
def docs_file(name: str) -> Response:
    """One of Swagger UI's files, out of the package that carries them."""
    if name not in SWAGGER:
        raise NotFound("there is nothing at this address: the documentation is at /docs")
    content = files("fastapi_swagger.resources").joinpath(name).read_bytes()
    return Response(content, media_type=SWAGGER[name], headers={"Cache-Control": "max-age=3600"})
