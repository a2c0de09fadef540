"""The whole law of a date as one table, and what differs between two."""
