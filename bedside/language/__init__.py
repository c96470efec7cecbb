"""From a patient's words to what was said: signs and findings with assertions, details, yes or no."""

from bedside.language.classifier import Classifier, Example, train
from bedside.language.encoder import Encoder, EncoderError, shared_encoder
from bedside.language.nlp import MAX_CHARACTERS
from bedside.language.reader import Reader

__all__ = [
    "MAX_CHARACTERS",
    "Classifier",
    "Encoder",
    "EncoderError",
    "Example",
    "Reader",
    "shared_encoder",
    "train",
]
