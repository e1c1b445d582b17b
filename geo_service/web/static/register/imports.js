// Shows how far an import is, and the page anew when it goes on no further by itself.
const card = document.querySelector("[data-watch]");
const bar = card.querySelector("progress");
const said = card.querySelector(".said");
const EVERY_MS = 700;

const number = new Intl.NumberFormat(document.documentElement.lang);

async function look() {
  try {
    const answer = await fetch(card.dataset.watch, { cache: "no-store" });
    if (answer.status === 401 || answer.status === 404) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const { state, progress } = await answer.json();
      if (state !== card.dataset.state) {
        location.reload();
        return;
      }
      if (progress) {
        bar.value = progress.share;
        said.textContent = said.dataset[progress.step].replace("{rows}", number.format(progress.rows));
      }
    }
  } catch {
    // No connection just now: the next look may have one.
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
