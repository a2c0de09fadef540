"""The share that listed parties hold of a party: the rule on affiliates."""
