"""Licence determinations: cases and dated rules in, requirement, exceptions and review policy out.

Reading order: `case` (what the user states) → `law`, `law_slice` (what is in force) → `facts` (what is known, and which
alternatives stay open) → `worlds`, `engine` (the rules on every alternative) → `outcome`, `combination` (codes) →
`determination` (the answer).
"""
