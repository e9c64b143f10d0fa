"""Turns files as they come from the real world into clean values; stores nothing."""
