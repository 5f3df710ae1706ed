"""The echo tool on FastMCP of mcp 1.x: stateless, JSON answers, no authentication. Prints its port."""

import socket

import uvicorn
from mcp.server.fastmcp import FastMCP

server = FastMCP("echo", stateless_http=True, json_response=True, log_level="ERROR")


@server.tool()
def echo_message(message: str) -> dict[str, str]:
    """Echo back a message for testing"""
    return {"message": message}


# asyncio turns Nagle's algorithm off only for sockets that name their protocol; with it each call takes 40 ms.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(1024)
print(listener.getsockname()[1], flush=True)
uvicorn.Server(
    uvicorn.Config(server.streamable_http_app(), log_level="error", access_log=False)
).run(sockets=[listener])
