"""Faults at random moments while patients write; then what they sent and saw is compared with the record."""
