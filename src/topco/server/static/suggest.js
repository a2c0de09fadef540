// Suggestions under a field while one types: a combobox after the ARIA pattern. Without this script it is a plain field.
//
//   <div class="combo"><input data-suggest="/api/v1/search" …></div>
//
// What choosing does: data-suggest-go="/entity/" opens that page of the identifier; data-suggest-into="ID" writes the
// identifier into that field and the name into this one; otherwise this field takes the identifier. Fields that come
// into the page later work as well.

const WAIT = 150, LEAST = 2, MOST = 8;
let made = 0;

document.addEventListener("focusin", (event) => {
  const field = event.target;
  if (field instanceof HTMLInputElement && field.dataset.suggest && !field.dataset.suggests) suggest(field);
});
if (document.activeElement?.dataset?.suggest) suggest(document.activeElement);

function suggest(field) {
  const name = `suggestions-${++made}`;
  const list = Object.assign(document.createElement("ul"), { id: name, hidden: true });
  const said = Object.assign(document.createElement("p"), { className: "hidden" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  said.setAttribute("role", "status");
  field.after(list, said);
  field.dataset.suggests = name;
  field.autocomplete = "off";
  for (const [attribute, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": name,
  })) field.setAttribute(attribute, value);

  let waiting = 0, asked = null, found = [], at = -1;
  const target = field.dataset.suggestInto ? document.getElementById(field.dataset.suggestInto) : null;
  const changed = (one) => ["input", "change"].forEach((kind) => one.dispatchEvent(new Event(kind, { bubbles: true })));

  function close() {
    clearTimeout(waiting);
    asked?.abort();
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    at = place;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    if (at < 0) return field.removeAttribute("aria-activedescendant");
    list.children[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function choose(hit) {
    close();
    const go = field.dataset.suggestGo;
    if (go) return location.assign(go + encodeURIComponent(hit.id).replaceAll("%3A", ":"));
    field.value = target ? hit.name || hit.id : hit.id;
    field.dataset.chosen = field.value;
    if (target) { target.value = hit.id; changed(target); }
    changed(field);
    close();
  }

  function show(hits) {
    found = hits;
    list.replaceChildren(...hits.map((hit, n) => {
      const option = Object.assign(document.createElement("li"), { id: `${name}-${n}` });
      option.setAttribute("role", "option");
      const about = [hit.id, hit.matched !== hit.name && hit.matched !== hit.id ? hit.matched : "", hit.hq_country];
      const [title, rest] = [document.createElement("bdi"), document.createElement("small")];
      title.textContent = hit.name || hit.id;
      rest.textContent = about.filter(Boolean).join(" · ");
      option.append(title, " ", rest);
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(hit));
      return option;
    }));
    mark(-1);
    list.hidden = hits.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = hits.length ? `${hits.length} suggestions, arrow keys choose` : "No suggestion";
  }

  async function ask(text) {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams({ q: text, limit: MOST });
    try {
      const answer = await fetch(`${field.dataset.suggest}?${query}`, { signal: asked.signal });
      if (answer.ok) show(await answer.json()); else close();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  field.addEventListener("input", (event) => {
    if (!event.isTrusted && field.value === field.dataset.chosen) return;
    if (target && field.value !== field.dataset.chosen && target.value) { target.value = ""; changed(target); }
    clearTimeout(waiting);
    const text = field.value.trim();
    if (text.length < LEAST) return close();
    waiting = setTimeout(() => ask(text), WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const last = found.length - 1;
    if (event.key === "ArrowDown") mark(at === last ? 0 : at + 1);
    else if (event.key === "ArrowUp") mark(at <= 0 ? last : at - 1);
    else if (event.key === "Enter" && at >= 0) choose(found[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
}
