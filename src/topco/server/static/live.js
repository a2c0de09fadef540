// Answers while one types, and parts of a page on demand. Without this script the forms and links do the same by loading
// the page.
//
//   <form data-live="/case/answer" data-live-into="ID" data-live-says="ID">   what the form says, answered into an element
//   <a href="/whole/page" data-load="/part" data-load-into="ID" data-load-says="Words">   a part, fetched when it is asked for
//
// The answer may hold an element with data-live-state (JSON): `address` becomes the page's address, `errors` are set beside
// the fields they name, and the form gets the event "live" with all of it. The text of what is marked data-says is
// announced. Parts that were opened (data-keep) stay open. Each field that is answered is a step of the browser's history,
// so that Back takes one answer back; the form needs autocomplete="off", or the browser would fill it in as it was left.

const WAIT = 350;

for (const form of document.querySelectorAll("form[data-live]")) live(form);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-load]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  load(link);
});

function live(form) {
  const into = document.getElementById(form.dataset.liveInto);
  const says = document.getElementById(form.dataset.liveSays);
  const busy = document.getElementById(`${form.dataset.liveInto}-busy`);
  let waiting = 0, asked = null, last = query(form), edited = "", stood = "", shown = here();

  form.addEventListener("input", ({ target }) => {
    edited = target.name;
    later(WAIT);
  });
  form.addEventListener("change", () => later(0));
  // A link within the page is a step as well, and changes nothing.
  addEventListener("popstate", () => { if (here() !== shown) location.replace(here()); });

  function later(wait) {
    clearTimeout(waiting);
    waiting = setTimeout(ask, wait);
  }

  async function ask() {
    const said = query(form);
    if (said === last) return;
    last = said;
    asked?.abort();
    const mine = asked = new AbortController();
    into.setAttribute("aria-busy", "true");
    busy.hidden = false;
    try {
      const answer = await fetch(`${form.dataset.live}?${said}`, { signal: mine.signal, headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (mine === asked) show(text, answer.ok);
    } catch (error) {
      if (error.name !== "AbortError") says.textContent = "The server did not answer. The button below the form asks again.";
    } finally {
      if (mine === asked) {
        into.removeAttribute("aria-busy");
        busy.hidden = true;
      }
    }
  }

  function show(text, isWhole) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const open = new Set([...into.querySelectorAll("details[data-keep][open]")].map((one) => one.dataset.keep));
    const found = isWhole ? page.body : page.querySelector("main");
    for (const one of found.querySelectorAll("details[data-keep]")) one.open = open.has(one.dataset.keep);
    into.replaceChildren(...found.childNodes);
    says.textContent = into.querySelector("[data-says]")?.textContent ?? "";
    const state = into.querySelector("[data-live-state]");
    if (!state) return;
    const said = JSON.parse(state.dataset.liveState);
    // Typing on in a field stays within its step.
    if (edited === stood) history.replaceState(null, "", said.address);
    else history.pushState(null, "", said.address);
    stood = edited;
    shown = here();
    mark(form, said.errors);
    form.dispatchEvent(new CustomEvent("live", { detail: said }));
  }
}

function here() {
  return location.pathname + location.search;
}

function query(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, text]) => typeof text === "string" && text.trim())).toString();
}

function mark(form, errors) {
  for (const place of form.querySelectorAll("[data-wrong]")) {
    const text = errors[place.dataset.wrong] ?? "", field = document.getElementById(`f-${place.dataset.wrong}`);
    place.textContent = text;
    place.hidden = !text;
    if (text) field?.setAttribute("aria-invalid", "true"); else field?.removeAttribute("aria-invalid");
  }
}

async function load(link) {
  const into = document.getElementById(link.dataset.loadInto);
  const wait = Object.assign(document.createElement("p"), { textContent: link.dataset.loadSays });
  const said = document.createElement("div");
  said.setAttribute("role", "status");
  said.append(wait, Object.assign(document.createElement("progress"), { ariaLabel: link.dataset.loadSays }));
  into.replaceChildren(said);
  try {
    const answer = await fetch(link.dataset.load, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    into.replaceChildren(said, ...page.body.childNodes);
    said.className = "hidden";
    said.textContent = into.querySelector("[data-says]")?.textContent ?? "";
  } catch {
    location.assign(link.href);
  }
}
