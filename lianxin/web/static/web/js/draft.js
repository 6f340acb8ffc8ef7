/* Keeps what was typed on this device until it was sent. A draft lives seven days; passwords,
   files, hidden fields and [data-no-draft] are never kept. */
const WEEK = 7 * 24 * 3600 * 1000;
const SENT = "lx-draft-sent";
const kept = (name) => `lx-draft:${name}`;

const controls = (form) =>
  [...form.elements].filter(
    (e) => e.name && !["hidden", "password", "file", "submit", "button"].includes(e.type)
      && !("noDraft" in e.dataset) && e.name !== "csrfmiddlewaretoken",
  );

const chosen = (control) => control.type === "checkbox" || control.type === "radio";

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(kept(name)));
    return draft && Date.now() - draft.at < WEEK ? draft : null;
  } catch {
    return null;
  }
}

function forget(name) {
  try { localStorage.removeItem(kept(name)); } catch { /* storage is off: nothing was kept */ }
}

function write(form) {
  const values = controls(form)
    .filter((c) => (chosen(c) ? c.checked : c.value))
    .map((c) => [c.name, c.value]);
  try {
    if (values.length) localStorage.setItem(kept(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
    else forget(form.dataset.draft);
    return values.length > 0;
  } catch {
    return false;
  }
}

/** Fills empty controls only: what the server sent back is newer than the draft. */
function restore(form, draft) {
  let any = false;
  const all = controls(form);
  const touched = new Set(all.filter((c) => (chosen(c) ? c.checked : c.value)).map((c) => c.name));
  for (const [name, value] of draft.values) {
    if (touched.has(name)) continue;
    for (const control of all.filter((c) => c.name === name)) {
      if (chosen(control)) {
        if (control.value === value) { control.checked = true; any = true; }
      } else if (!control.value) {
        control.value = value;
        any = true;
      }
    }
  }
  return any;
}

function line(form, say) {
  const p = document.createElement("p");
  p.className = "draft";
  p.setAttribute("role", "status");
  const words = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = say("forget");
  button.hidden = true;
  button.addEventListener("click", () => {
    forget(form.dataset.draft);
    form.reset();
    words.textContent = "";
    button.hidden = true;
  });
  p.append(words, button);
  form.append(p);
  return (name) => { words.textContent = say(name); button.hidden = false; };
}

/** The draft that was just sent is forgotten by a page that says the act was done. */
function arrived() {
  try {
    const name = sessionStorage.getItem(SENT);
    if (name && document.querySelector("[data-sent]")) forget(name);
    sessionStorage.removeItem(SENT);
  } catch { /* storage is off: nothing was kept */ }
}

function leaving(form) {
  write(form);
  try { sessionStorage.setItem(SENT, form.dataset.draft); } catch { /* as above */ }
}

let looked = false;

export function start({ root, say }) {
  if (!looked) arrived();
  looked = true;
  root.querySelectorAll("[data-draft-done]").forEach((e) => forget(e.dataset.draftDone));
  for (const form of root.querySelectorAll("form[data-draft]:not([data-drafting])")) {
    form.dataset.drafting = "1";
    const tell = line(form, say);
    const draft = read(form.dataset.draft);
    if (draft && restore(form, draft)) tell("restored");
    let timer;
    let typed = false;
    form.addEventListener("input", () => {
      typed = true;
      clearTimeout(timer);
      timer = setTimeout(() => { if (write(form)) tell("saved"); }, 600);
    });
    // Sent, and then come back to: what the browser still shows is no draft any more. The draft
    // itself stays until the page after success forgets it, for the line may break.
    form.addEventListener("submit", () => { leaving(form); typed = false; });
    addEventListener("pagehide", () => { clearTimeout(timer); if (typed) write(form); });
  }
}
