/* The one script every page loads. Pages work without it; it fetches a module only where the
   page has a use for it. Words come from the server, in the language of the page. */
const script = document.getElementById("lx");
export const words = JSON.parse(script.dataset.words);
const modules = JSON.parse(script.dataset.modules);
const started = new Set();

/** A sentence of the page, its {places} filled. */
export const say = (name, values = {}) =>
  words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

/** Wakes what `root` calls for; modules may be asked again after a part of the page changed. */
async function wake(root) {
  for (const [url, calls] of modules) {
    if (root.querySelector(calls) || (root.matches && root.matches(calls))) {
      const module = await import(url);
      module.start({ root, first: !started.has(url), say, wake });
      started.add(url);
    }
  }
}

/* One send at a time: a second tap, or Enter on a slow line, must not send twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const asked = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (asked && !window.confirm(asked)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "1";
  event.submitter?.setAttribute("aria-disabled", "true");
  // On a dead line the person may try again; the server makes one case of two equal sends.
  setTimeout(() => free(form), 15000);
}, true);

export function free(form) {
  delete form.dataset.sending;
  form.querySelectorAll("[aria-disabled]").forEach((e) => e.removeAttribute("aria-disabled"));
}

addEventListener("pageshow", () => document.querySelectorAll("[data-sending]").forEach(free));
document.addEventListener("lx:free", (event) => free(event.target));

document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-submit-on-change]");
  control?.form?.requestSubmit();
});

document.documentElement.classList.add("js");
const mistakes = document.getElementById("errors");
if (mistakes) {
  document.title = say("mistake") + document.title;
  mistakes.focus();
}
document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
wake(document);
