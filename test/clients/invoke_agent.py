"""
invoke_agent_runtime of the agent whose ARN is argv[1], as each profile after it: the answer, or the error.

The client code is that of AWS's guide, for the whole answer and for the stream
(https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-invoke-agent.html).
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

agent, profiles = sys.argv[1], sys.argv[2:]
session = "dfmeoagmreaklgmrkleafremoigrmtesogmtrskhmtkrlshmt"
prompt = "Add 3 and 4, multiply the result by 10, greet Ann."


def invoke(client, payload, session=session, **kwargs):
    try:
        response = client.invoke_agent_runtime(
            agentRuntimeArn=agent,
            runtimeSessionId=session,
            payload=json.dumps(payload),
            qualifier="DEFAULT",
            **kwargs,
        )
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"status": status, "error": error.response["Error"]["Code"]}
    except ParamValidationError:
        return {"error": "ParamValidationError"}
    answer = {"status": response["statusCode"], "type": response["contentType"]}
    if response["runtimeSessionId"] != session:
        answer["session"] = response["runtimeSessionId"]
    if "text/event-stream" in response["contentType"]:
        events = []
        for line in response["response"].iter_lines(chunk_size=10):
            line = line.decode("utf-8")
            if line.startswith("data: "):
                events.append(json.loads(line[6:]))
        return {**answer, "events": events}
    return {**answer, "body": json.loads(response["response"].read())}


def answers(profile):
    client = boto3.Session(profile_name=profile).client("bedrock-agentcore")
    whole = invoke(client, {"prompt": prompt})
    if whole["status"] != 200:
        return whole
    unchecked = boto3.Session(profile_name=profile).client(
        "bedrock-agentcore", config=Config(parameter_validation=False)
    )
    return {
        "whole": whole,
        "stream": invoke(client, {"message": prompt}, accept="text/event-stream"),
        "neither": invoke(client, {}),
        "session of 33": invoke(client, {"prompt": "Greet Bob"}, "s" * 33),
        "session of 32": invoke(unchecked, {"prompt": "Greet Bob"}, "s" * 32),
        "session of 32, as boto3 has it": invoke(client, {"prompt": "Greet Bob"}, "s" * 32),
    }


json.dump({profile: answers(profile) for profile in profiles}, sys.stdout)
