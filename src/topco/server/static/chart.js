// Moves the ownership chart: drag, arrow keys and two fingers; zoom by buttons, ctrl and wheel, and the keys + - 0.
// What opens more is fetched and put in the place of the old picture, with the opened box where it was; each state is an
// address. Whatever fails is followed as the plain link that it is.

const STEP = 80, FACTOR = 1.25, LEAST = 0.04, MOST = 4, LEGIBLE = 0.75, DRAG = 4, MOTION = 160;
const PARTS = ["links", "said", "picture", "table"];
const still = matchMedia("(prefers-reduced-motion: reduce)"), root = document.getElementById("chart");

if (root) {
  const part = (name, within = root) => within.querySelector(`[data-part="${name}"]`);
  const frame = part("picture");
  const fingers = new Map();
  let svg, size, view, moving = 0, dragged = 0, asked = 0, address = location.pathname + location.search;
  const named = (node) => svg.querySelector(`g[data-node="${CSS.escape(node)}"]`);
  const box = (node) => named(node) ?? named(node.replace(/^ring:/, "")) ?? named(`ring:${node}`);  // opened, closed
  const middle = (element) => {
    const found = element.getBBox();
    return [found.x + found.width / 2, found.y + found.height / 2];
  };
  const limited = (scale) => Math.min(MOST, Math.max(LEAST, scale));
  const draw = () => svg.setAttribute("viewBox", [view.x, view.y, frame.clientWidth / view.scale, frame.clientHeight / view.scale].join(" "));

  function go(to, slowly = true) {
    const from = { ...view }, begun = performance.now();
    cancelAnimationFrame(moving);
    if (!slowly || still.matches) { view = to; draw(); return; }
    const step = (now) => {
      const part = Math.min(1, (now - begun) / MOTION), eased = part * (2 - part);
      for (const name of ["x", "y", "scale"]) view[name] = from[name] + (to[name] - from[name]) * eased;
      draw();
      if (part < 1) moving = requestAnimationFrame(step);
    };
    moving = requestAnimationFrame(step);
  }

  const around = ([x, y], scale) => ({ x: x - frame.clientWidth / scale / 2, y: y - frame.clientHeight / scale / 2, scale });
  function whole() {
    const scale = limited(Math.min(1, frame.clientWidth / size.width, frame.clientHeight / size.height));
    return around([size.width / 2, size.height / 2], scale);
  }
  function subject() {
    const fits = whole(), here = box(root.dataset.subject);
    return fits.scale >= LEGIBLE || !here ? fits : around(middle(here), 1);
  }
  function zoomed(factor, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
    const scale = limited(view.scale * factor);
    return { x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale, scale };
  }
  const shifted = (x, y) => ({ ...view, x: view.x - x / view.scale, y: view.y - y / view.scale });
  function take() {
    svg = frame.querySelector("svg");
    size = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };
    svg.removeAttribute("width"); svg.removeAttribute("height");
  }

  async function load(href, opener, push) {
    const mine = ++asked, node = opener?.closest("[data-node]")?.dataset.node ?? root.dataset.subject;
    const old = box(node) && middle(box(node)), name = opener?.textContent.trim().split(" ").pop();
    frame.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("chart");
      if (mine !== asked) return;
      if (!answer.ok || !fresh) throw new Error(`no chart at ${href}`);
      for (const name of PARTS) part(name).replaceChildren(...part(name, fresh).childNodes);
      root.dataset.subject = fresh.dataset.subject;
      if (push) history.pushState({ chart: true }, "", href);
      address = location.pathname + location.search;
      take();
      const here = box(node), now = here && middle(here);
      go(old && now ? { ...view, x: view.x + now[0] - old[0], y: view.y + now[1] - old[1] } : subject(), false);
      if (opener) {
        const marks = here ? [...here.querySelectorAll("a[data-opens]")] : [];
        (marks.find((mark) => mark.textContent.trim().endsWith(name)) ?? here?.querySelector("a") ?? frame).focus({ preventScroll: true });
      }
    } catch {
      if (mine === asked) location.assign(href);
    } finally {
      if (mine === asked) frame.removeAttribute("aria-busy");
    }
  }

  root.classList.add("moves");
  root.querySelector(".chart-buttons").hidden = false;
  take();
  view = subject();
  draw();
  let seen = [frame.clientWidth, frame.clientHeight];
  new ResizeObserver(() => {
    const now = [frame.clientWidth, frame.clientHeight];
    go(shifted((now[0] - seen[0]) / 2, (now[1] - seen[1]) / 2), false);
    seen = now;
  }).observe(frame);
  for (const [event, look] of [["beforeprint", () => svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`)], ["afterprint", draw]]) addEventListener(event, look);

  const done = { in: () => zoomed(FACTOR), out: () => zoomed(1 / FACTOR), fit: whole, subject };
  const keys = { "+": done.in, "=": done.in, "-": done.out, 0: whole, ArrowLeft: () => shifted(STEP, 0),
    ArrowRight: () => shifted(-STEP, 0), ArrowUp: () => shifted(0, STEP), ArrowDown: () => shifted(0, -STEP) };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]"), opener = event.target.closest("a[data-opens]");
    if (event.detail && frame.contains(event.target) && dragged > DRAG) event.preventDefault();  // the end of a drag
    else if (button) go(done[button.dataset.do]());
    else if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      load(opener.getAttribute("href"), opener, true);
    }
  });
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    go(keys[event.key]());
  });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const edge = frame.getBoundingClientRect();
    go(zoomed(Math.exp(-event.deltaY / 300), event.clientX - edge.left, event.clientY - edge.top), false);
  }, { passive: false });
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!fingers.size) dragged = 0;
    fingers.set(event.pointerId, event);
  });
  addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    dragged += Math.hypot(x, y);
    frame.classList.toggle("held", dragged > DRAG);
    if (other) {
      const far = (one) => Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
      const edge = frame.getBoundingClientRect();
      go(zoomed(far(event) / far(before), (event.clientX + other.clientX) / 2 - edge.left, (event.clientY + other.clientY) / 2 - edge.top), false);
    }
    go(shifted(other ? x / 2 : x, other ? y / 2 : y), false);
    fingers.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => fingers.delete(event.pointerId) && frame.classList.remove("held"));
  frame.addEventListener("focusin", (event) => {
    if (!event.target.matches("svg a:focus-visible")) return;
    const [at, edge] = [event.target.getBoundingClientRect(), frame.getBoundingClientRect()];
    if (at.left < edge.left || at.right > edge.right || at.top < edge.top || at.bottom > edge.bottom) go(around(middle(event.target), view.scale));
  });
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== address) load(location.href, null, false);
  });
}
