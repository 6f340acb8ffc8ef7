/* The division picker: suggestions under the text box (a combobox) and a choice step by step.
   Without this file the words are read by the server. Words come from data attributes. */
const WAIT = 180;

async function ask(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

class Picker {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.text = root.querySelector("input[type=text]");
    this.code = root.querySelector("[data-code]");
    if (!this.code) {
      // Chips carry the code: typing anew must win over a chip.
      this.text.addEventListener("input", () =>
        root.querySelectorAll("input[type=radio]").forEach((chip) => (chip.checked = false)));
      return;
    }
    this.marked = -1;
    this.asked = 0;
    this.suggestions();
    this.steps();
  }

  set(code, path) {
    this.code.value = code;
    this.text.value = path;
    this.close();
    this.text.dispatchEvent(new CustomEvent("division", { bubbles: true, detail: { code, path } }));
  }

  suggestions() {
    const id = `${this.text.id || this.text.name}-found`;
    this.list = element("ul", { id, role: "listbox", class: "found", hidden: "" });
    this.list.setAttribute("aria-label", this.text.labels?.[0]?.textContent.trim() || "");
    this.says = element("p", { class: "unseen", role: "status" });
    this.text.after(this.list, this.says);
    const marks = { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" };
    for (const [key, value] of Object.entries(marks)) this.text.setAttribute(key, value);
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  typed() {
    this.code.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(this.text.value.trim()), WAIT);
  }

  async find(text) {
    const turn = ++this.asked;
    if (!text) return this.close();
    const query = new URLSearchParams({ q: text, within: this.words.within });
    const answer = await ask(`${this.words.search}?${query}`).catch(() => null);
    if (turn !== this.asked || !answer) return;
    this.list.replaceChildren(...answer.found.map((one, n) => {
      const option = element("li", { role: "option", id: `${this.list.id}-${n}`, "aria-selected": "false" }, one.name);
      option.append(element("span", {}, one.path));
      Object.assign(option.dataset, { code: one.code, path: one.path });
      return option;
    }));
    this.marked = -1;
    this.open(answer.found.length > 0);
    this.says.textContent = answer.found.length
      ? this.words.wordsFound.replace("{n}", answer.found.length) : this.words.wordsNone;
  }

  key(event) {
    const options = [...this.list.children];
    if (event.key === "Escape") this.close();
    if (this.list.hidden || !options.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.marked = (this.marked + by + options.length) % options.length;
      options.forEach((one, n) => one.setAttribute("aria-selected", String(n === this.marked)));
      options[this.marked].scrollIntoView({ block: "nearest" });
      this.text.setAttribute("aria-activedescendant", options[this.marked].id);
    } else if (event.key === "Enter" && this.marked >= 0) {
      event.preventDefault();
      this.take(options[this.marked]);
    }
  }

  take(option) {
    if (option) this.set(option.dataset.code, option.dataset.path);
  }

  open(yes) {
    this.list.hidden = !yes;
    this.text.setAttribute("aria-expanded", String(yes));
    this.text.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.open(false);
  }

  steps() {
    this.row = element("div", { class: "steps-of-place", hidden: "" });
    const button = element("button", { type: "button", class: "link", "aria-expanded": "false" }, this.words.wordsStep);
    button.addEventListener("click", () => {
      this.row.hidden = !this.row.hidden;
      button.setAttribute("aria-expanded", String(!this.row.hidden));
      if (!this.row.children.length) this.step(this.words.within || "53");
    });
    this.root.append(button, this.row);
  }

  async step(code) {
    const answer = await ask(this.words.children.replace("/0/", `/${code}/`)).catch(() => null);
    if (!answer?.children.length) return;
    const name = answer.path.split(" › ").at(-1);
    const select = element("select", { "aria-label": this.words.wordsLevel.replace("{name}", name), "data-no-draft": "" },
      element("option", { value: "" }, this.words.wordsAny));
    for (const one of answer.children) {
      const option = element("option", { value: one.code }, one.name);
      if (one.more) option.dataset.more = "";
      select.append(option);
    }
    select.addEventListener("change", () => {
      while (select.nextElementSibling) select.nextElementSibling.remove();
      const picked = select.selectedOptions[0];
      if (!picked.value) return this.set(code, answer.path);
      this.set(picked.value, `${answer.path} › ${picked.textContent}`);
      if ("more" in picked.dataset) this.step(picked.value);
    });
    this.row.append(select);
  }
}

export function start(root = document) {
  for (const one of root.querySelectorAll("[data-division-picker]:not([data-awake])")) {
    one.dataset.awake = "";
    new Picker(one);
  }
}

start();
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
