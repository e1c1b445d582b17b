// What of a plane is in sight, and how fingers, wheel and keys move it.

const STEP_PX = 70;
const TAP_PX = 8;
const ZOOM = 1.5;

/** A window of `width` × `height` pixels on a plane in metres, y downwards. */
export class View {
  constructor({ least, most }) {
    Object.assign(this, { x: 0, y: 0, metresPerPx: most, width: 1, height: 1, least, most });
  }

  get box() {
    const { x, y, metresPerPx: k, width, height } = this;
    return [x - (width / 2) * k, y - (height / 2) * k, width * k, height * k];
  }

  at(px, py) {
    const [left, top] = this.box;
    return [left + px * this.metresPerPx, top + py * this.metresPerPx];
  }

  pan(dx, dy) {
    this.x -= dx * this.metresPerPx;
    this.y -= dy * this.metresPerPx;
  }

  /** Zoom by a factor about a pixel, which keeps its place. */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.at(px, py);
    this.metresPerPx = Math.min(this.most, Math.max(this.least, this.metresPerPx / factor));
    const [newX, newY] = this.at(px, py);
    this.x += x - newX;
    this.y += y - newY;
  }

  /** Show all of these points, with room for what stands on them and, right, for the tools. */
  fit(points, { left = 24, right = 64, top = 40, bottom = 32 } = {}) {
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const [west, east] = [Math.min(...xs), Math.max(...xs)];
    const [north, south] = [Math.min(...ys), Math.max(...ys)];
    const across = (east - west) / Math.max(1, this.width - left - right);
    const down = (south - north) / Math.max(1, this.height - top - bottom);
    this.metresPerPx = Math.min(this.most, Math.max(this.least, across, down));
    this.x = (west + east + (right - left) * this.metresPerPx) / 2;
    this.y = (north + south + (bottom - top) * this.metresPerPx) / 2;
  }
}

/** Let fingers, mouse, wheel and keys move a view; `tapped` gets the pixel of a tap. */
export function makeMovable(sheet, view, { changed, tapped, entered }) {
  const fingers = new Map();
  let moved = 0;

  const spot = (event) => {
    const { left, top } = sheet.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const middle = () => {
    const all = [...fingers.values()];
    return [0, 1].map((axis) => all.reduce((sum, at) => sum + at[axis], 0) / all.length);
  };
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return other ? Math.hypot(one[0] - other[0], one[1] - other[1]) : 0;
  };

  sheet.addEventListener('pointerdown', (event) => {
    if (fingers.size === 0) moved = 0;
    fingers.set(event.pointerId, spot(event));
  });
  sheet.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const [before, wide] = [middle(), spread()];
    fingers.set(event.pointerId, spot(event));
    const after = middle();
    moved += Math.hypot(after[0] - before[0], after[1] - before[1]);
    if (moved > TAP_PX && !sheet.hasPointerCapture(event.pointerId)) {
      sheet.setPointerCapture(event.pointerId);
    }
    view.pan(after[0] - before[0], after[1] - before[1]);
    if (wide > 0) view.zoom(spread() / wide, ...after);
    changed();
  });
  const lift = (event) => {
    const alone = fingers.size === 1;
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && alone && moved <= TAP_PX) tapped(...spot(event));
  };
  sheet.addEventListener('pointerup', lift);
  sheet.addEventListener('pointercancel', lift);
  sheet.addEventListener('wheel', (event) => {
    event.preventDefault();
    view.zoom(ZOOM ** (-Math.sign(event.deltaY) / 2), ...spot(event));
    changed();
  }, { passive: false });
  sheet.addEventListener('keydown', (event) => {
    const move = KEYS[event.key];
    if (move) move(view);
    else if (event.key !== 'Enter' || event.target !== sheet) return;
    else entered();
    event.preventDefault();
    changed();
  });
}

const KEYS = {
  ArrowLeft: (view) => view.pan(STEP_PX, 0),
  ArrowRight: (view) => view.pan(-STEP_PX, 0),
  ArrowUp: (view) => view.pan(0, STEP_PX),
  ArrowDown: (view) => view.pan(0, -STEP_PX),
  '+': (view) => view.zoom(ZOOM),
  '=': (view) => view.zoom(ZOOM),
  '-': (view) => view.zoom(1 / ZOOM),
};
