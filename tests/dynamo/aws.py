"""What AWS has and the local engine lacks, for the tests of the way there.

Everything but these calls goes to the engine. Requests are held to botocore's model of the service, so a wrong
parameter fails here as it would on AWS.
"""

from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from atlas.dynamo.connection import connection
from atlas.dynamo.provision.live import Store


def validate(client: Any, operation: str, request: dict[str, Any]) -> None:
    shape = client.meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()


class Dynamo:
    """The engine with continuous backups; `not_yet`: so often they are not available, as for a new table on AWS."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.recovered: set[str] = set()
        self.not_yet = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_continuous_backups(self, **request: Any) -> dict[str, Any]:
        name = self._known("DescribeContinuousBackups", request)
        status = "ENABLED" if name in self.recovered else "DISABLED"
        recovery = {"PointInTimeRecoveryStatus": status}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": recovery}}

    def update_continuous_backups(self, **request: Any) -> None:
        name = self._known("UpdateContinuousBackups", request)
        if self.not_yet:
            self.not_yet -= 1
            raise error("ContinuousBackupsUnavailableException", "UpdateContinuousBackups")
        assert request["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        self.recovered.add(name)

    def _known(self, operation: str, request: dict[str, Any]) -> str:
        validate(self._client, operation, request)
        name = str(request["TableName"])
        if name not in self._client.list_tables()["TableNames"]:
            raise error("TableNotFoundException", operation)
        return name


class Scaling:
    """Application Auto Scaling's registry of targets and policies."""

    def __init__(self) -> None:
        nobody = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}  # or botocore looks for some
        self._model = boto3.client("application-autoscaling", region_name="us-east-1", **nobody)
        self.targets: dict[tuple[str, str], dict[str, Any]] = {}
        self.policies: dict[tuple[str, str], dict[str, Any]] = {}

    def register_scalable_target(self, **request: Any) -> None:
        validate(self._model, "RegisterScalableTarget", request)
        self.targets[self._key(request)] = request

    def put_scaling_policy(self, **request: Any) -> None:
        validate(self._model, "PutScalingPolicy", request)
        assert self._key(request) in self.targets, "AWS refuses a policy without its target"
        self.policies[self._key(request)] = request

    def deregister_scalable_target(self, **request: Any) -> None:
        validate(self._model, "DeregisterScalableTarget", request)
        del self.targets[self._key(request)]
        self.policies.pop(self._key(request), None)

    def get_paginator(self, operation: str) -> Any:
        found = {"describe_scalable_targets": self._targets, "describe_scaling_policies": self._policies}[operation]
        return type("Paginator", (), {"paginate": staticmethod(found)})

    def _targets(self, **request: Any) -> list[dict[str, Any]]:
        validate(self._model, "DescribeScalableTargets", request)
        return [{"ScalableTargets": [t]} for key, t in self.targets.items() if key[0] in request["ResourceIds"]]

    def _policies(self, **request: Any) -> list[dict[str, Any]]:
        validate(self._model, "DescribeScalingPolicies", request)
        return [{"ScalingPolicies": [p]} for key, p in self.policies.items() if key[0] == request["ResourceId"]]

    @staticmethod
    def _key(request: dict[str, Any]) -> tuple[str, str]:
        return request["ResourceId"], request["ScalableDimension"]


def aws() -> Store:
    """A store that takes itself for AWS."""
    store = Store(client=Dynamo(connection().client), endpoint=None)
    store.__dict__["scaling"] = Scaling()
    return store


def error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
