"""From the typed form of rules to SQL for DuckDB, PostgreSQL and Spark; `base/engines` runs it.

    statement.statement(rules, source, parameters, engine)      one SELECT for all subjects of a table
    results.state(rule.type, row, name)                         what one row of it says, as a `State`

Read in this order: `source` (what the statement reads), `terms` (how a value and what is known of it travel
through SQL), `layers` (where columns are computed), `emit` (one node after the other), `statement`.

No text reaches the SQL but through `Dialect.identifier` and `Dialect.text`.
"""
