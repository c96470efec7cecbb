"""The shell to Rasa: it hands texts to bedside.language and what was read back to Rasa."""
