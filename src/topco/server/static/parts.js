// Slow parts of a page, brought in when they are asked for. Each is a link that works without this script:
//
//   <div id="x-part" tabindex="-1"> … <a href="…?show=x#x" data-fills="x-part" data-from="…?part=x">Show x</a> … </div>

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-fills]");
  const place = link && document.getElementById(link.dataset.fills);
  if (!place || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.dataset.from, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.statusText);
    place.innerHTML = await answer.text();
    history.replaceState(history.state, "", joined(link.href));
    place.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
  place.removeAttribute("aria-busy");
});

// Where the page stands now, with what the link adds: parts that were brought in before stay in the address.
function joined(href) {
  const here = new URL(location.href), there = new URL(href);
  for (const [name, value] of there.searchParams) {
    if (!here.searchParams.getAll(name).includes(value)) here.searchParams.append(name, value);
  }
  here.hash = there.hash;
  return here.href;
}
