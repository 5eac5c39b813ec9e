"""Catalogues of words: `check` lists strings without a Kazakh or Russian translation, `compile` makes the files both floors read.

One .po file a room and language under src/izker/locale/<language>/; all are merged into LC_MESSAGES/django.mo.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parents[1] / "src" / "izker"
LOCALE = SOURCE / "locale"
LANGUAGES = ("kk", "ru")
KEYWORDS = {
    "_": None, "N_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3), "gettext_noop_": None,
}
FIELD = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^}]*\}")
Key = tuple[str | None, str]


def merged(language: str) -> Catalog:
    whole = Catalog(locale=language, fuzzy=False)
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and not message.fuzzy:
                    single = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
                    whole.delete(single, message.context)  # the room later in the alphabet has the word: server over the rooms below
                    whole[message.id] = message
    return whole


def used() -> Iterator[tuple[Path, int, Key]]:
    """Every marked string of the sources: (file, line, (context, English text))."""
    for path in sorted(SOURCE.rglob("*.py")):
        with path.open("rb") as file:
            yield from _strings(path, file)
    templates = [p for p in sorted(SOURCE.rglob("templates/**/*")) if p.suffix in {".html", ".txt"}]
    if templates:
        from django.conf import settings

        if not settings.configured:
            settings.configure()
        from django.utils.translation.template import templatize

        for path in templates:
            code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield from _strings(path, io.BytesIO(code.encode()))


def _strings(path: Path, file: io.IOBase) -> Iterator[tuple[Path, int, Key]]:
    for line, function, messages, _comments in extract_python(file, list(KEYWORDS), [], {"encoding": "utf-8"}):
        values = messages if isinstance(messages, tuple) else (messages,)
        context = values[0] if function in {"pgettext", "pgettext_lazy", "npgettext"} else None
        text = values[1] if context is not None else values[0]
        if text:
            yield path, line, (context, text)


def missing() -> list[str]:
    """One line a gap: an untranslated string, or a translation whose {fields} differ from the source's."""
    catalogues = {language: merged(language) for language in LANGUAGES}
    lines = []
    for path, line, (context, text) in used():
        for language, catalogue in catalogues.items():
            message = catalogue.get(text, context)
            strings = message.string if message and isinstance(message.string, (tuple, list)) else (message.string if message else "",)
            place = f"{path.relative_to(SOURCE.parents[1])}:{line}: {language}"
            if not message or not all(strings):
                lines.append(f"{place}: no translation of {text!r}")
            elif {x or y for x, y in FIELD.findall(text)} != {x or y for s in strings for x, y in FIELD.findall(s)}:
                lines.append(f"{place}: fields differ in {text!r}")
    return lines


def compile_all() -> None:
    for language in LANGUAGES:
        target = LOCALE / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, merged(language))


def main() -> int:
    if sys.argv[1:] == ["compile"]:
        compile_all()
        return 0
    if sys.argv[1:] == ["check"]:
        lines = missing()
        print("\n".join(lines) if lines else "every string stands in Kazakh and Russian")
        return 1 if lines else 0
    print("usage: python tools/catalogue.py check|compile", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
