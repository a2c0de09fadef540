"""The store: immutable evidence in columns, the graph built from it, and the manifest that commits both."""
