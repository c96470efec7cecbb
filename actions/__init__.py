"""The shell to the Rasa action server: read the record, let bedside.dialogue decide, write and say."""
