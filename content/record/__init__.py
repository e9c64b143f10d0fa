"""The record: signed append-only streams of events, on SQLite or PostgreSQL."""
