"""The model file: a header line of JSON, then raw arrays, compressed. Its version is the hash of what it says.

Weights are eight-bit integers with one scale a class, so that last-digit differences of mathematical libraries do not
change the bytes, and the file stays small.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from izker.files import replacing
from izker.schemes.concepts import fingerprint
from izker.schemes.features import layout
from izker.words import N_, Refusal

FORMAT = "izker-schemes-2"
DEFAULT = Path(__file__).parent / "model" / "schemes.model"


Output = tuple[str, str]
"""What the model tells apart: a scheme and the Ministry's class of the case, which does not always follow from it."""


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over `features.layout()`.

    `weights`: float32 (features, outputs), zero rows for features never kept; `bias`: float32 (outputs,).
    `temperature` divides the scores; `slope` and `shift` then map log-odds of the likeliest scheme to a calibrated
    probability. `threshold`: below it the classifier abstains. `alarm`: least calibrated probability of fraud that
    counts as an alarm. `schemes` and `classes` are the codes in `outputs`, `scheme_of` and `class_of` say which of them
    each output belongs to.
    """

    outputs: tuple[Output, ...]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    temperature: float
    slope: float
    shift: float
    threshold: float
    alarm: float
    about: dict[str, Any]
    version: str
    schemes: tuple[str, ...]
    classes: tuple[str, ...]
    scheme_of: npt.NDArray[np.int64]
    class_of: npt.NDArray[np.int64]


def payload(
    outputs: tuple[Output, ...], weights: npt.NDArray[np.float64], bias: npt.NDArray[np.float64], settings: dict[str, Any]
) -> bytes:
    """The uncompressed content of a model file."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    small = np.rint(weights / scale).astype(np.int8)
    kept = np.flatnonzero(small.any(axis=1)).astype("<i4")
    header = {
        "format": FORMAT, "outputs": outputs, "features": int(weights.shape[0]), "kept": int(kept.size),
        "lexicon": fingerprint(), "scale": [float(f"{s:.6g}") for s in scale], "bias": [round(float(b), 4) for b in bias],
        **settings,
    }  # fmt: skip
    head: bytes = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
    body: bytes = kept.tobytes() + small[kept].tobytes()
    return head + b"\n" + body


def version_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def save(content: bytes, path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(lzma.compress(content, preset=9))


def parse(content: bytes, file: str = "") -> Model:
    """The model in `content`; refuses one made for other features than this program's."""
    line, _, rest = content.partition(b"\n")
    try:
        header = json.loads(line)
    except ValueError as error:
        raise Refusal(N_("this is not a scheme model: train it again with izker train"), file=file) from error
    made_for = (header.get("format"), header.get("features"), header.get("lexicon"))
    if made_for != (FORMAT, layout()["size"], fingerprint()):
        raise Refusal(
            N_("the scheme model was made for another version of the concepts: train it again with izker train"),
            file=file,
        )
    outputs: tuple[Output, ...] = tuple((scheme, class_) for scheme, class_ in header["outputs"])
    schemes, classes = tuple(dict.fromkeys(s for s, _c in outputs)), tuple(dict.fromkeys(c for _s, c in outputs))
    n = header["kept"]
    kept = np.frombuffer(rest, "<i4", n)
    small = np.frombuffer(rest, np.int8, n * len(outputs), n * 4).reshape(n, len(outputs))
    weights = np.zeros((header["features"], len(outputs)), np.float32)
    weights[kept] = small * np.array(header["scale"], np.float32)
    return Model(
        outputs, weights, np.array(header["bias"], np.float32), header["temperature"], header["slope"], header["shift"],
        header["threshold"], header["alarm"], header["about"], version_of(content), schemes, classes,
        np.array([schemes.index(s) for s, _c in outputs]), np.array([classes.index(c) for _s, c in outputs]),
    )  # fmt: skip


def load(path: Path = DEFAULT) -> Model:
    """Read a model file; refuses a missing or broken one."""
    try:
        content = lzma.decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise Refusal(N_("there is no scheme model here: make one with izker train"), file=str(path)) from error
    except (lzma.LZMAError, EOFError) as error:
        raise Refusal(N_("the scheme model is damaged: make it again with izker train"), file=path.name) from error
    return parse(content, path.name)
