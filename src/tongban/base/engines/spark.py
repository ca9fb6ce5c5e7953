"""Spark: statements of rules over populations that are on a cluster, here in local mode.

    run(statement, {"shops": arrow_table, "rooms": Path("rooms.parquet")})

Needs the extra `spark` and a Java runtime. The session starts at the first call, takes some ten seconds, and stays.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tongban.base.engines.duckdb import EngineMissing, Tables

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import SparkSession

__all__ = ["EngineMissing", "run", "session"]

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # without it an overflow wraps, or becomes NULL, in silence
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


def run(statement: str, tables: Tables) -> pyarrow.Table:
    """The whole result. Raises EngineMissing, and pyspark's exceptions for what Spark refuses."""
    spark = session()
    for name, table in tables.items():
        if isinstance(table, Path):
            frame = spark.read.parquet(str(table))
        else:
            frame = spark.createDataFrame(_arrow(table))
        frame.createOrReplaceTempView(name)
    return spark.sql(statement).toArrow()


def session(settings: Mapping[str, str] | None = None) -> SparkSession:
    """The session of this process. `settings` count for the first call, which starts it. Raises EngineMissing."""
    if not _sessions:
        _sessions.append(_start(settings or {}))
    return _sessions[0]


_sessions: list[SparkSession] = []


def _start(settings: Mapping[str, str]) -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineMissing(
            "Spark is not installed. Install it with: pip install 'tongban[spark]'"
        ) from error
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise EngineMissing("Spark needs a Java runtime, for example the package openjdk-17-jre-headless.")
    builder = SparkSession.builder.master("local[2]").appName("tongban")
    for name, value in {**_SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it prints what is raised anyway
    return spark


def _arrow(table: Any) -> Any:
    import pyarrow

    return pyarrow.Table.from_pylist(table) if isinstance(table, list) else table
