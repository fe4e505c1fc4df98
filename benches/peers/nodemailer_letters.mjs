// Sends letters with nodemailer: FOLDER PORT LETTERS CONNECTIONS.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, port, letters, connections] = process.argv.slice(2);
const nodemailer = createRequire(join(process.env.NODE_PATH, "x.js"))("nodemailer");
const [html, text] = ["letter.html", "letter.txt"].map((file) => readFileSync(join(folder, file), "utf8"));
const pool = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(port),
  ignoreTLS: true,
  pool: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
});
let next = 0;
const worker = async () => {
  while (next < Number(letters)) {
    const number = next;
    next += 1;
    const name = `Navn${number}`;
    await pool.sendMail({
      from: "Nyt <nyt@forening.example>",
      to: `p${number}@kommune.example`,
      subject: `Nyt til ${name}`,
      html: html.replaceAll("{{name}}", name),
      text: text.replaceAll("{{name}}", name),
    });
  }
};
await Promise.all(Array.from({ length: Number(connections) * 2 }, worker));
pool.close();
