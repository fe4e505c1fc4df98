"""Sends letters with Python's smtplib: FOLDER PORT LETTERS CONNECTIONS (one connection is used)."""

import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

folder, port, letters = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
html, text = (folder / "letter.html").read_text(), (folder / "letter.txt").read_text()
with smtplib.SMTP("127.0.0.1", port) as connection:
    for number in range(letters):
        name = f"Navn{number}"
        message = EmailMessage()
        message["From"] = "Nyt <nyt@forening.example>"
        message["To"] = f"p{number}@kommune.example"
        message["Subject"] = f"Nyt til {name}"
        message.set_content(text.replace("{{name}}", name))
        message.add_alternative(html.replace("{{name}}", name), subtype="html")
        connection.send_message(message)
