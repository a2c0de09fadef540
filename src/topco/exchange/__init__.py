"""Evidence taken elsewhere: BODS 0.4, FollowTheMoney, TriG and JSON-LD, Parquet, CSV, GraphML (`docs/export.md`).

1. `selection` says which rows are exported: those of the loads in force, or of the group around some parties.
2. `parties` gathers what other tables say about a party.
3. One module for each format turns rows into statements, quads or lines, as a stream; codes come from `vocabulary`.
4. `files` puts the result in its place only when it is complete.
"""
