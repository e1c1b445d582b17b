/* The map: nearer and farther, moved by hand, in step with the table. The drawing is the server's. */
const NEAREST = 14;
const STEP = 1.6;
const BARS = [100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000];

export function watchMap(stage, words) {
  if (!stage) return nothing();
  const tip = document.getElementById("tip");
  const zoom = document.getElementById("zoom");
  const layers = document.querySelector(".layers");
  let svg = null;
  let sheet = null; // its width and height
  let whole = null; // all that is seen when nothing is hidden: [x, y, width, height]
  let view = null;
  const self = { onChoose() {}, onOver() {} };

  function renewed() {
    svg = document.getElementById("map");
    const { width, height } = svg.viewBox.baseVal;
    if (!sheet || sheet[1] !== height) {
      sheet = [width, height];
      whole = view = null;
    }
    for (const box of layers.querySelectorAll("input")) showLayer(box);
    fit();
    show();
  }

  function nearness() {
    return whole[2] / view[2];
  }

  /** Fit the sheet into the room there is; what was looked at stays in the middle. */
  function fit() {
    const ratio = svg.clientHeight / Math.max(svg.clientWidth, 1) || sheet[1] / sheet[0];
    const wide = Math.max(sheet[0], sheet[1] / ratio);
    const near = view ? nearness() : 1;
    const middle = near > 1 ? [view[0] + view[2] / 2, view[1] + view[3] / 2] : [sheet[0] / 2, sheet[1] / 2];
    whole = [(sheet[0] - wide) / 2, (sheet[1] - wide * ratio) / 2, wide, wide * ratio];
    view = [middle[0] - wide / near / 2, middle[1] - (wide * ratio) / near / 2, wide / near, (wide * ratio) / near];
  }

  function show() {
    view[2] = Math.min(Math.max(view[2], whole[2] / NEAREST), whole[2]);
    view[3] = (view[2] * whole[3]) / whole[2];
    view[0] = Math.min(Math.max(view[0], whole[0]), whole[0] + whole[2] - view[2]);
    view[1] = Math.min(Math.max(view[1], whole[1]), whole[1] + whole[3] - view[3]);
    svg.setAttribute("viewBox", view.map((each) => each.toFixed(2)).join(" "));
    const perPixel = view[2] / Math.max(svg.clientWidth, 1);
    svg.style.setProperty("--unit", perPixel);
    stage.classList.toggle("near", nearness() > 1.01);
    showNames(perPixel);
    showScale(perPixel);
  }

  /** A name is shown where its unit has room for it. */
  function showNames(perPixel) {
    for (const text of svg.querySelectorAll(".names text")) {
      // The room is told in letters of 15 of the sheet's units; a letter on the screen is 12 pixels.
      const letters = (Number(text.dataset.room) * 15) / (12 * perPixel);
      const wide = /[⺀-鿿]/.test(text.textContent) ? 1.2 : 0.62;
      text.classList.toggle("tight", letters < text.textContent.length * wide);
    }
  }

  function showScale(perPixel) {
    const drawn = stage.querySelector(".scale svg");
    const metresPerPixel = Number(drawn.dataset.metres) * perPixel;
    const metres = BARS.filter((each) => each / metresPerPixel <= 130).pop() || BARS[0];
    drawn.setAttribute("viewBox", `0 0 ${Math.max(drawn.clientWidth, 1)} 8`);
    drawn.querySelector("path").setAttribute("d", `M1 0v7h${(metres / metresPerPixel).toFixed(1)}v-7`);
    stage.querySelector(".scale span").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }

  function showLayer(box) {
    const layer = svg.querySelector(`[data-layer="${box.dataset.shows}"]`);
    if (layer) layer.toggleAttribute("hidden", !box.checked);
  }

  /** Where a point of the screen lies on the sheet. */
  function onSheet(event) {
    const seen = svg.getBoundingClientRect();
    return [
      view[0] + ((event.clientX - seen.left) / seen.width) * view[2],
      view[1] + ((event.clientY - seen.top) / seen.height) * view[3],
    ];
  }

  function nearer(factor, [x, y] = [view[0] + view[2] / 2, view[1] + view[3] / 2]) {
    const wide = Math.min(Math.max(view[2] / factor, whole[2] / NEAREST), whole[2]);
    const ratio = wide / view[2];
    view = [x - (x - view[0]) * ratio, y - (y - view[1]) * ratio, wide, view[3] * ratio];
    show();
  }

  function lookAt(x, y, factor) {
    const wide = whole[2] / Math.max(factor, nearness());
    const high = (wide * whole[3]) / whole[2];
    view = [x - wide / 2, y - high / 2, wide, high];
    show();
  }

  zoom.hidden = false;
  layers.hidden = false;
  zoom.addEventListener("click", (event) => {
    const way = event.target.closest("button")?.dataset.zoom;
    if (way === "whole") {
      view = [...whole];
      show();
    } else if (way) nearer(way === "in" ? STEP : 1 / STEP);
  });
  layers.addEventListener("change", (event) => showLayer(event.target));

  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel moves the page
    event.preventDefault();
    nearer(Math.exp(-event.deltaY / 200), onSheet(event));
  }, { passive: false });
  stage.addEventListener("dblclick", (event) => {
    if (event.target.closest(".map")) nearer(STEP * STEP, onSheet(event));
  });

  const pointers = new Map();
  let moved = 0;
  stage.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".map")) return;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    moved = 0;
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const seen = svg.getBoundingClientRect();
    const perPixel = view[2] / seen.width;
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
      const is = Math.hypot(now[0] - other[0], now[1] - other[1]);
      nearer(is / Math.max(was, 1), onSheet({ clientX: (now[0] + other[0]) / 2, clientY: (now[1] + other[1]) / 2 }));
    } else if (nearness() > 1.01) {
      view[0] -= (now[0] - before[0]) * perPixel;
      view[1] -= (now[1] - before[1]) * perPixel;
      stage.classList.add("dragged");
      tip.hidden = true;
      show();
    }
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    pointers.set(event.pointerId, now);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    stage.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      stage.classList.remove("dragged");
    });
  }
  stage.addEventListener("click", (event) => {
    if (moved > 6) return;
    const pin = event.target.closest(".pin");
    if (pin) {
      const link = document.querySelector(`.gaps a[data-gap="${pin.dataset.gap}"]`);
      if (link) self.onChoose(link.dataset.unit);
      return;
    }
    const unit = event.target.closest(".unit");
    if (unit) self.onChoose(unit.dataset.unit);
  });

  stage.addEventListener("pointerover", (event) => {
    const unit = event.target.closest(".unit");
    const dot = event.target.closest(".dot[data-name]");
    self.onOver(unit ? unit.dataset.unit : null);
    if (event.pointerType === "touch") return;
    const text = dot ? dot.dataset.name : unit ? self.nameOf?.(unit.dataset.unit) : "";
    tip.textContent = text || "";
    tip.hidden = !text;
  });
  stage.addEventListener("pointermove", (event) => {
    if (tip.hidden) return;
    const box = stage.getBoundingClientRect();
    const x = event.clientX - box.left;
    tip.style.left = x > box.width / 2 ? "" : `${x + 14}px`;
    tip.style.right = x > box.width / 2 ? `${box.width - x + 14}px` : "";
    tip.style.top = `${event.clientY - box.top + 14}px`;
  });
  stage.addEventListener("pointerleave", () => {
    tip.hidden = true;
    self.onOver(null);
  });
  new ResizeObserver(() => {
    fit();
    show();
  }).observe(stage);

  Object.assign(self, {
    renewed,
    lookAt,
    /** Draw catchments of another radius before the figures are there. */
    resize(metres) {
      const perMetre = Number(svg.dataset.reach);
      for (const circle of svg.querySelectorAll(".catchments circle")) circle.setAttribute("r", metres * perMetre);
    },
    choose(code) {
      for (const unit of svg.querySelectorAll(".unit")) unit.classList.toggle("chosen", unit.dataset.unit === code);
      const chosen = svg.querySelector(".unit.chosen");
      if (chosen) chosen.parentNode.append(chosen); // its border above its neighbours'
    },
    point(code) {
      for (const unit of svg.querySelectorAll(".unit.over")) unit.classList.remove("over");
      if (code) svg.querySelector(`.unit[data-unit="${code}"]`)?.classList.add("over");
    },
  });
  renewed();
  return self;
}

function nothing() {
  return { renewed() {}, resize() {}, choose() {}, point() {}, lookAt() {} };
}
