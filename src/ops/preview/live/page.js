"use strict";
const get = (id) => document.getElementById(id);
const words = document.body.dataset;
const controls = get("controls");
const STORE = "live-preview";
let number = null;
let state = null;
let frame = null;
let next = null;
let wanted = "";
let media = [];
let isOpened = false;
const isNarrow = matchMedia("(max-width: 979px)");

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function chosen() {
  const id = get("edition").value;
  return state.editions.find((edition) => edition.edition === id) || state.editions[0];
}

// What was chosen stays when the page is loaded again.
function remember() {
  const values = Object.fromEntries(new FormData(controls));
  values.edition = get("edition").value;
  try { sessionStorage.setItem(STORE, JSON.stringify(values)); } catch { /* The browser keeps nothing. */ }
}

function recall() {
  try { return JSON.parse(sessionStorage.getItem(STORE)) || {}; } catch { return {}; }
}

function placeOf(problem) {
  return problem.place ? problem.place + ":" + problem.column : "";
}

function problemItem(problem) {
  const item = element("li", undefined, problem.error ? "error" : "warning");
  item.append(element("strong", problem.message));
  if (problem.before || problem.marked || problem.after) {
    const line = element("pre");
    line.append(problem.before, element("mark", problem.marked), problem.after);
    item.append(line);
  }
  if (problem.hint) item.append(element("span", problem.hint, "hint"));
  item.append(element("span", [placeOf(problem), problem.code].filter(Boolean).join(" · "), "aside"));
  return item;
}

function showProblems() {
  const first = state.problems.find((problem) => problem.error);
  get("summary").textContent = state.summary;
  get("summary").className = first || state.outdated ? "summary bad" : state.problems.length ? "summary some" : "summary";
  get("count").textContent = state.problems.length || "";
  get("banner").hidden = !state.banner && !first;
  get("banner").replaceChildren();
  if (first) get("banner").append(element("strong", first.message), " ", element("span", placeOf(first)), " ");
  if (state.banner) get("banner").append(element("span", state.banner));
  get("problems").replaceChildren(...state.problems.map(problemItem));
  // On a narrow screen the letter comes first, unless there is no letter.
  if (isNarrow.matches && !isOpened) get("found").open = Boolean(first);
}

function figure(list, name, value, more) {
  if (!value) return;
  const shown = element("dd", value);
  if (more) shown.append(...more);
  list.append(element("dt", name), shown);
}

function showFacts(edition) {
  const list = document.createDocumentFragment();
  figure(list, words.readers, String(edition.recipients), [edition.with, edition.without].filter(Boolean).map((text) => element("span", text, "aside")));
  const meter = element("span", undefined, edition.clipped ? "size clipped" : "size");
  const bar = element("span");
  bar.style.width = edition.share + "%";
  meter.append(bar);
  figure(list, words.size, edition.size + " / 102 kB", [meter, element("span", edition.clipped ? words.limit : "", "aside")]);
  figure(list, words.readability, edition.reading);
  figure(list, words.code, state.code);
  get("figures").replaceChildren(list);
}

function showEditions() {
  const select = get("edition");
  const ids = state.editions.map((edition) => edition.edition);
  if ([...select.options].map((option) => option.value).join("\n") !== ids.join("\n")) {
    const before = select.value || recall().edition;
    select.replaceChildren(...ids.map((id) => new Option(id, id)));
    if (ids.includes(before)) select.value = before;
  }
  select.disabled = ids.length < 2;
  get("send").disabled = ids.length === 0;
}

// The letter is as high as its text, so that the page scrolls, and stays where it is when the letter changes.
function fit(letter) {
  const root = letter.contentDocument && letter.contentDocument.documentElement;
  if (root) letter.style.height = Math.ceil(root.getBoundingClientRect().height) + "px";
}

// Browsers take the colours of the system for a frame. Here each rule for them is changed to hold always or never.
function colourRules(rules) {
  return [...rules].flatMap((rule) => (rule.media ? [rule.media] : []).concat(rule.cssRules ? colourRules(rule.cssRules) : []));
}

function applyColours() {
  const dark = controls.elements.colours.value === "dark";
  const always = "(min-width: 0px)";
  const never = "(max-width: 0px)";
  for (const { list, text } of media) {
    list.mediaText = text.replace(/\(prefers-color-scheme:\s*dark\)/g, dark ? always : never).replace(/\(prefers-color-scheme:\s*light\)/g, dark ? never : always);
  }
  if (frame) frame.contentDocument.documentElement.style.colorScheme = dark ? "only dark" : "only light";
}

// A letter is loaded behind the one that is shown, and takes its place when all of it is there.
function showLetter(edition) {
  const address = (controls.elements.pictures.value === "off" ? "bare/" : "letter/") + edition.letter;
  if (address === wanted) return;
  wanted = address;
  if (next) next.remove();
  const letter = element("iframe", undefined, "next");
  next = letter;
  letter.title = edition.edition;
  letter.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  letter.addEventListener("load", () => {
    const shown = letter.contentDocument;
    if (next !== letter || !shown || !shown.body || !shown.body.firstElementChild) return;
    for (const link of shown.querySelectorAll("a[href]")) {
      const isInside = link.getAttribute("href").startsWith("#");
      link.target = isInside ? "_self" : "_blank";
      link.rel = "noopener noreferrer";
    }
    const lists = [...shown.styleSheets].flatMap((sheet) => colourRules(sheet.cssRules));
    const sources = [...shown.querySelectorAll("source[media]")].map((source) => ({ get mediaText() { return source.media; }, set mediaText(text) { source.media = text; } }));
    media = lists.concat(sources).filter((list) => list.mediaText.includes("prefers-color-scheme")).map((list) => ({ list, text: list.mediaText }));
    const former = frame;
    frame = letter;
    applyColours();
    fit(letter);
    new ResizeObserver(() => fit(letter)).observe(shown.documentElement);
    if (former) former.remove();
    next = null;
    letter.className = "";
    get("waiting").hidden = true;
    document.body.dataset.shown = wanted;
  });
  letter.src = address;
  get("screen").append(letter);
}

function show() {
  const edition = state.editions.length > 0 ? chosen() : null;
  const isText = controls.elements.part.value === "text";
  get("screen").className = ["screen", controls.elements.screen.value, controls.elements.colours.value, isText ? "as-text" : "", state.outdated ? "outdated" : ""].join(" ");
  get("text").hidden = !isText || !edition;
  get("inbox").hidden = !edition;
  if (!edition) return;
  get("text").textContent = edition.text;
  get("text").lang = edition.lang;
  get("inbox").lang = edition.lang;
  get("from").textContent = edition.from;
  get("subject").textContent = edition.subject;
  get("preheader").textContent = edition.preheader;
  showFacts(edition);
  showLetter(edition);
  applyColours();
}

function take(body) {
  number = body.number;
  state = body.state;
  get("title").textContent = state.title;
  document.title = (state.problems.some((problem) => problem.error) || state.outdated ? "⚠ " : "") + state.title;
  showEditions();
  showProblems();
  show();
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch("state" + (number === null ? "" : "?shown=" + number), { cache: "no-store" });
      if (answer.status !== 200 && answer.status !== 204) throw new Error(answer.status);
      if (answer.status === 200) take(await answer.json());
      get("lost").hidden = true;
    } catch (error) {
      get("lost").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function sendTest(event) {
  event.preventDefault();
  const form = new URLSearchParams({ to: get("to").value });
  if (get("test").elements.scope.value === "one") form.set("edition", chosen().edition);
  get("send").disabled = true;
  get("result").replaceChildren(element("li", words.sending));
  try {
    const answer = await fetch("test", { method: "POST", body: form });
    if (!answer.ok) throw new Error(answer.status);
    const { lines } = await answer.json();
    get("result").replaceChildren(...lines.map((line) => element("li", line.text, line.result)));
  } catch (error) {
    get("result").replaceChildren(element("li", get("lost").textContent, "failed"));
  }
  get("send").disabled = false;
}

const before = recall();
for (const name of ["part", "screen", "colours", "pictures"]) {
  if (before[name]) controls.elements[name].value = before[name];
}
controls.addEventListener("change", () => { remember(); if (state) show(); });
controls.addEventListener("submit", (event) => event.preventDefault());
get("test").addEventListener("submit", sendTest);
get("found").querySelector("summary").addEventListener("click", () => { isOpened = true; });
get("summary").addEventListener("click", () => { get("found").open = true; });
follow();
