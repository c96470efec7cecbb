"""From a patient's words to what was said: signs and findings with assertions, details, yes or no."""

from bedside.language.classifier import Classifier
from bedside.language.encoder import Encoder, EncoderError, shared_encoder
from bedside.language.nlp import MAX_CHARACTERS
from bedside.language.reader import Reader, trained_reader

__all__ = [
    "MAX_CHARACTERS",
    "Classifier",
    "Encoder",
    "EncoderError",
    "Reader",
    "shared_encoder",
    "trained_reader",
]
