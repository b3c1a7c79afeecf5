from __future__ import annotations

import pytest

from importer.errors import SourceError
from importer.stages.reading.encodings import asked_encoding, find_encoding, is_wide

WESTERN = "Jürgen;Größe – “A”;1,5 €;l’été où ça;¿qué Ñandú?\n"
POLISH = "Grażyna Wójcik;Łódź, żółć złoty świąt\n"
RUSSIAN = "Иван Петров;Москва, улица Ленина\n"
GREEK = "Γιώργος Παπαδόπουλος;Αθήνα, οδός Ερμού\n"
JAPANESE = "山田太郎さん,東京都千代田区\n"
CHINESE = "张伟先生,北京市朝阳区建国路\n"


def found(text: str, encoding: str) -> str:
    data = ("id;a;b\n" + text * 40).encode(encoding)
    return find_encoding("users.csv", data, is_whole=True).name


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (WESTERN, "cp1252", "cp1252"),
        ("Señor José;garçon\n", "latin-1", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (GREEK, "cp1253", "cp1253"),
        (JAPANESE, "shift_jis", "cp932"),
        (CHINESE, "gb18030", "gb18030"),
        *((WESTERN + JAPANESE, kind, kind) for kind in ("utf-8", "utf-16-le", "utf-16-be")),
        (WESTERN, "utf-8-sig", "utf-8"),
        (WESTERN, "utf-16", "utf-16-le"),
        (WESTERN, "utf-32", "utf-32-le"),
        (WESTERN, "utf-32-be", "utf-32-be"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str, name: str) -> None:
    assert found(text, encoding) == name


CRM = {
    "de": "Jürgen Müller;Köln\nBärbel Groß;München\n",
    "fr": "François Lefèvre;Orléans\nHélène Bôas;Nîmes\nÉloïse Çapon;Besançon\n",
    "es": "José Muñoz;Málaga\nMaría Núñez;A Coruña\n",
    "pt": "João Gonçalves;São Paulo\nConceição Simões;Maranhão\n",
    "it": "Niccolò Però;Forlì\nMaria Libertà;Cantù\n",
    "da": "Søren Ærø;København\nÅse Jørgensen;Århus\n",
}
POLES = "Grażyna Wójcik;Łódź\nŻaneta Świątek;Kraków\n"
CZECHS = "Jiří Dvořák;Plzeň\nTomáš Černý;Ústí\n"
MAGYARS = "Szabó Gergő;Győr\nKovács Dezső;Pécs\n"
TURKS = "Ayşe Yılmaz;İstanbul\nOğuz Şahin;İzmir\n"
BALTS = "Jūratė Žukauskienė;Šiauliai\n"
GREEKS = "Λεωνιδας;Αθήνα\nΑλεξανδρος;Πάτρα\n"
THAIS = "สมชาย;กรุงเทพ\n"


@pytest.mark.parametrize("language", CRM)
@pytest.mark.parametrize("lines", [1, 2, 40])
def test_a_western_crm_export_is_cp1252_however_short(language: str, lines: int) -> None:
    """charset-normalizer calls such a file cp1250, and that reads other names."""
    text = "".join((CRM[language] * lines).splitlines(keepends=True)[: max(lines, 2)])
    data = ("id;a;b\n" + text).encode("cp1252")
    assert find_encoding("users.csv", data, is_whole=True).name == "cp1252"


@pytest.mark.parametrize("repeated", [1, 40])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLES, "cp1250"),
        (POLES, "iso8859-2"),
        (POLES, "mac_latin2"),
        (CZECHS, "cp1250"),
        (MAGYARS, "cp1250"),
        (TURKS, "cp1254"),
        (BALTS, "cp1257"),
        *(
            (CRM[language], kind)
            for language in ("de", "fr", "es")
            for kind in ("mac-roman", "cp850")
        ),
        (THAIS, "tis-620"),
    ],
)
def test_where_the_writing_cannot_be_told_it_asks(text: str, encoding: str, repeated: int) -> None:
    data = ("id;a;b\n" + text * repeated).encode(encoding)
    with pytest.raises(SourceError, match="cannot be told") as caught:
        find_encoding("users.csv", data, is_whole=True)
    assert "cp1252 gives" in caught.value.problem.found
    assert "--encoding cp1252" in caught.value.problem.remedy


@pytest.mark.parametrize(
    ("text", "encoding"), [(POLES, "cp1250"), (CRM["de"], "mac-roman"), (CRM["fr"], "cp850")]
)
def test_the_question_shows_the_reading_that_is_right(text: str, encoding: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_encoding("users.csv", text.encode(encoding), is_whole=True)
    assert f"{encoding} gives {text.splitlines()[0]!r}" in caught.value.problem.found


@pytest.mark.parametrize("encoding", ["cp1253", "iso8859-7"])
def test_greek_is_never_read_as_russian(encoding: str) -> None:
    try:
        name = find_encoding("a", ("id;n\n" + GREEKS).encode(encoding), is_whole=True).name
    except SourceError:
        return
    assert GREEKS.encode(encoding).decode(name) == GREEKS


def test_a_few_lines_in_another_encoding_do_not_change_the_files() -> None:
    data = b"id,n\n" + "1,Zoë\n".encode() * 30 + "2,Zoë\n".encode("cp1252")
    assert find_encoding("a", data, is_whole=True).name == "utf-8"
    with pytest.raises(SourceError, match="30 lines are in UTF-8 and 60 are not"):
        find_encoding("a", data + "2,Zoë\n".encode("cp1252") * 59, is_whole=True)


def test_an_asked_family_is_found_by_its_mark() -> None:
    data = "id,n\n".encode("utf-16-be")
    assert asked_encoding("a", "utf-16", b"\xfe\xff" + data) == ("utf-16-be", 2)
    assert asked_encoding("a", "UTF-16", data) == ("utf-16-be", 0)
    assert is_wide(data)
    assert not is_wide(b"\x00\x01\x00\x00\x07")
