"""mcp-proxy-for-aws as a stdio proxy, as Claude Code starts it: its command and arguments."""
import asyncio
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

# A Lambda function's tool, and those of the MCP server on Runtime with the sum of the article.
CALLS = {
    "echo-tools___echo_message": {"message": "via proxy"},
    "calculator___add_numbers": {"a": 3123, "b": 31341234},
    "calculator___multiply_numbers": {"a": 6, "b": 7},
    "calculator___greet_user": {"name": "Claude"},
}


async def main():
    proxy = StdioServerParameters(
        command=sys.argv[1],
        args=sys.argv[2:],
        env=dict(os.environ),
    )
    async with stdio_client(proxy) as (read, write):
        async with ClientSession(read, write) as session:
            print((await session.initialize()).serverInfo.name)
            for tool in (await session.list_tools()).tools:
                print(tool.name)
            for name, arguments in CALLS.items():
                result = await session.call_tool(name, arguments)
                print(result.content[0].text)


asyncio.run(main())
