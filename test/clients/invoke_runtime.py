"""invoke_agent_runtime with an MCP body, as each profile in argv: the JSON-RPC answer, or the error's code and status."""
import json
import sys

import boto3
from botocore.exceptions import ClientError

control = boto3.Session(profile_name="account-a").client("bedrock-agentcore-control")
runtime = control.list_agent_runtimes()["agentRuntimes"][0]["agentRuntimeArn"]


def invoke(profile, method, params):
    client = boto3.Session(profile_name=profile).client("bedrock-agentcore")
    message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    try:
        answer = client.invoke_agent_runtime(
            agentRuntimeArn=runtime,
            qualifier="DEFAULT",
            contentType="application/json",
            accept="application/json, text/event-stream",
            mcpProtocolVersion="2025-11-25",
            payload=json.dumps(message),
        )
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"status": status, "error": error.response["Error"]["Code"]}
    text = answer["response"].read().decode()
    if answer["contentType"].startswith("text/event-stream"):
        (text,) = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
    return {
        "status": answer["statusCode"],
        "session": len(answer["runtimeSessionId"]) >= 33,
        "answer": json.loads(text),
    }


call = {"name": "add_numbers", "arguments": {"a": 3123, "b": 31341234}}
json.dump({profile: invoke(profile, "tools/call", call) for profile in sys.argv[1:]}, sys.stdout)
