"""Sync: events, cosignatures and files between a village and its county."""
