"""The shell to the patient: the web page and the small backend that stands in front of Rasa."""
