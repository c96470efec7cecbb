"""Measures: what the assistant hears and decides, and what that costs. Programs with output, not tests."""
