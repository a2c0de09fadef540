"""The shapes run over the evidence of a store, and their findings in words: what, where, how to mend it."""
