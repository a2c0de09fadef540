// The form of a case while it is filled in: questions that cannot matter are folded away, those that may come back to
// their place; nothing is emptied, and the field that one is in stays where it is. Countries are named beside their codes.

const form = document.getElementById("case");
const questions = [...form.querySelectorAll(".group > .questions > .question, .group > .questions > .rest .question")]
  .filter((one) => !one.parentElement.closest(".question"));
questions.forEach((one, place) => (one.dataset.place = place));
const names = new Map([...document.querySelectorAll("#countries option")].map((one) => [one.value, one.textContent]));

form.addEventListener("live", ({ detail }) => {
  const folded = new Set(detail.folded);
  for (const one of questions) {
    if (one.contains(document.activeElement)) continue;
    const inside = one.closest(".rest"), group = one.closest(".group");
    if (folded.has(one.dataset.key) && !inside) put(one, group.querySelector(".rest > .questions"));
    if (!folded.has(one.dataset.key) && inside) put(one, group.querySelector(".questions"));
  }
  for (const rest of form.querySelectorAll(".rest")) {
    const count = rest.querySelector(".questions").children.length;
    rest.hidden = count === 0;
    rest.querySelector("[data-count]").textContent = count;
  }
  for (const name of detail.open) {
    const group = form.querySelector(`[data-group="${CSS.escape(name)}"]`);
    if (group && !group.dataset.closed) group.open = true;
  }
});

// What the links to the answer and the title say of it is never older than the answer itself.
new MutationObserver(() => {
  const tone = document.querySelector("#answer .verdict .tone")?.textContent.trim() ?? "";
  for (const one of document.querySelectorAll("[data-tone]")) one.textContent = tone && `: ${tone.toLowerCase()}`;
  const name = document.title.replace(/^.* · (?=Case)/, "");
  document.title = tone ? `${tone} · ${name}` : name;
}).observe(document.getElementById("answer"), { childList: true });

form.addEventListener("click", (event) => {
  const group = event.target.closest("summary")?.parentElement;
  if (group?.matches(".group")) group.dataset.closed = group.open ? "by hand" : "";
});

form.addEventListener("input", ({ target }) => {
  const place = form.querySelector(`[data-country="${CSS.escape(target.name)}"]`);
  if (place) place.textContent = names.get(target.value.trim().toUpperCase()) ?? "";
});

function put(question, into) {
  const before = [...into.children].find((one) => !one.dataset.place || Number(one.dataset.place) > Number(question.dataset.place));
  into.insertBefore(question, before ?? null);
}
