"""mcp-proxy-for-aws as a stdio proxy, as Claude Code starts it: its command and arguments."""
import asyncio
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main():
    proxy = StdioServerParameters(
        command=sys.argv[1],
        args=sys.argv[2:],
        env=dict(os.environ),
    )
    async with stdio_client(proxy) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            for tool in (await session.list_tools()).tools:
                print(tool.name)
            result = await session.call_tool("echo-tools___echo_message", {"message": "via proxy"})
            print(result.content[0].text)


asyncio.run(main())
