"""
The tools of workloads/mcp-server on FastMCP of mcp 1.x, without authentication. Prints its port.

As AgentCore's documentation has a server for Runtime written
(https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-mcp.html): stateless, all else by default.
With the argument `tuned`, JSON in place of an event stream, and no logs.
"""

import socket
import sys

import uvicorn
from mcp.server.fastmcp import FastMCP

tuned = "tuned" in sys.argv
level = "error" if tuned else "info"
server = FastMCP(
    "mcp-server", stateless_http=True, json_response=tuned, log_level="ERROR" if tuned else "INFO"
)


@server.tool()
def add_numbers(a: int, b: int) -> int:
    """Add two whole numbers"""
    return a + b


@server.tool()
def multiply_numbers(a: int, b: int) -> int:
    """Multiply two whole numbers"""
    return a * b


@server.tool()
def greet_user(name: str) -> str:
    """Greet a user by name"""
    return f"Hello, {name}! Welcome to AgentCore Runtime."


# asyncio turns Nagle's algorithm off only for sockets that name their protocol; with it each call takes 40 ms.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(1024)
print(listener.getsockname()[1], flush=True)
uvicorn.Server(
    uvicorn.Config(server.streamable_http_app(), log_level=level, access_log=not tuned)
).run(sockets=[listener])
