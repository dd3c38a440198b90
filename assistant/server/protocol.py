"""What is said to bytes that are not HTTP, before there is a request that the app could answer."""

from __future__ import annotations

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.errors import MalformedRequest
from assistant.server.problems import ProblemResponse


class ProblemProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with its one reply of its own as a problem."""

    def send_400_response(self, msg: str) -> None:
        problem = ProblemResponse(MalformedRequest("this is not HTTP/1.1: check the address and the headers"))
        headers = [*problem.raw_headers, (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers),
            h11.Data(data=bytes(problem.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event))
        self.transport.close()
