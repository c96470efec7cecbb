"""The core of Bedside: what was said, how urgent it is, and the record of it. No web, no Rasa.

Reading order: `model` (the nouns), `knowledge` (what is known about the drug), `language` (text to
mentions), `triage` and `questions` (mentions to urgency), `dialogue` (one turn), `store` (the record).
"""
