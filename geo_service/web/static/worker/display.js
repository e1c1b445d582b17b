// Dark before dawn, and larger type: kept on this phone, as is who its owner is.

const PREFIX = 'geo-service.';

/** Return what was kept under a name, or null; some browsers keep nothing. */
export function kept(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keep a value on this phone; null forgets it. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // It lasts as long as the page, then.
  }
}

/** Make the two switches work. */
export function switches(larger, dark) {
  const root = document.documentElement;
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);

  function show() {
    larger.setAttribute('aria-pressed', String(root.dataset.size === 'large'));
    dark.setAttribute('aria-pressed', String(isDark()));
  }

  larger.addEventListener('click', () => {
    if (root.dataset.size === 'large') delete root.dataset.size;
    else root.dataset.size = 'large';
    keep('size', root.dataset.size || null);
    show();
  });
  dark.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    // What the phone is set to anyway need not be kept: so it follows the phone again.
    const kind = system.matches ? 'dark' : 'light';
    keep('theme', root.dataset.theme === kind ? null : root.dataset.theme);
    show();
  });
  system.addEventListener?.('change', show);
  show();
}
