// Shows how far the search for sites is, and the page anew when it is over.
const state = document.querySelector("[data-watch]");
const bar = state.querySelector("progress");
const said = state.querySelector(".said");
const waiting = new Set(["queued", "solving"]);
const EVERY_MS = 1000;

const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(document.documentElement.lang, {
  style: "percent",
  maximumFractionDigits: 1,
});
const written = (value, form = number) => (value === null ? "–" : form.format(value));

let shown = null;

function show({ state: name, progress, suggestion }) {
  if (shown !== null && shown !== name) {
    location.reload();
    return;
  }
  shown = name;
  if (!progress) return;
  bar.value = Math.min(1, progress.seconds / suggestion.seconds);
  const words = {
    best: written(progress.best),
    bound: written(progress.bound),
    gap: written(progress.gap, share),
    seconds: Math.round(progress.seconds),
    step: progress.step,
    steps: progress.steps,
  };
  said.textContent = state.dataset.progress.replace(/\{(\w+)\}/g, (_, key) => words[key]);
}

async function look() {
  try {
    const answer = await fetch(state.dataset.watch, { cache: "no-store" });
    if (answer.status === 404) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const found = await answer.json();
      if (!waiting.has(found.state)) {
        location.reload();
        return;
      }
      show(found);
    }
  } catch {
    // No connection just now: the next look may have one.
  }
  setTimeout(look, EVERY_MS);
}

look();
