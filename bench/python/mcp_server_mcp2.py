"""The tools of workloads/mcp-server on MCPServer of mcp 2.x: stateless, JSON answers. Prints its port."""

import socket

import uvicorn
from mcp.server.mcpserver import MCPServer

server = MCPServer("mcp-server", log_level="ERROR")


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
app = server.streamable_http_app(stateless_http=True, json_response=True)
uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])
