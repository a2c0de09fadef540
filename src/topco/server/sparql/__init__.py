"""The SPARQL 1.1 Protocol at `/sparql`, for queries alone.

What a client sends is read in `reading`, answered by a process of `pool`, and given back by `router`. The server's own
process never hands a query to the engine: a query can be written that crashes the engine's parser or keeps it busy for
hours, so even parsing happens in a process that can be killed (`worker`, `answering`).
"""
