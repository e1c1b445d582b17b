/* Drawing a route: points put on a map become lines of coordinates in the form's text. */

const PLACES = 6; // decimals of a degree: a decimetre
const LINE = /^\s*([-+]?\d{1,3}(?:\.\d*)?)\s*,\s*([-+]?\d{1,2}(?:\.\d*)?)\s*$/;

const root = document.querySelector("[data-draw]");
const text = document.getElementById("text");
const datum = document.getElementById("datum");

function part(name) {
  return root.querySelector(`[data-${name}]`);
}

function loaded(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

/** Leaflet, fetched when somebody wants to draw, and once. */
function leaflet() {
  if (window.L) return Promise.resolve();
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: root.dataset.leafletCss });
  const script = Object.assign(document.createElement("script"), { src: root.dataset.leaflet });
  return Promise.all([loaded(sheet), loaded(script)]);
}

/** Return the positions that the text holds as plain lines; none where it holds anything else. */
function written() {
  const lines = text.value.split("\n").filter((line) => line.trim());
  const found = lines.map((line) => LINE.exec(line));
  return found.every(Boolean) ? found.map((each) => [Number(each[2]), Number(each[1])]) : [];
}

class Drawing {
  constructor(ground) {
    const { L } = window;
    this.map = L.map(part("map"), { zoomSnap: 0.5, attributionControl: false, maxZoom: 19, minZoom: 4 });
    this.points = written();
    this.frame(ground.bounds); // before anything is drawn: Leaflet clips to what is in view
    L.control.scale({ imperial: false }).addTo(this.map);
    const border = (className) => ({ interactive: false, style: { className } });
    L.geoJSON(ground.townships, border("ground-township")).addTo(this.map);
    L.geoJSON(ground.counties, border("ground-county")).addTo(this.map);
    this.names = L.layerGroup();
    this.label(ground.names);
    this.line = L.polyline([], { className: "drawn", interactive: false }).addTo(this.map);
    this.dots = L.layerGroup().addTo(this.map);
    this.map.on("click", (event) => this.add(event.latlng));
    const cross = document.createElement("div");
    cross.className = "crosshair";
    part("map").append(cross);
    this.draw();
  }

  label(names) {
    const english = document.documentElement.lang === "en";
    for (const each of names) {
      const span = document.createElement("span");
      span.textContent = (english && each.name_en) || each.name;
      const icon = window.L.divIcon({ className: "place-name", iconSize: [0, 0], html: span });
      const at = [each.at[1], each.at[0]]; // Leaflet alone puts latitude first
      window.L.marker(at, { icon, interactive: false, keyboard: false }).addTo(this.names);
    }
    const shown = () => (this.map.getZoom() >= 10.5 ? this.names.addTo(this.map) : this.names.remove());
    this.map.on("zoomend", shown);
  }

  frame(bounds) {
    if (this.points.length > 1) {
      this.map.fitBounds(this.points, { padding: [24, 24] });
    } else if (bounds) {
      const [west, south, east, north] = bounds;
      this.map.fitBounds([[south, west], [north, east]]);
    } else {
      this.map.setView([35, 105], 4);
    }
  }

  add({ lat, lng }) {
    this.points.push([lat, ((lng + 540) % 360) - 180]);
    this.draw();
  }

  undo() {
    this.points.pop();
    this.draw();
  }

  clear() {
    this.points = [];
    this.draw();
  }

  draw() {
    this.line.setLatLngs(this.points);
    this.dots.clearLayers();
    // Of a long route that was pasted, dots would hide the line.
    const dotted = this.points.length > 200 ? [this.points[0], this.points.at(-1)] : this.points;
    for (const at of dotted) {
      window.L.circleMarker(at, { className: "drawn-point", radius: 7, interactive: false }).addTo(this.dots);
    }
    part("told").textContent = root.dataset.count.replace("{count}", this.points.length);
  }

  write() {
    text.value = this.points.map(([lat, lng]) => `${lng.toFixed(PLACES)},${lat.toFixed(PLACES)}`).join("\n");
    datum.value = "wgs84";
  }
}

async function start() {
  const [ground] = await Promise.all([
    fetch(root.dataset.ground).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer))),
    leaflet(),
  ]);
  return new Drawing(ground);
}

let drawing = null;

/** Do something to the drawing, and keep the text in step: what is sent is what is seen. */
function change(action) {
  return async () => {
    const at = await drawing?.catch(() => null);
    if (!at) return;
    action(at);
    at.write();
  };
}

function show(open) {
  part("desk").hidden = !open;
  part("open").hidden = open;
  part("open").setAttribute("aria-expanded", String(open));
}

root.hidden = false;
part("open").addEventListener("click", async () => {
  show(true);
  try {
    drawing ??= start();
    const at = await drawing;
    at.map.invalidateSize();
    at.map.on("click", () => at.write());
  } catch {
    drawing = null;
    part("told").textContent = root.dataset.failed;
  }
});
part("undo").addEventListener("click", change((at) => at.undo()));
part("clear").addEventListener("click", change((at) => at.clear()));
part("centre").addEventListener("click", change((at) => at.add(at.map.getCenter())));
part("done").addEventListener("click", () => {
  show(false);
  text.focus();
});
