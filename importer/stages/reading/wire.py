"""Writes a text whose shape the splitter cannot cut in a form that it can, and back without loss.

The splitter knows bytes of which one is the delimiter and one the quote, and line ends that are
LF or CRLF.  A file that is written otherwise (UTF-16, `+|` between cells, CR at the ends of lines,
backslashes before quotes) is put into its wire form while it is read: UTF-8, where stand-ins take
the place of what has several characters, and a pair that begins with U+FDD0, which Unicode keeps
for the inner use of programs, takes the place of each character that would be mistaken.  It is a
bijection: cells and raw records come out as the file has them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import cached_property, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from importer.records import Dialect
from importer.stages.reading.streams import ByteStream

_LEAD = "\ufdd0"
_LEAD_BYTES = _LEAD.encode()
_STAND_INS = "\x1f\x1e\x1d\x1c"
_HANDLER = "moengage-importer-bytes"
_BAD_FIRST = 0xDC00
_NEWLINE = re.compile(_LEAD_BYTES + b"[nNB]")


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    """Turn bytes that are no text into lone surrogates, one each, which UTF-8 does not allow."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(_BAD_FIRST + byte) for byte in bad), error.end


codecs.register_error(_HANDLER, _keep_bytes)


@lru_cache(maxsize=64)
def is_single_byte(encoding: str) -> bool:
    """Tell whether each byte is a character or none, even twice, and the lower half is ASCII."""
    lower = bytes(range(128))
    try:
        return lower.decode(encoding).encode() == lower and all(
            _length(bytes([byte, byte]), encoding) == 2 * _length(bytes([byte]), encoding)
            for byte in range(128, 256)
        )
    except (LookupError, UnicodeError):
        return False


def _length(data: bytes, encoding: str) -> int:
    return len(data.decode(encoding, "ignore"))


def _is_ascii_character(text: str) -> bool:
    return len(text) == 1 and text.isascii()


@lru_cache(maxsize=64)
def wire_of(dialect: Dialect) -> Wire:
    """Give the wire form of this dialect's texts."""
    return Wire(dialect)


class Wire:
    """The way of one dialect's text to its wire form and back.

    is_plain: the file's own bytes are its wire form.
    encoding: of the wire form.  delimiter, quote: the two bytes that give it its shape.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        mark, quote = dialect.delimiter, dialect.quote
        self.is_plain = (
            _is_ascii_character(mark)
            and _is_ascii_character(quote)
            and not dialect.escape
            and not dialect.line_end
            and (dialect.encoding == "utf-8" or is_single_byte(dialect.encoding))
        )
        self.encoding = dialect.encoding if self.is_plain else "utf-8"
        free = [one for one in _STAND_INS if one not in (mark, quote, dialect.escape)]
        self._delimiter = mark if _is_ascii_character(mark) else free.pop()
        self._quote = quote if _is_ascii_character(quote) else free.pop()
        self.delimiter, self.quote = self._delimiter.encode(), self._quote.encode()
        self.comment = dialect.comment.encode(self.encoding, "replace")
        self.longest_token = max(len(mark), len(dialect.line_end), 3) + 1

    # --- to the wire ---------------------------------------------------------------------------

    @cached_property
    def _literals(self) -> dict[str, str]:
        """Give what stands in the file, and what takes its place; the escaped apart."""
        dialect, found = self._dialect, {_LEAD: _LEAD + "0"}
        if self._delimiter != dialect.delimiter:
            found[self._delimiter] = _LEAD + "u"
            found[dialect.delimiter] = self._delimiter
        if self._quote != dialect.quote:
            found[self._quote] = _LEAD + "v"
            if dialect.quote:
                found[dialect.quote] = self._quote
        if dialect.line_end:
            found |= {"\n": _LEAD + "n", "\r": _LEAD + "r", dialect.line_end: "\n"}
        if dialect.line_end == "\r":
            # Such files have CRLF here and there; a line that began with LF would be absurd.
            found["\r\n"] = "\r\n"
        return found

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        tokens = sorted(self._literals, key=len, reverse=True)
        parts = [re.escape(token) for token in tokens]
        dialect = self._dialect
        if dialect.escape:
            # Before any other character it is text itself, as in C:\\new.
            special = {dialect.delimiter, dialect.quote, dialect.escape, *dialect.line_end, *"\r\n"}
            special -= {""}
            after = [re.escape(one) for one in sorted(special, key=len, reverse=True)]
            parts.insert(0, re.escape(dialect.escape) + f"(\r\n|{'|'.join(after)})")
        return re.compile("|".join(parts))

    def replacement(self, found: re.Match[str]) -> str:
        """Give what takes a token's place."""
        text = found.group()
        if self._dialect.escape and found.lastindex:
            character = text[len(self._dialect.escape) :]
            return self._escaped.get(character) or f"{_LEAD}E{character}"
        return self._literals[text]

    @cached_property
    def _escaped(self) -> dict[str, str]:
        dialect = self._dialect
        found = {"\r\n": _LEAD + "B", "\n": _LEAD + "N", "\r": _LEAD + "R"}
        found[dialect.delimiter] = _LEAD + "D"
        if dialect.quote:
            found[dialect.quote] = _LEAD + "Q"
        return found

    def encode(self, data: bytes, *, final: bool) -> bytes:
        """Give the wire form of a file's first bytes."""
        encoder = WireEncoder(self)
        return encoder.encode(data) + (encoder.finish() if final else b"")

    def decoder(self) -> codecs.IncrementalDecoder:
        return codecs.getincrementaldecoder(self._dialect.encoding)(_HANDLER)

    def ended(self, rest: str) -> str:
        """Give the last text of the file with the whole of its line end."""
        line_end = self._dialect.line_end
        bare = line_end.rstrip("\r\n")
        return rest + line_end[len(bare) :] if bare and rest.endswith(bare) else rest

    # --- and back --------------------------------------------------------------------------------

    @cached_property
    def _back(self) -> tuple[tuple[str, str], ...]:
        dialect = self._dialect
        pairs = [("\n", dialect.line_end)] if dialect.line_end else []
        if dialect.line_end == "\r":
            # What is CRLF in the file is so on the wire, and no line end of this dialect's.
            pairs = [("\r\n", _LEAD + "c"), *pairs, (_LEAD + "c", "\r\n")]
        pairs += [(self._delimiter, dialect.delimiter)] * (self._delimiter != dialect.delimiter)
        pairs += [(self._quote, dialect.quote)] * (self._quote != dialect.quote)
        pairs += [(_LEAD + "u", self._delimiter), (_LEAD + "v", self._quote)]
        pairs += [(_LEAD + "n", "\n"), (_LEAD + "r", "\r"), (_LEAD + "E", "")]
        pairs += [(token, character) for character, token in self._escaped.items()]
        return (*pairs, (_LEAD + "0", _LEAD))

    @cached_property
    def _back_raw(self) -> tuple[tuple[str, str], ...]:
        escaped = {*self._escaped.values(), _LEAD + "E"}
        escape = self._dialect.escape
        return tuple(
            (token, escape + text if token in escaped else text) for token, text in self._back
        )

    def cell(self, wire: bytes) -> str:
        """Give the text of one cell; raises UnicodeDecodeError."""
        text = wire.decode(self.encoding)
        return text if self.is_plain else _replaced(text, self._back)

    def raw(self, wire: bytes) -> str:
        r"""Give a record as the file has it: bad bytes as \xNN, a backslash doubled."""
        if self.is_plain:
            return wire.replace(b"\\", b"\\\\").decode(self.encoding, "backslashreplace")
        text = _replaced(wire.decode("utf-8", "surrogatepass"), self._back_raw)
        return re.sub("[\udc00-\udcff]", _shown, text.replace("\\", "\\\\"))

    def bad_byte(self, wire: bytes) -> int | None:
        """Give the first byte of a record that the file's encoding cannot read."""
        try:
            wire.decode(self.encoding)
        except UnicodeDecodeError as error:
            if self.is_plain:
                return wire[error.start]
            bad = wire[error.start : error.start + 3].decode("utf-8", "surrogatepass")
            return ord(bad[0]) - _BAD_FIRST
        return None

    def column(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """Give the text of a whole column."""
        if self.is_plain:
            return cells
        for token, text in self._back:
            cells = pc.replace_substring(cells, token, text)
        return cells

    def has_tokens(self, wire: bytes) -> bool:
        """Tell whether cells of this text may differ from their wire form."""
        # A stand-in, or a line end, is in a cell only where a quote is.
        return not self.is_plain and (_LEAD_BYTES in wire or self.quote in wire)

    def newlines(self, wire: bytes) -> list[int]:
        """Give the places of the line breaks that are no line ends on the wire."""
        if self.is_plain or _LEAD_BYTES not in wire:
            return []
        return [found.start() for found in _NEWLINE.finditer(wire)]


def _shown(found: re.Match[str]) -> str:
    return f"\\x{ord(found.group()) - _BAD_FIRST:02x}"


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for token, value in pairs:
        if token in text:
            text = text.replace(token, value)
    return text


class WireEncoder:
    """Puts a file's bytes into their wire form, piece by piece."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._decoder = wire.decoder()
        self._pending = ""
        self._is_first = True

    def encode(self, data: bytes) -> bytes:
        """Give the wire form of what is certain so far."""
        return self._encoded(self._decoder.decode(data), self._wire.longest_token - 1)

    def finish(self) -> bytes:
        """Give the rest."""
        rest = self._pending + self._decoder.decode(b"", True)
        self._pending = ""
        return self._encoded(self._wire.ended(rest), 0)

    def _encoded(self, text: str, keep: int) -> bytes:
        if self._is_first and text:
            text, self._is_first = text.removeprefix("\ufeff"), False
        text = self._pending + text
        limit, at, pieces = max(len(text) - keep, 0), 0, list[str]()
        replacement: Callable[[re.Match[str]], str] = self._wire.replacement
        for found in self._wire.pattern.finditer(text):
            # A token that begins later may be longer than what is seen of it.
            if found.start() >= limit:
                break
            pieces += (text[at : found.start()], replacement(found))
            at = found.end()
        edge = max(at, limit)
        pieces.append(text[at:edge])
        self._pending = text[edge:]
        return "".join(pieces).encode("utf-8", "surrogatepass")


class WireStream:
    """A file's bytes in their wire form; reads like the stream beneath it."""

    def __init__(self, stream: ByteStream, wire: Wire) -> None:
        self._stream = stream
        self._encoder = WireEncoder(wire)
        self._ready = b""
        self._is_over = False

    def read(self, size: int) -> bytes:
        """Give the next bytes: exactly so many, fewer only at the end."""
        pieces, have = [self._ready], len(self._ready)
        while have < size and not self._is_over:
            data = self._stream.read(max(size - have, 1 << 16))
            self._is_over = not data
            pieces.append(self._encoder.encode(data) if data else self._encoder.finish())
            have += len(pieces[-1])
        text = b"".join(pieces)
        self._ready = text[size:]
        return text[:size]

    @property
    def position_bytes(self) -> int:
        """How much of the file on disk has been read."""
        return self._stream.position_bytes
