"""json, re, csv, string handling and Unicode."""

import csv
import io
import json
import re
import textwrap
import unicodedata

value = {"list": [1, 2.5, None, True, -0.0, 1e300], "text": "ä → 語 \u0000 \"quoted\"", "nested": {"empty": {}, "deep": [[[]]]}}
encoded = json.dumps(value, sort_keys=True)
assert json.loads(encoded) == value
assert json.loads(json.dumps(value, ensure_ascii=False)) == value
try:
    json.loads('{"a": 1,}')
    raise AssertionError("a trailing comma is no JSON")
except json.JSONDecodeError as error:
    print("json:", error)

dates = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
assert [found["month"] for found in dates.finditer("from 2024-02-29 to 2025-03-01")] == ["02", "03"]
assert dates.sub(r"\g<day>.\g<month>.\g<year>", "2024-02-29") == "29.02.2024"
assert re.split(r"\s*[,;]\s*", "a , b;c") == ["a", "b", "c"]
assert re.findall(r"(?i)\b(\w)\w*\1\b", "Anna saw otto, not Bob") == ["A", "o", "B"]
assert re.fullmatch(r"(?:(?=.*\d)(?=.*[a-z]).{4,})", "abc1") and not re.fullmatch(r"(a+)+b", "a" * 20)

table = io.StringIO()
csv.writer(table).writerows([["name", "note"], ["x", 'with "quotes", and\nlines'], ["ü", ""]])
assert list(csv.DictReader(io.StringIO(table.getvalue())))[0]["note"] == 'with "quotes", and\nlines'

assert unicodedata.normalize("NFD", "é") == "e\u0301" and "straße".upper() == "STRASSE" and "ǆ".title() == "ǅ"
assert "語".encode("utf-8") == b"\xe8\xaa\x9e" and "語".encode("utf-16-le") == b"\x9e\x8a" and "あ".encode("shift_jis") == b"\x82\xa0"
print(textwrap.fill(encoded, 60))
print(f"{3.14159:>10.2f}|{255:#010x}|{1234567:,}|{'mid':^9}|{0.1 + 0.2!r}")
