"""Profiles as boto3 reads them: role_arn with source_profile, and AssumeRole by hand."""
import json
import sys

import boto3
from botocore.exceptions import ClientError

session = boto3.Session(profile_name="consumer-developer")
answers = {"profile": session.client("sts").get_caller_identity()["Arn"]}

admin = boto3.Session(profile_name="account-b").client("sts")
assumed = admin.assume_role(
    RoleArn="arn:aws:iam::444455556666:role/auditor", RoleSessionName="by-hand"
)
answers["assumed"] = assumed["AssumedRoleUser"]["Arn"]
try:
    boto3.Session(profile_name="account-a").client("sts").assume_role(
        RoleArn="arn:aws:iam::444455556666:role/auditor", RoleSessionName="stranger"
    )
    answers["stranger"] = "assumed"
except ClientError as error:
    answers["stranger"] = error.response["Error"]["Code"]

control = boto3.Session(profile_name="account-a").client("bedrock-agentcore-control")
gateway = control.list_gateways()["items"][0]
answers["gateway"] = control.get_gateway(gatewayIdentifier=gateway["gatewayId"])["gatewayArn"]
answers["policy"] = json.loads(
    control.get_resource_policy(resourceArn=answers["gateway"])["policy"]
)["Statement"][0]["Principal"]["AWS"]
answers["role"] = boto3.Session(profile_name="account-b").client("iam").get_role(
    RoleName="developer"
)["Role"]["RoleId"][:4]
functions = boto3.Session(profile_name="account-a").client("lambda").list_functions()["Functions"]
answers["architectures"] = functions[0]["Architectures"]
json.dump(answers, sys.stdout)
