"""Asking registers about single companies, over the network: politely, resumably, and always as evidence."""
