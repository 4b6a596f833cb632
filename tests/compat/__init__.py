"""Unchanged clients against the running service: boto3, the AWS CLI, the JavaScript SDK."""
