"""Is one sentence for each key of the mapping file, as editors show it (see schema.py)."""

from __future__ import annotations

_ORIGIN = {
    "column": "The column whose cell is the value.",
    "first_filled": "Columns: the first of them that is not blank gives the value, valid or not.",
    "first_valid": "Columns: the first of them that is not blank and that the type accepts.",
    "template": "Text with columns in braces: {First Name} ({City}). Blank if one of them is.",
    "constant": "The same value for every row.",
    "split": "The text between a cell's parts; `take` says which part is meant.",
    "take": "Which part of a split cell: 1 is the first, -1 the last.",
    "extract": "A RE2 pattern; what it finds first, or its group in parentheses, is the value.",
    "no_match": "What becomes of a cell in which `extract` finds nothing. Default: invalid.",
    "transform": "Changes the text, in the order of the list.",
    "nulls": "Cells that mean nothing, instead of the source's.",
    "values": "A table, cell: value. `otherwise` says what becomes of other cells.",
    "otherwise": "For cells that `values` does not have: keep, invalid, blank, or a value. "
    "Default: keep.",
}

_UNIQUE = "Whether no two rows may have the same value."
_WHOLE = "true: take 17850.0 as 17850."
_BLANK = "An empty cell: skip it, unset the attribute in MoEngage, or make the row invalid."
_BAD_VALUE = "A cell that its type refuses: the row is invalid, or only this attribute is left out."

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "MappingModel": {
        "mapping": "The version of this grammar.",
        "name": "A name for the mapping. Default: the file's name.",
        "target": "The only workspace that this mapping may write to.",
        "source": "How the table is written; what is silent is detected.",
        "customer_id": "The user's id: a column's name, or where it comes from and how it is "
        "cleaned.",
        "attributes": "What MoEngage will know: a column's name, or a value with its options.",
        "platforms": "On which platforms the user is active.",
        "unset": "Attributes to remove from every user.",
        "where": "A column: the cells that let a row through. Other rows are filtered.",
        "blank": f"{_BLANK} Default: skip.",
        "bad_value": f"{_BAD_VALUE} Default: invalid.",
        "duplicates": "What becomes of users who stand in several rows. Default: each row is sent.",
        "guards": "What must hold before anything is sent; a run that breaks one stops, exit 5.",
        "unmapped": "Columns that no attribute takes: ignore them, error, or pass them under their "
        "own names. Default: ignore.",
        "send": "full: all values of a row that is sent; changed: only those that differ from what "
        "was last accepted.",
        "update_existing_only": "true: never create a user.",
        "rules": "A rule's code: how strictly it is held.",
        "tests": "Cells and what they must become; `moengage-import mapping test` runs them.",
    },
    "DuplicatesModel": {
        "keep": "each row is sent, only the last, only the first, all merged into one, or none (invalid).",
        "by": "The column whose cells say which row is the last. Default: the file's order.",
    },
    "SourceModel": {
        "encoding": "Such as utf-8, cp1252 or utf-16.",
        "delimiter": "What parts the cells: one character or several, or tab.",
        "quote": "The character round cells, or none.",
        "escape": "The character before a quote or delimiter that is text, or none.",
        "comment": "How a line that is no row begins, or none.",
        "line_end": "What ends a row: lf, crlf, cr, or a text such as &|.",
        "skip_lines": "How many lines stand before the header.",
        "header": "How many lines the header has, or none.",
        "rename_columns": "true: give empty and repeated column names new ones.",
        "trailing_delimiter": "true: each row ends with a delimiter, after which there is no cell.",
        "sheet": "The name of the workbook's sheet. Default: its first.",
        "missing_columns": "Files that lack columns of others: refuse them, or take blanks.",
        "nulls": 'Cells that mean nothing. Default: [""].',
    },
    "GuardsModel": {
        "rows": "How much shorter or longer than at the last run the source may be: -20%..+50%.",
        "changed": "Of how many known users the values may have changed: 30%.",
        "newly_blank": "How many known users may lose their value of any one attribute: 5%.",
        "max_source_age": "How long ago the source may have been written: 26h.",
        "new_attributes": "Attributes that no run has sent before: ask, refuse or allow.",
        "from_run": "The run of this mapping from which on they compare. Default: 3.",
    },
    "TargetModel": {"app_id": "The workspace's id, as the dashboard shows it."},
    "CustomerIdModel": {**_ORIGIN, "unique": _UNIQUE, "whole": _WHOLE},
    "AttributeModel": {
        **_ORIGIN,
        "lat": "The column of the latitude; with `lon`.",
        "lon": "The column of the longitude; with `lat`.",
        "object": "A JSON object of several values: {city: City, zip: {column: Zip}}.",
        "type": "What the value is. Default: a standard attribute's own type, otherwise string.",
        "format": "For date and datetime: DD/MM/YYYY hh:mm, %d/%m/%Y, iso, excel, excel_1904, "
        "epoch_seconds or epoch_milliseconds; one or a list. Default: iso.",
        "years_from": "For two-digit years: the first of the hundred years they may mean.",
        "timezone": "For datetime: the zone of cells without one, such as Asia/Kolkata.",
        "repeated_hour": "For datetime: which instant a local time means that clocks showed twice. "
        "Default: invalid.",
        "skipped_hour": "For datetime: which instant a local time means that clocks skipped. "
        "Default: invalid.",
        "region": "For phone: the country of numbers without a country code, such as IN.",
        "style": "For phone: digits (918888444411, the default) or e164 (+918888444411).",
        "separator": "For list: what stands between items. Default: cells are JSON lists.",
        "items": "For list: what it holds.",
        "update": "For list: replace the user's list (the default), add to it, or remove from it.",
        "true_words": "For boolean: the file's words for yes, in any case.",
        "false_words": "For boolean: the file's words for no, in any case.",
        "decimal": "For numbers and places: the decimal mark of the file.",
        "thousands": "For numbers: the mark between groups of digits.",
        "grouping": "For numbers: indian takes 1,23,456.",
        "percent": "For numbers with %: points makes 12 % 12, fraction makes it 0.12.",
        "exponent": "For numbers: true takes 1e3.",
        "parentheses": "For numbers: true takes (5) for -5.",
        "whole": f"For integer and string: {_WHOLE}",
        "currency": "For money: the currency of the cells, such as EUR.",
        "invert": "For boolean: turn it round.",
        "blank": _BLANK,
        "bad_value": _BAD_VALUE,
        "required": "true: another way to write `blank: invalid`.",
        "check": "What a value must be, such as {min: 0, max: 100}; a list of groups gives each a "
        "message of its own.",
        "protect": "true: send a value only when the source has changed it, so that it does not "
        "undo what a user chose.",
        "unique": _UNIQUE,
    },
    "PlatformModel": {
        "platform": "The platform's name.",
        "active": "Whether the user is active there: a column, or a value that is a boolean.",
    },
    "UnsetModel": {
        "attr": "The attribute's name, or a part of it.",
        "match": "How it is compared. Default: equals.",
        "case_sensitive": "Whether case matters. Default: true.",
    },
    "TestModel": {
        "name": "What the test shows, in your words.",
        "given": "Cells by column; columns that are not named are empty.",
        "expect": "Parts of the payload, or that the row is invalid or filtered.",
    },
    "ExpectModel": {
        "customer_id": "The id that is sent.",
        "attributes": "Attributes that are sent, each as it must be; others may be sent, too.",
        "unset_attributes": "The unset rules that are sent.",
        "update_existing_only": "Whether it is sent that no user be created.",
        "absent": "Attributes that are not sent.",
        "warnings": "Codes of which the row is warned about.",
        "invalid": "Codes for which the row is refused.",
        "filtered": "true: `where:` leaves the row out.",
    },
}
"""model of the grammar -> key -> sentence"""

CHECKS = {
    "min": "Not less than this.",
    "max": "Not more than this.",
    "one_of": "One of these.",
    "matches": "A text that begins with the pattern; end it with $ to mean the whole text.",
    "length": "So many characters, or [fewest, most].",
    "message": "Your own words for the error.",
}
"""Plain checks; pandera's own names speak for themselves."""
