// Measures time and size of one letter with MJML and with react-email. Usage: node compare.mjs [OUT]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { render } from "@react-email/render";
import mjml2html from "mjml";
import { member } from "./member.mjs";

const source = readFileSync(new URL("member.mjml", import.meta.url), "utf8");
const ways = {
  mjml: async () => (await mjml2html(source, { validationLevel: "skip" })).html,
  "react-email": async () => render(member({ name: "Anna", organisation: "Eksempel Kommune" })),
};
const out = process.argv[2];
for (const [name, make] of Object.entries(ways)) {
  const times = [];
  let html = "";
  for (let round = 0; round < 60; round += 1) {
    const start = process.hrtime.bigint();
    html = await make();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  // The first rounds only warm up the JavaScript engine.
  const warm = times.slice(20).sort((a, b) => a - b);
  const median = warm[Math.floor(warm.length / 2)];
  console.log(`${name}: ${median.toFixed(2)} ms per letter, ${Buffer.byteLength(html)} bytes`);
  if (out) {
    mkdirSync(out, { recursive: true });
    writeFileSync(`${out}/${name}.html`, html);
  }
}
