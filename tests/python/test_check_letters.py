"""check_letters.py finds the defects of a letter, and none in a letter without defects."""

import tempfile
import unittest
from argparse import Namespace
from pathlib import Path

import check_letters

GOOD = """\
From: =?utf-8?q?F=C3=A6llesskabet?= <nyt@aabenkommune.example>
To: =?utf-8?q?Anna_=C3=98sterg=C3=A5rd?= <anna@eksempelkommune.example>
Subject: =?utf-8?q?Nyt_til_alle?=
Date: Tue, 01 Dec 2026 09:00:00 +0100
Message-ID: <0123abcd@aabenkommune.example>
List-Id: <it-chiefs.aabenkommune.example>
List-Unsubscribe: <mailto:afmeld@aabenkommune.example>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b0"

--b0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hej =C3=98

--b0
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Hej =C3=98</p>

--b0--
""".replace("\n", "\r\n").encode()


class Letters(unittest.TestCase):
    def check(self, content, *expected):
        self.assertEqual(list(check_letters.defects(content)), list(expected))

    def test_a_sound_letter_has_no_defects(self):
        self.check(GOOD)

    def test_a_mail_server_s_own_fields_are_not_the_letter_s(self):
        delivered = b"Return-Path: <a@b.example>\nX-Original-To: Anna@Eksempel.example\nReceived: from x\n\tby y\n"
        self.assertEqual(check_letters.without_trace(delivered + GOOD.replace(b"\r\n", b"\n")), GOOD)
        self.assertEqual(check_letters.recipient(delivered + GOOD), "anna@eksempel.example")

    def test_a_field_that_is_missing_or_twice_is_found(self):
        self.check(GOOD.replace(b"Date: ", b"X-Date: "), "Date occurs 0 times")
        bcc = GOOD.replace(b"MIME-Version", b"Bcc: evil@evil.example\r\nMIME-Version")
        self.check(bcc, "there is a Bcc field")

    def test_bytes_that_are_not_seven_bit_are_found(self):
        self.check(GOOD.replace(b"<p>Hej =C3=98", "<p>Hej Ø".encode()), "a byte above 127: not 7-bit")

    def test_template_syntax_is_found(self):
        self.check(GOOD.replace(b"<p>Hej", b"<p>{{ first_name }}"), "text/html shows template or fence syntax")

    def test_a_picture_that_is_not_carried_is_found(self):
        letter = GOOD.replace(b"<p>Hej", b'<img src=3D"cid:abc"><p>Hej')
        self.check(letter, "the picture cid:abc is not in the letter")

    def test_recipients_are_compared_without_case_and_in_ascii(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "1.eml").write_bytes(GOOD)
            expected = Path(folder, "expected.txt")
            expected.write_text("ANNA@eksempelkommune.example\nbo@blåbær.example\n", encoding="utf-8")
            options = Namespace(folders=[folder], recipients=expected, same_as=Path(folder), count=1)
            found = list(check_letters.reports(options))
            self.assertEqual(found, ["bo@xn--blbr-roah.example has no letter"])


if __name__ == "__main__":
    unittest.main()
