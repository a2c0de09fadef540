"""The law as data: dated statements, slices, rules and rule sets, their checks and their words."""
