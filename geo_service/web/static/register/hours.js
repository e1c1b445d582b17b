// Shows beside the form of opening hours what they come to, while they are filled in.
const WAIT_MS = 250;

class HoursEditor {
  constructor(element) {
    this.element = element;
    this.prefix = element.dataset.hours;
    this.preview = element.querySelector(".hours-preview");
    this.timer = 0;
    this.asked = null;
    element.addEventListener("input", () => this.later());
    element.addEventListener("change", () => this.later());
    for (const quick of element.querySelectorAll(".hours-quick")) {
      quick.hidden = false;
      quick.addEventListener("click", (event) => this.choose(event));
    }
  }

  // Ticks the days of a button in its row, and takes them from the other rows: a day stands in one.
  choose(event) {
    const button = event.target.closest("button[data-days]");
    if (!button) return;
    const days = new Set(button.dataset.days.split(" "));
    const row = button.closest(".hours-row");
    for (const box of this.element.querySelectorAll(".hours-day input")) {
      if (days.has(box.value)) box.checked = row.contains(box);
      else if (row.contains(box) && box.value !== "PH") box.checked = false;
    }
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), WAIT_MS);
  }

  address() {
    const address = new URL(this.element.dataset.preview, location.href);
    address.searchParams.set("part", "true");
    const fields = this.element.querySelectorAll("input[name], select[name], textarea[name]");
    for (const field of fields) {
      const chosen = !["checkbox", "radio"].includes(field.type) || field.checked;
      if (chosen && field.value) address.searchParams.append(field.name, field.value);
    }
    return address;
  }

  async show() {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    this.preview.classList.add("waits");
    try {
      const answer = await fetch(this.address(), { signal: asked.signal, cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      // The service's own piece of a page; what people typed is text in it.
      this.preview.innerHTML = await answer.text();
    } catch {
      if (asked.signal.aborted) return;
      this.preview.textContent = this.element.dataset.failed;
    }
    this.preview.classList.remove("waits");
  }
}

for (const element of document.querySelectorAll("[data-hours]")) new HoursEditor(element);
