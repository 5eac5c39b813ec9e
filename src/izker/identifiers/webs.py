"""Links, domains, e-mails and handles, also where dots and schemes were hidden ('hxxp', '[.]', 'dot', 'точка').

Top-level domains come from the public-suffix snapshot inside tldextract; nothing is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from izker.identifiers import hosts
from izker.identifiers.model import Identifier
from izker.identifiers.plan import facts
from izker.words import N_

UNKNOWN_HOST = N_("the address has no known top-level domain: check its spelling")

_DOT_WORD = r"(?:dot|точка|точки|нүкте|tochka|nukte)"
_DOT = rf"(?:\.|\s{{0,2}}[\[({{<]\s?(?:\.|{_DOT_WORD})\s?[\])}}>]\s{{0,2}}|\s{_DOT_WORD}\s|\\\.|\s\.\s)"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,8}}"
_SCHEME = (
    r"(?:h(?:tt|xx|\*\*|хх|тт)[pр][sѕ]?|ftp)\s?(?:\[:\]|:|\[:/|%3[aA])\s?(?:\\?/\s?|\\){1,2}\]?\s?"
    r"|h(?:tt|xx)ps?\[:\\?/\\?/\]|h(?:tt|xx)ps?//"
)
_PORT_PATH = r"""(?::\d{2,5})?(?:[/?#][^\s<>"'«»“”„‹›`|\\^\u2600-\u27bf\U0001f000-\U0001faff]*)?"""
_URL = re.compile(
    rf"(?<![A-Za-z0-9@])(?P<scheme>{_SCHEME})(?P<login>[\w.%+~:!$&-]{{1,80}}@)?"
    rf"(?P<host>{_HOST})(?P<path>{_PORT_PATH})",
    re.I,
)
_BARE = re.compile(rf"(?<![\w@.%/-])(?P<host>{_HOST})(?P<path>{_PORT_PATH})", re.I)
_AT = r"(?:@|\s{0,2}[\[({]\s?(?:at|@|собака|собачка)\s?[\])}]\s{0,2}|\s(?:собака|собачка)\s)"
_EMAIL = re.compile(rf"(?<![\w.+%-])(?P<name>[\w](?:[\w.+%'-]{{0,63}}[\w])?){_AT}(?P<host>{_HOST})", re.I)
_HINT = re.compile(rf"\w\.\w|//|[\[({{<]\s?(?:\.|{_DOT_WORD})\s?[\])}}>]|\s{_DOT_WORD}\s|\w\s\.\s\w|\\\.", re.I)
_LINK_OPEN = re.compile(r"://\S{0,280}$")
_AT_HINT = re.compile(r"@|собак|собачк|[\[({]\s?at\s?[\])}]", re.I)
_NAME = re.compile(r"(?<![\w@./-])@\s?([A-Za-z](?:[A-Za-z0-9_.]{1,30}[A-Za-z0-9_]))")
_NAMED = re.compile(
    r"(?<!\w)(?P<place>инстаграмм?|инстаграме|инста|инсте|instagram|insta|телеграмм?|телеграме|телега|телеге"
    r"|телеграм-?канал|telegram|тг|tg|тикток|tiktok)"
    r"(?P<ending>[а-яәіңғүұқөһ]{0,4})(?P<middle>\s?[:\-–=]\s?|"
    r"\s+(?:аккаунт\w{0,3}|парақшасы|канал\w{0,3}|ник\w{0,3}|бот\w{0,3}|account|user|бетіндегі|арнасы)?\s?:?\s?)"
    r"(?P<name>[A-Za-z](?:[A-Za-z0-9_.]{2,30}[A-Za-z0-9_]))(?![A-Za-z0-9@])",
    re.I,
)
_SUFFIX = "ға|ге|қа|ке|да|де|та|те|дан|ден|тан|тен|нан|нен|ның|нің|дың|дің|тың|тің|ды|ді|ты|ті|ны|ні|мен|бен|пен|дағы|дегі|тағы|тегі|ы|і|а|у|ом|е|и"
_TAIL_SUFFIX = re.compile(rf"(?<=[A-Za-z0-9/])-?(?:{_SUFFIX})$", re.I)
# A word run into the address: 'Подробностиkaspi.kz'.
_GLUED = re.compile(r"[\u0400-\u04ff]{4,}(?=[a-z0-9][a-z0-9-]{2,}\.)")
_TRAILING = ".,;:!?…'\"*_~"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def find_emails(text: str) -> Iterator[Identifier]:
    """E-mail addresses, lower-cased, the host in ASCII form."""
    if _AT_HINT.search(text) is None:
        return
    for found in _EMAIL.finditer(text):
        read = hosts.read(found.group("host"))
        at = found.start()
        inside_link = at and text[at - 1] in "=/:&?" and _LINK_OPEN.search(text, max(0, at - 300), at)
        if read is None or inside_link or not found.group("name").isascii():
            continue
        end = found.start("host") + read.length
        value = f"{found.group('name').lower()}@{read.ascii}"
        yield Identifier("email", value, found.start(), end, True, "", text[found.start() : end])


def find_links(text: str) -> Iterator[Identifier]:
    """Links, bare domains, and handles written as links (t.me, wa.me, Instagram ...)."""
    if _HINT.search(text) is None:
        return
    for found in _URL.finditer(text):
        yield _link(text, found, found.group("scheme"))
    for found in _BARE.finditer(text):
        host, start = found.group("host"), found.start()
        glued = _GLUED.match(host)
        if glued is not None:
            start, host = start + glued.end(), host[glued.end() :]
        numeric = hosts.address(host)
        if numeric is not None and (numeric.length > len(numeric.ascii) or found.group("path").strip("/")):
            yield _made(text, start, start + numeric.length, numeric, found.group("path"), "http")
            continue
        read = hosts.read(host)
        if read is None or (start and text[start - 1] == "'"):
            continue
        path = found.group("path") if read.length == len(host) else ""
        if hosts.believable(read, host, path):
            yield _made(text, start, start + read.length, read, path, "https")


def _link(text: str, found: re.Match[str], scheme: str) -> Identifier:
    host = found.group("host")
    protocol = "ftp" if scheme.lower().startswith("ftp") else ("https" if scheme[4:5].lower() == "s" else "http")
    start = found.start()
    read = hosts.address(host) or hosts.read(host, with_scheme=True)
    if read is None:
        end = found.end("host")
        return Identifier("url", f"{protocol}://{host.lower()}", start, end, False, UNKNOWN_HOST, text[start:end])
    path = found.group("path") if read.length == len(host) else ""
    return _made(text, start, found.start("host") + read.length, read, path, protocol)


def trimmed(path: str) -> str:
    """A path without the sentence's punctuation, an unopened bracket or a Kazakh or Russian case ending behind it."""
    while path:
        last = path[-1]
        if last in _TRAILING or (last in _PAIRS and path.count(last) > path.count(_PAIRS[last])):
            path = path[:-1]
            continue
        found = _TAIL_SUFFIX.search(path)
        if found is not None and path[: found.start()].isascii() and (found.group().startswith("-") or len(found.group()) > 1):
            path = path[: found.start()]
            continue
        return path
    return path


def _made(text: str, start: int, host_end: int, read: hosts.Host, path: str, protocol: str) -> Identifier:
    path = trimmed(path)
    end = host_end + len(path)
    raw = text[start:end]
    handle = hosts.handle(read.ascii, path)
    if handle is not None:
        return Identifier("handle", handle, start, end, True, "", raw)
    schemed = start != host_end - read.length
    if not path.strip("/") and not schemed and read.suffix:
        return Identifier("domain", read.ascii, start, end, True, "", raw)
    return Identifier("url", f"{protocol}://{read.ascii}{'' if path == '/' else path}", start, end, True, "", raw)


def find_named(text: str) -> Iterator[Identifier]:
    """Names that the word Instagram, Telegram or TikTok announces with a colon, also where they look like a domain."""
    for one, announced in _named(text):
        if announced:
            yield one


def find_handles(text: str) -> Iterator[Identifier]:
    """@names, and names after the word Instagram or Telegram."""
    if "@" in text:
        for found in _NAME.finditer(text):
            if found.group(1).lower() in facts("web.everybody"):
                continue
            yield Identifier("handle", "@" + found.group(1).lower(), found.start(), found.end(), True, "", found.group())
    for one, _announced in _named(text):
        yield one


def _named(text: str) -> Iterator[tuple[Identifier, bool]]:
    for found in _NAMED.finditer(text):
        name = found.group("name").rstrip(".")
        told = ":" in found.group("middle") or "=" in found.group("middle") or any(c.isdigit() or c in "_." for c in name)
        latin = found.group("place").isascii()
        if name.lower() in facts("web.no_name") or (not told and (latin or len(name) < 4 or not name.islower())):
            continue
        place = found.group("place").lower()
        value = name.lower()
        if place.startswith(("инст", "inst")):
            value = f"instagram.com/{value}"
        elif place.startswith(("тик", "tik")):
            value = f"tiktok.com/@{value}"
        else:
            value = "@" + value
        start = found.start("name")
        end = start + len(name)
        announced = ":" in found.group("middle") and text[end : end + 1] != "/" and place.startswith(("инст", "inst"))
        yield Identifier("handle", value, start, end, True, "", name), announced
