"""Ultimate parents: from evidence and a day to statuses, tops, chains and headquarters.

The core (`graph`, `layers`, `closure`, `status`) is arrays alone; `bulk` compiles it. `snapshot` makes the arrays from
evidence tables, `resolution` and `bulk_table` answer for a few entities or for all, `facts` serves other modules.
"""
