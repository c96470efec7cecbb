"""Build the language package, train the Rasa model, and unpack the sign heads beside it.

`python -m components.train --out models/bedside-0123.tar.gz`. Progress goes to stdout; a failure is
one sentence on stderr and a non-zero exit.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tarfile
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from bedside.language import nlp
from bedside.settings import ROOT
from components.sign_extractor import HEADS

LANGUAGE = ROOT / "models" / "language"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    logging.getLogger("rasa").setLevel(logging.ERROR)
    try:
        print("building the language package", flush=True)
        LANGUAGE.mkdir(parents=True, exist_ok=True)
        nlp.save(LANGUAGE / "spacy")
        print("learning from the phrases in data/", flush=True)
        train(out)
    except Exception as error:  # whatever it is, the operator gets one sentence
        print(f"The model could not be trained: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


def train(out: Path) -> None:
    """A Rasa model at `out`, and the heads it contains at models/language/heads.npz."""
    import rasa
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        # Rasa's bars and colours are for a terminal of its own; what goes wrong comes as an exception.
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            result = rasa.train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data")],
                output=folder,
                force_training=True,
            )
        if result.code != 0 or not result.model:
            raise RuntimeError("Rasa found an error in the training data or the configuration")
        unpack_heads(Path(result.model), LANGUAGE / HEADS)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(result.model, out)


def unpack_heads(model: Path, to: Path) -> None:
    """Copy the sign heads out of a Rasa model; LookupError when it has none."""
    with tarfile.open(model) as archive:
        names = [name for name in archive.getnames() if name.endswith(f"/{HEADS}")]
        file = archive.extractfile(names[0]) if names else None
        if file is None:
            raise LookupError(f"{model.name} holds no sign heads")
        to.write_bytes(file.read())


if __name__ == "__main__":
    raise SystemExit(main())
