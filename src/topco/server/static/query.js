// The editor for SPARQL in the place of the plain field, with completion from the vocabulary. The field stays in the form
// and keeps the text; without this script, or without the editor's modules, it is used as it is.

const field = document.querySelector("textarea[data-editor]");
if (field) edit(field).catch(() => { field.hidden = false; });

const KEYWORDS = ("SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND AS ASK CONSTRUCT DESCRIBE PREFIX FROM NAMED "
  + "ORDER BY GROUP BY HAVING LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT BOUND COALESCE IF IN NOT EXISTS REGEX STR LANG "
  + "DATATYPE IRI CONTAINS STRSTARTS STRENDS LCASE UCASE YEAR MONTH DAY").split(" ")
  .filter((word, place, all) => all.indexOf(word) === place).map((label) => ({ label, type: "keyword" }));

async function edit(field) {
  const [cm, answer] = await Promise.all([import(field.dataset.editor), fetch(field.dataset.words)]);
  const words = await answer.json();
  const sparql = await cm.languages.find((one) => one.name === "SPARQL").load();
  const label = document.querySelector(`label[for="${field.id}"]`);
  const ask = () => { field.form.requestSubmit(); return true; };

  const complete = (context) => {
    const word = context.matchBefore(/[?$]?[\w-]*(?::[\w.-]*)?/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    if (/^[?$]/.test(word.text)) return { from: word.from, options: variables(context.state.doc.toString(), word.text) };
    return { from: word.from, options: [...words, ...KEYWORDS], validFor: /^[\w-]*(?::[\w.-]*)?$/ };
  };
  const view = new cm.EditorView({
    parent: Object.assign(document.createElement("div"), { className: "editor" }),
    state: cm.EditorState.create({
      doc: field.value,
      extensions: [
        cm.Prec.highest(cm.keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: ask }])),
        cm.basicSetup,
        sparql,
        cm.EditorState.languageData.of(() => [{ autocomplete: complete }]),
        cm.EditorView.lineWrapping,
        cm.EditorView.contentAttributes.of({
          "aria-label": label.textContent, "aria-describedby": field.getAttribute("aria-describedby"), spellcheck: "false",
        }),
        cm.EditorView.updateListener.of((update) => { if (update.docChanged) field.value = update.state.doc.toString(); }),
      ],
    }),
  });
  // The list of completions scrolls: a person without a mouse can go into it.
  new MutationObserver(() => view.dom.querySelectorAll(".cm-tooltip-autocomplete > ul").forEach((one) => (one.tabIndex = 0)))
    .observe(view.dom, { childList: true, subtree: true });
  field.after(view.dom.parentElement);
  field.hidden = true;
  label.addEventListener("click", () => view.focus());
  document.querySelector("[data-editor-hint]").hidden = false;
}

function variables(text, own) {
  const found = new Set(text.match(/[?$]\w+/g) ?? []);
  if ((text.match(new RegExp(`\\${own}(?!\\w)`, "g")) ?? []).length < 2) found.delete(own);
  return [...found].map((label) => ({ label, type: "variable" }));
}
