"""The article's grant by hand. The gateway's ARN and the principal are arguments here."""
import json
import sys

import boto3

GATEWAY_ARN = sys.argv[1]
REGION = "us-east-1"
CROSS_ACCOUNT_PRINCIPAL = sys.argv[2]

session = boto3.Session(profile_name="account-a", region_name=REGION)  # Account A (tool provider)
client = session.client("bedrock-agentcore-control", region_name=REGION)

policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "AllowCrossAccountInvoke",
            "Effect": "Allow",
            "Principal": {"AWS": CROSS_ACCOUNT_PRINCIPAL},
            "Action": "bedrock-agentcore:InvokeGateway",
            "Resource": GATEWAY_ARN if len(sys.argv) < 4 else sys.argv[3],
        }
    ],
}

client.put_resource_policy(
    resourceArn=GATEWAY_ARN,
    policy=json.dumps(policy),
)
print("Resource policy attached!")
