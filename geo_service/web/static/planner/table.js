/* The table: sorted, narrowed and chosen from where it stands; the address follows. */
export function watchTable(form, words, { map, keepAddress }) {
  const panel = document.querySelector(".table-panel");
  const find = document.querySelector("input[name=find]");
  const county = document.querySelector("select[name=county]");
  const every = document.getElementById("all-columns");

  const rows = () => [...document.querySelectorAll("#rows tbody tr")];
  const rowOf = (code) => rows().find((row) => row.dataset.unit === code);
  const nameOf = (row) => row.querySelector("th a").textContent;

  function narrow() {
    const text = find ? find.value.trim().toLowerCase() : "";
    let shown = 0;
    for (const row of rows()) {
      const fits =
        (!text || nameOf(row).toLowerCase().includes(text)) &&
        (!county || !county.value || row.dataset.county === county.value);
      row.hidden = !fits;
      shown += fits;
    }
    document.getElementById("nothing").hidden = shown > 0;
    document.getElementById("shown").textContent = words.shown
      .replace("{shown}", shown)
      .replace("{all}", rows().length);
  }

  /** Sort by a column; what is not known stands last, whichever the order. */
  function sort(key, order) {
    const heads = [...document.querySelectorAll("#rows thead th")];
    const at = heads.findIndex((head) => head.querySelector("a").dataset.sort === key);
    const way = order === "desc" ? -1 : 1;
    const value = (row) => {
      if (key === "name") return row.dataset.unit;
      const text = row.children[at].dataset.value;
      return text === "" ? null : Number(text);
    };
    const sorted = rows().sort((one, two) => {
      const [a, b] = [value(one), value(two)];
      if (a === null || b === null) return (a === null) - (b === null);
      return (a > b) - (a < b) ? way * ((a > b) - (a < b)) : 0;
    });
    document.querySelector("#rows tbody").append(...sorted);
    for (const head of heads) {
      const mine = head.querySelector("a").dataset.sort === key;
      head.setAttribute("aria-sort", mine ? (order === "desc" ? "descending" : "ascending") : "none");
    }
    form.elements.sort.value = key;
    form.elements.order.value = order;
    keepAddress();
  }

  function card(code) {
    const aside = document.getElementById("card");
    if (!aside) return;
    const row = code && rowOf(code);
    aside.hidden = !row;
    if (!row) return;
    const list = document.createElement("dl");
    const heads = [...document.querySelectorAll("#rows thead th")].slice(1);
    heads.forEach((head, place) => {
      if (!("card" in head.dataset)) return;
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = head.textContent;
      value.textContent = row.children[place + 1].textContent.trim();
      list.append(term, value);
    });
    const title = document.createElement("h3");
    title.textContent = nameOf(row);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "card-close";
    close.textContent = "×";
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", () => choose(null));
    aside.replaceChildren(title, list, close);
  }

  function choose(code, { scroll = true } = {}) {
    for (const row of rows()) row.classList.toggle("chosen", row.dataset.unit === code);
    map.choose(code);
    card(code);
    form.elements.unit.value = code || "";
    keepAddress();
    const row = code && rowOf(code);
    if (row && scroll) {
      const box = document.getElementById("rows");
      const head = box.querySelector("thead").offsetHeight;
      const [top, bottom] = [row.offsetTop - head, row.offsetTop + row.offsetHeight + head];
      if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) {
        box.scrollTop = top - box.clientHeight / 3;
      }
    }
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const head = event.target.closest("#rows thead a");
    if (head) {
      event.preventDefault();
      const key = head.dataset.sort;
      const now = head.parentNode.getAttribute("aria-sort");
      sort(key, now === "ascending" ? "desc" : "asc");
      return;
    }
    const row = event.target.closest("#rows tbody tr");
    if (row) {
      event.preventDefault();
      choose(row.classList.contains("chosen") ? null : row.dataset.unit, { scroll: false });
      return;
    }
    const gap = event.target.closest(".gaps a");
    if (gap) {
      event.preventDefault();
      choose(gap.dataset.unit);
      map.lookAt(Number(gap.dataset.x), Number(gap.dataset.y), 4);
      document.getElementById("stage")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
  });
  document.addEventListener("pointerover", (event) => {
    const row = event.target.closest("#rows tbody tr");
    map.point(row ? row.dataset.unit : null);
  });
  if (find) find.addEventListener("input", () => { narrow(); keepAddress(); });
  if (county) county.addEventListener("change", () => { narrow(); keepAddress(); });
  every.closest("label").hidden = false;
  every.addEventListener("change", () => panel.classList.toggle("all-columns", every.checked));
  map.nameOf = (code) => {
    const row = rowOf(code);
    if (!row) return "";
    const shaded = document.querySelector("select[name=measure]").value;
    const heads = [...document.querySelectorAll("#rows thead th")];
    const at = heads.findIndex((head) => head.querySelector("a").dataset.sort === shaded);
    const value = at > 0 ? row.children[at].textContent.trim() : "";
    return [nameOf(row), value].filter(Boolean).join(" · ");
  };

  function renewed() {
    narrow();
    choose(form.elements.unit.value || null, { scroll: false });
  }

  card(form.elements.unit.value);
  return {
    choose: (code) => choose(code),
    renewed,
    point(code) {
      for (const row of rows()) row.classList.toggle("over", row.dataset.unit === code);
    },
  };
}
