/* The desk's speed: J and K through a list, X picks, one key per act, bulk picks. Single keys
   can be turned off on this device (WCAG 2.1.4); they rest while one types. */
const SWITCH = "lx-keys";
let on = true;
try { on = localStorage.getItem(SWITCH) !== "off"; } catch { /* stays on */ }

const typing = (e) =>
  e.isContentEditable || e.tagName === "TEXTAREA" || e.tagName === "SELECT"
  || (e.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(e.type));

const rows = () => [...document.querySelectorAll("[data-list] [data-row]")].filter((r) => r.offsetParent);
const current = () => document.querySelector("[data-row][data-current]");

function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const row = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  all.forEach((r) => r.removeAttribute("data-current"));
  row.setAttribute("data-current", "");
  (row.querySelector("[data-open]") ?? row.querySelector("a, button, input"))?.focus();
  row.scrollIntoView({ block: "nearest" });
}

function press(event) {
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "?" || on) {
    const done = act(key);
    if (done) event.preventDefault();
  }
}

function act(key) {
  if (!/^[a-z0-9?/]$/.test(key)) return false;
  if (document.querySelector("[data-list]")) {
    if (key === "j") return go(1), true;
    if (key === "k") return go(-1), true;
    const row = current();
    const own = row?.querySelector(`[data-row-key="${key}"]`);
    if (own) return own.click(), true;
    if (key === "x" && row) {
      row.querySelector(".pick input")?.click();
      return true;
    }
  }
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (typing(target)) {
    target.focus();
    target.select?.();
  } else target.click();
  return true;
}

/* The page holds a long list of choices once; the bar, which only a script opens, borrows it. */
function borrow(select) {
  const lender = document.getElementById(select.dataset.optionsOf);
  for (const one of lender?.children ?? []) {
    if (one.value !== "") select.append(one.cloneNode(true));
  }
  select.value = "";
}

function bulk(form, say) {
  const bar = form.querySelector(".bulk");
  const all = form.querySelector("[data-all]");
  const boxes = () => [...form.querySelectorAll("[data-row] .pick input")];
  const count = () => {
    const picked = boxes().filter((b) => b.checked).length;
    if (bar) bar.hidden = picked === 0;
    const words = form.querySelector("[data-picked]");
    if (words) words.textContent = say("picked", { n: picked });
    if (all) {
      all.checked = picked > 0 && picked === boxes().length;
      all.indeterminate = picked > 0 && !all.checked;
    }
  };
  all?.addEventListener("change", () => {
    boxes().forEach((b) => { b.checked = all.checked; });
    count();
  });
  form.addEventListener("change", count);
  count();
  for (const select of form.querySelectorAll("[data-options-of]")) borrow(select);
}

export function start({ root, first, say }) {
  if (first) {
    document.addEventListener("keydown", press);
    document.addEventListener("focusin", (event) => {
      const row = event.target.closest("[data-row]");
      if (!row) return;
      document.querySelectorAll("[data-row][data-current]").forEach((r) => r.removeAttribute("data-current"));
      row.setAttribute("data-current", "");
    });
  }
  for (const box of root.querySelectorAll("[data-keys-switch]")) {
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      try { localStorage.setItem(SWITCH, on ? "on" : "off"); } catch { /* for this page only */ }
    });
  }
  for (const form of root.querySelectorAll("[data-bulk]:not([data-live])")) {
    form.dataset.live = "1";
    bulk(form, say);
  }
}
