"""The article's client: tools/list through the gateway as one profile. The URL is an argument here."""
import asyncio
import os
import sys

import boto3
from mcp import ClientSession
from mcp_proxy_for_aws.client import aws_iam_streamablehttp_client

GATEWAY_URL = sys.argv[2]
AWS_REGION = "us-east-1"


async def invoke_gateway(profile_name: str):
    session = boto3.Session(profile_name=profile_name, region_name=AWS_REGION)
    caller = session.client("sts").get_caller_identity()
    print(f"Profile: {profile_name}")
    print(f"Account: {caller['Account']}")
    print(f"Caller: {caller['Arn']}")
    print("-" * 60)

    os.environ["AWS_PROFILE"] = profile_name
    os.environ["AWS_DEFAULT_REGION"] = AWS_REGION

    try:
        async with aws_iam_streamablehttp_client(
            endpoint=GATEWAY_URL,
            aws_region=AWS_REGION,
            aws_service="bedrock-agentcore",
        ) as (read, write, _):
            async with ClientSession(read, write) as mcp_session:
                await mcp_session.initialize()
                tools = await mcp_session.list_tools()
                print("SUCCESS! tools/list returned:")
                for tool in tools.tools:
                    print(f"  - {tool.name}: {tool.description}")
    except ExceptionGroup as eg:
        for e in eg.exceptions:
            print(f"FAILED: {type(e).__name__}: {e}")
    except Exception as e:
        print(f"FAILED: {type(e).__name__}: {e}")


if __name__ == "__main__":
    asyncio.run(invoke_gateway(sys.argv[1]))
