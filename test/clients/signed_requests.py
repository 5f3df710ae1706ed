"""Signed requests to the URL in argv[1], as botocore and mcp-proxy-for-aws make them; keys by the environment."""
import os
import sys

import httpx
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from mcp_proxy_for_aws.sigv4_helper import SigV4HTTPXAuth

url = sys.argv[1]
credentials = Credentials(
    os.environ["AWS_ACCESS_KEY_ID"],
    os.environ["AWS_SECRET_ACCESS_KEY"],
    os.environ["AWS_SESSION_TOKEN"],
)
scope = (credentials, "bedrock-agentcore", "us-east-1")
body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
path = "/runtimes/arn%3Aaws%3Ab/invocations?qualifier=DEFAULT&a=%20%2B"

for auth in (SigV4Auth(*scope), SigV4QueryAuth(*scope, expires=60)):
    presigned = isinstance(auth, SigV4QueryAuth)
    request = AWSRequest(
        method="GET" if presigned else "POST",
        url=url + path,
        data=None if presigned else body,
        headers={} if presigned else {"Content-Type": "application/json"},
    )
    auth.add_auth(request)
    URLLib3Session().send(request.prepare())

httpx.post(
    url + "/gateway/tools-abcdefghij/mcp",
    content=body,
    headers={"content-type": "application/json", "mcp-protocol-version": "2025-11-25"},
    auth=SigV4HTTPXAuth(*scope),
)
