"""The API keeps what its own description promises: schemathesis reads the OpenAPI document and calls every operation.

schemathesis is a development dependency; nothing else has to be fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from tests.factories.fixtures import City

from tongban.config.wsgi import application

pytestmark = [pytest.mark.slow]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests of an outside client must not close the connection that holds this test's transaction."""
    for moment in (signals.request_started, signals.request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (signals.request_started, signals.request_finished):
        moment.connect(close_old_connections)


def test_the_description_is_an_openapi_document_with_every_operation_explained(city: City) -> None:
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application).raw_schema
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert document["openapi"].startswith("3.")
    assert len(operations) > 20
    assert all(o.get("summary") and o.get("operationId") for o in operations)
    assert len({o["operationId"] for o in operations}) == len(operations)


def test_no_operation_breaks_on_generated_requests(city: City) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    broken: list[str] = []
    for result in schema.get_all_operations():
        operation: Any = result.ok()

        @settings(
            max_examples=6, database=None, deadline=None, phases=(Phase.generate,), derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def call(case: Any) -> None:
            answer = case.call()
            if answer.status_code >= 500:
                broken.append(f"{case.method} {case.formatted_path}: {answer.status_code}")

        given(operation.as_strategy())(call)()
    assert not broken, "\n".join(broken)
