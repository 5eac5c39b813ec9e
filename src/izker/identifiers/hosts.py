"""Host names: undo the ways of hiding a dot, know the top-level domain, give the ASCII form, name the registered
domain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from izker.identifiers.plan import facts
from izker.jurisdictions import data

_DOT_WORD = "(?:dot|точка|точки|нүкте|tochka|nukte)"
_DOT = re.compile(rf"\s*[\[({{<]\s?(?:\.|{_DOT_WORD})\s?[\])}}>]\s*|\s{_DOT_WORD}\s|\s\.\s|\\\.|\.", re.I)
_CYRILLIC_LETTERS = "абвгдезийклмнопрстуфхыэіңғүұқөһә"
_SOUNDS = dict(zip(_CYRILLIC_LETTERS, "abvgdeziyklmnoprstufhyeinguuqoha", strict=True)) | {
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ю": "yu",
    "я": "ya",
    "ь": "",
    "ъ": "",
    "ё": "e",
}
# Top-level domains of addresses whose dot is spelled out.
_PLAIN_TOPS = ("kz", "com", "ru", "top", "online", "site", "net", "info", "xyz", "org")
_SPELLED_TOPS = (*_PLAIN_TOPS, "shop", "pro", "vip", "cc", "app", "link", "me", "io")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_MIXED_TAIL = re.compile(r"^([A-Za-z0-9-]*[A-Za-z0-9])-?[\u0400-\u04ff]+$")
_SOCIAL = {
    "t.me": "telegram",
    "telegram.me": "telegram",
    "telegram.dog": "telegram",
    "wa.me": "whatsapp",
    "api.whatsapp.com": "whatsapp",
    "whatsapp.com": "whatsapp",
    "chat.whatsapp.com": "invite",
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "vk.com": "vk.com",
    "m.vk.com": "vk.com",
    "vk.me": "vk.com",
    "tiktok.com": "tiktok",
    "facebook.com": "facebook.com",
    "m.facebook.com": "facebook.com",
    "fb.com": "facebook.com",
    "m.me": "facebook.com",
    "ok.ru": "ok.ru",
    "threads.net": "threads.net",
}


@dataclass(frozen=True, slots=True)
class Host:
    """`ascii`: lower-case ASCII (IDNA) form; `unicode`: as people read it; `length`: how many characters of the
    source it takes; `suffix`: public suffix."""

    ascii: str
    unicode: str
    length: int
    suffix: str


@lru_cache
def _spoken() -> dict[str, str]:
    return dict(data("kz", "identifiers")["web"]["spoken_tops"])


@lru_cache
def _extractor() -> Any:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)


@lru_cache
def _tops() -> frozenset[str]:
    """Every top-level domain of the snapshot, in ASCII and in Unicode."""
    import idna

    tops = {suffix.rsplit(".", 1)[-1].lower() for suffix in _extractor().tlds}
    tops |= {idna.encode(top).decode() for top in tops if not top.isascii()}
    return frozenset(tops)


@lru_cache(maxsize=32768)
def registered(host: str) -> str:
    """The domain that was registered: 'pay.kaspi-bonus.com.kz' -> 'kaspi-bonus.com.kz'; the host itself where there
    is none."""
    found = _extractor().extract_str(host)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else host


@lru_cache(maxsize=32768)
def read(written: str, *, with_scheme: bool = False) -> Host | None:
    """The host in `written` (dots may be hidden); None where its last label is no top-level domain. A case ending
    behind it is left out."""
    pieces = _DOT.split(written)
    hidden = any(mark.group() != "." for mark in _DOT.finditer(written))
    length = len(written)
    last = pieces[-1]
    top = last.lower()
    if top not in _tops():
        tail = _MIXED_TAIL.match(last)
        if tail is not None and tail.group(1).lower() in _tops():
            length -= len(last) - len(tail.group(1))
            top = tail.group(1).lower()
        elif hidden and top in _spoken():
            top = _spoken()[top]
            pieces = [_sounded(piece) for piece in pieces]
        elif hidden and "-" in last and last.split("-")[0].lower() in _spoken():
            length -= len(last) - len(last.split("-")[0])
            top = _spoken()[last.split("-")[0].lower()]
            pieces = [_sounded(piece) for piece in pieces]
        elif len(pieces) > 2 and (not last.isascii() or last[:1].isupper()):
            return _shorter(written, with_scheme)
        else:
            return None
    if hidden and top in _spoken() and len(written.split()) > 1:
        top = _spoken()[top]
        pieces = [_sounded(piece) for piece in pieces]
    unicode_form = ".".join([*(piece.lower() for piece in pieces[:-1]), top])
    plain = _ascii(unicode_form)
    if plain is None or any(not piece or len(piece) > 63 for piece in pieces):
        return None
    return Host(plain, unicode_form, length, top)


def address(written: str) -> Host | None:
    """The IPv4 address in `written` (its dots may be hidden: '45.147.228[.]13'), or None."""
    parts = _DOT.split(written)
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 3 and int(part) < 256 for part in parts):
        return None
    plain = ".".join(parts)
    return Host(plain, plain, len(written), "")


def _shorter(written: str, with_scheme: bool) -> Host | None:
    """'kaspi.kz.Сосын' -> the host before the slip of a missing space."""
    marks = list(_DOT.finditer(written))
    return read(written[: marks[-1].start()], with_scheme=with_scheme)


def _sounded(label: str) -> str:
    return "".join(_SOUNDS.get(char, char) for char in label.lower())


def _ascii(host: str) -> str | None:
    if host.isascii():
        return host
    import idna

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        try:
            return host.encode("idna").decode()
        except UnicodeError:
            return None


def believable(host: Host, written: str, path: str) -> bool:
    """True if a host without a scheme is meant as an address, not a full stop without a space behind it."""
    labels = host.unicode.split(".")
    before, top = labels[-2], labels[-1]
    visible = written[: host.length]
    if all(label.isdigit() for label in labels[:-1]) or (len(before) == 1 and len(labels) == 2 and host.ascii not in _SOCIAL):
        return False
    plain = _DOT.sub(".", visible) == visible
    if not plain:
        return _hidden_believable(visible, before)
    if path[:1] in "/?#:" and path:
        return True
    if labels[0] == "www" or "-" in before or any(c.isdigit() for c in before) or visible.lower().startswith("xn--"):
        return not (visible[-len(top) :].istitle() and _CYRILLIC.search(top))
    written_top = visible.rsplit(".", 1)[-1]
    if _CYRILLIC.search(top):
        return written_top.islower() and top not in facts("web.sentence_tops")
    if _CYRILLIC.search(before):
        return written_top in ("kz", "ru", "com", "net", "org", "рф") and visible.islower()
    if written_top[:1].isupper() and not visible.isupper() and not visible[:1].isupper():
        return False
    if written_top.istitle() and before not in visible:
        return False
    return not (top in facts("web.wordlike_tops") and (before in facts("web.slipped_words") or len(before) < 3)) and not (
        before in facts("web.slipped_words") and written_top[:1].isupper()
    )


def _hidden_believable(visible: str, before: str) -> bool:
    """A spelled dot: brackets tell a hidden address; a bare word or ' . ' needs a label like a host's."""
    if re.search(r"[\[({<\\]", visible):
        return True
    label = _DOT.split(visible)[-2]
    spoken = visible.rsplit(None, 1)[-1].lower()
    if re.search(r"\s\.\s", visible):
        return label.isascii() and label.islower() and (spoken in _PLAIN_TOPS or ("-" in label and spoken in _SPELLED_TOPS))
    if label.isascii():
        return len(label) > 1 and (spoken in _SPELLED_TOPS or spoken in _spoken())
    return spoken in ("кз", "ком", "ру", "орг", "kz", "com", "ru", "org") and bool(before)


def handle(host: str, path: str) -> str | None:
    """The handle behind a link of a messenger or network; None where the link is no profile."""
    place = _SOCIAL.get(host.removeprefix("www."))
    if place is None:
        return None
    parts = [part for part in re.split(r"[/?#]", path) if part]
    if not parts:
        return None
    first = parts[0]
    if place == "telegram":
        if first.startswith("+"):
            return f"t.me/{first}"
        if first in ("joinchat", "addlist", "c") and len(parts) > 1:
            return f"t.me/{first}/{parts[1]}"
        name = (parts[1] if first == "s" and len(parts) > 1 else first).removeprefix("@").lower()
        return "@" + name if re.fullmatch(r"[a-z][a-z0-9_]{2,31}", name) else None
    if place == "whatsapp":
        digits = re.search(r"(?:^/|phone=)\+?(\d{8,15})(?!\d)", path)
        return f"wa.me/{digits.group(1)}" if digits else None
    if place == "invite":
        return f"chat.whatsapp.com/{first}"
    name = first.removeprefix("@").lower()
    if name in facts("web.no_profile") or not re.fullmatch(r"[\w.-]{2,64}", name) or (place == "tiktok" and not first.startswith("@")):
        return None
    return {"instagram": f"instagram.com/{name}", "tiktok": f"tiktok.com/@{name}"}.get(place, f"{place}/{name}")
