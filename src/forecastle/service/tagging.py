"""TagResource, UntagResource, ListTagsForResource: for any resource of the account."""

from __future__ import annotations

from forecastle.service.context import Context
from forecastle.service.records import Parameters, Result, find
from forecastle.service.tags import read_tags


def tag_resource(context: Context, parameters: Parameters) -> Result:
    """TagResource: new tags join, values of present ones change."""
    resource = find(context, parameters["ResourceArn"])
    resources = context.service.catalog.resources
    present = tuple(resources.tags(resource.arn))
    resources.tag(resource.arn, read_tags(context.service.settings, parameters["Tags"], present))
    return {}


def untag_resource(context: Context, parameters: Parameters) -> Result:
    """UntagResource: keys that are not there are no error."""
    resource = find(context, parameters["ResourceArn"])
    context.service.catalog.resources.untag(resource.arn, parameters["TagKeys"])
    return {}


def list_tags_for_resource(context: Context, parameters: Parameters) -> Result:
    """ListTagsForResource."""
    resource = find(context, parameters["ResourceArn"])
    tags = context.service.catalog.resources.tags(resource.arn)
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
