/* The planner's page answers in place: a changed question is asked with fetch, and each part of the
   answer takes the place of its old one. Without this script the same page works as a form. */
import { watchMap } from "./map.js";
import { watchTable } from "./table.js";

const root = document.querySelector(".planner");
const form = document.getElementById("question");
const words = JSON.parse(root.dataset.words);
const said = document.getElementById("said");
const PATIENCE_MS = 250;

let asked = null;

/** The question as an address: what is empty is left out. */
export function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value) query.append(name, value);
  }
  return `${form.getAttribute("action")}?${query}`;
}

function keepAddress() {
  history.replaceState(null, "", address());
}

/** Put the parts of another answer in the places of those that are here. */
function replaceParts(page) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh) continue;
    if (fresh.dataset.later) {
      renewLater(part, fresh.dataset.later);
      continue;
    }
    const scrolled = part.scrollTop;
    part.replaceWith(fresh);
    fresh.scrollTop = scrolled;
  }
  const other = page.querySelector("header nav a[hreflang]");
  if (other) document.querySelector("header nav a[hreflang]").href = other.href;
  document.title = page.title;
}

/** Some parts take longer and are fetched when the page comes to them. */
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (isIntersecting) fetchLater(target);
  }
}, { rootMargin: "600px" });

function renewLater(part, url) {
  part.dataset.later = url;
  part.classList.add("waiting");
  near.unobserve(part);
  near.observe(part);
}

async function fetchLater(part) {
  near.unobserve(part);
  const url = part.dataset.later;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (part.dataset.later !== url) return; // asked anew meanwhile
    part.replaceChildren(...fresh.childNodes);
  } catch {
    if (part.dataset.later === url) part.querySelector(".panel-text")?.append(" ", words.failed);
  }
  part.classList.remove("waiting");
}

async function ask(url) {
  if (asked) asked.abort();
  const mine = (asked = new AbortController());
  root.classList.add("busy");
  root.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector(".planner")) throw new Error(page.querySelector("main li, main .lead")?.textContent);
    replaceParts(page);
    map.renewed();
    table.renewed();
    said.textContent = words.refreshed.replace("{headline}", document.querySelector(".lede h1").textContent);
  } catch (error) {
    if (error.name === "AbortError") return;
    said.textContent = error.message || words.failed;
    said.classList.remove("unseen");
  } finally {
    if (asked === mine) {
      asked = null;
      root.classList.remove("busy");
      root.removeAttribute("aria-busy");
    }
  }
}

function changed() {
  said.classList.add("unseen");
  if (!form.reportValidity()) return;
  keepAddress();
  ask(address());
}

/** Fill the form in from an address, as a link or the browser's history has it. */
function fillIn(url) {
  const query = new URL(url, location.href).searchParams;
  for (const field of form.elements) {
    if (!field.name) continue;
    const values = query.getAll(field.name);
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
    else if (field.dataset.default) field.value = field.dataset.default;
    else if (field.tagName === "SELECT") field.selectedIndex = 0;
    else if (field.type === "datetime-local" || field.type === "date") field.value = "";
  }
  slide.value = form.elements.radius.value;
}

const fold = document.getElementById("fold");
fold.hidden = false;
form.classList.add("folded"); // on a phone the picture comes first
fold.addEventListener("click", () => {
  const folded = form.classList.toggle("folded");
  fold.setAttribute("aria-expanded", String(!folded));
});

const slide = form.querySelector(".slide");
const radius = form.elements.radius;
slide.hidden = false;
slide.addEventListener("input", () => {
  radius.value = slide.value;
  map.resize(Number(slide.value));
});
radius.addEventListener("input", () => { slide.value = radius.value; });

let waiting = 0;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  changed();
});
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field === slide) return changed();
  if (field.form !== form || field.name === "find" || field.name === "county") return;
  clearTimeout(waiting);
  waiting = setTimeout(changed, field.type === "datetime-local" ? PATIENCE_MS : 0);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-inplace]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fillIn(link.href);
  changed();
});

const map = watchMap(document.getElementById("stage"), words);
const table = watchTable(form, words, { map, keepAddress });
map.onChoose = (code) => table.choose(code);
map.onOver = (code) => table.point(code);

document.addEventListener("click", (event) => {
  if (event.target.id === "print") window.print();
});
for (const part of document.querySelectorAll("[data-later]")) renewLater(part, part.dataset.later);
document.documentElement.classList.add("scripted");
