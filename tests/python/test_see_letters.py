"""see_letters.py finds what is wrong with how a letter looks, and nothing in a letter that looks well."""

import shutil
import tempfile
import unittest
from pathlib import Path

import see_letters

LOGOS = Path(__file__).parent.parent / "data" / "logos"
PAGE = """<!doctype html><html lang="da"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><style>{head}</style></head>
<body style="margin:0;background-color:#ffffff;color:#222222"><div role="article">{body}</div></body></html>"""
TABLE = '<table style="width:{width}px;word-break:break-word;font:16px Arial"><tr><td>{cell}</td></tr></table>'


@unittest.skipUnless(shutil.which("chromium"), "no Chromium is installed")
class Letters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        cls.eyes = see_letters.Eyes(cls.folder)
        cls.addClassCleanup(cls.close)

    @classmethod
    def close(cls):
        cls.eyes.page.browser.call("Browser.close")
        cls.eyes.page.browser.process.wait(20)

    def letter(self, body, head=""):
        path = self.folder / "letter.html"
        path.write_text(PAGE.format(body=body, head=head), encoding="utf-8")
        return path

    def lines(self, body, head=""):
        return " ".join(self.eyes.lines(self.letter(body, head)))

    def colours(self, body, head=""):
        return " ".join(self.eyes.colours(self.letter(body, head)))

    def test_a_letter_that_looks_well_has_no_faults(self):
        body = "<p>Den 21.&nbsp;januar 2027 koster det 1.234.500&nbsp;kr. pr. <a href='https://a.example/'>kommune</a>.</p>"
        self.assertEqual(self.lines(body) + self.colours(body), "")

    def test_broken_words_and_amounts_are_found(self):
        self.assertIn('"Redaktionsgruppen" is broken at 800', self.lines(TABLE.format(width=60, cell="Redaktionsgruppen")))
        self.assertIn('"1.234.500" is broken at 375', self.lines(TABLE.format(width=40, cell="1.234.500")))
        self.assertIn("12.\u00a0januar\" is on two lines", self.lines(TABLE.format(width=40, cell="12.&nbsp;januar")))
        self.assertIn("broken at 800", self.lines("<p style='width:60px;overflow-wrap:anywhere'>Indberetningen</p>"))
        divided = "<p style='width:90px'>Indberet&shy;ningen er sendt til <code>abcdefghijklmnopqrstuvwxyz</code></p>"
        self.assertEqual(self.lines(divided), "")

    def test_what_is_wider_than_the_screen_is_found(self):
        self.assertIn("px wide at 320", self.lines("<div style='width:360px'>a</div>"))
        inside = self.lines("<div class='a' style='width:700px'>a</div>", ".a { width: auto !important }")
        self.assertIn("wide at 375 px without the styles of the head", inside)
        self.assertNotIn("wide at 375 px it", inside)

    def test_texts_that_are_hard_to_see_are_found(self):
        self.assertIn('"grå" has a contrast of 2.32 in light', self.colours("<p style='color:#aaaaaa'>grå</p>"))
        dark = self.colours("<p>mørk</p>", "@media (prefers-color-scheme: dark) { body { background: #000 !important } }")
        self.assertIn('"mørk" has a contrast of 1.3', dark)
        self.assertNotIn("in light mode", dark)
        self.assertIn("not underlined", self.colours("<p><a href='https://a.example/' style='text-decoration:none'>a</a></p>"))

    def test_a_logo_that_cannot_be_seen_is_found(self):
        def logo(name, head=""):
            return self.colours(f"<img class='logo' width='120' src='{(LOGOS / name).resolve().as_uri()}'>", head)

        on_black = "@media (prefers-color-scheme: dark) { body { background: #000 !important } }"
        self.assertEqual(logo("paper.png", on_black), "")
        self.assertEqual(logo("dark.png"), "only 0% of the logo can be seen in forced dark mode")
        self.assertIn("in dark mode", logo("dark.png", on_black))
        self.assertIn("in light mode", logo("white.png"))

    def test_a_line_that_is_not_as_written_is_found(self):
        path = self.letter("<ol start='24'><li>april er det fødselsdag.</li></ol><p>Den 21.&nbsp;ja&shy;nuar</p>")
        path.with_suffix(".written").write_text("---\na: b\n---\n24. april er det fødselsdag.\n\n## Den 21. januar\n")
        self.assertEqual(self.eyes.written(path), ['"24. april er det fødselsdag." is not shown'])
        path.with_suffix(".written").unlink()


if __name__ == "__main__":
    unittest.main()
