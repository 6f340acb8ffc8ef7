/* While somebody reports: photos go one by one as they are chosen, categories and results alike
   come from the words, grids from the place. Without this file the pages work all the same. */
const form = document.querySelector("form.filing, form.form");
const csrf = () => form.elements.csrfmiddlewaretoken.value;

/** How many pixels the line carries in a minute or two; browsers that know it say so. */
function edgeOf(line = navigator.connection) {
  return line && (line.saveData || /2g/.test(line.effectiveType)) ? 1024 : 2048;
}

/** A JPEG of at most `edge` pixels, so that a village line can carry it; else the file itself. */
async function shrink(file, edge = edgeOf()) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, edge / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
}

function upload(url, file, onProgress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("upload", file);
    data.append("csrfmiddlewaretoken", csrf());
    request.upload.addEventListener("progress", (e) => e.lengthComputable && onProgress((100 * e.loaded) / e.total));
    const answer = () => {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* the line broke off */ }
      done({ ok: request.status === 200, ...said });
    };
    request.addEventListener("load", answer);
    request.addEventListener("error", answer);
    request.addEventListener("timeout", answer);
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.timeout = 120000;
    request.send(data);
  });
}

function photos(field) {
  const words = field.dataset;
  const list = field.querySelector("[data-list-photos]");
  const more = list.querySelector(".photos-more");
  const input = more.querySelector("input");
  const said = field.querySelector("[data-photos-said]");
  const status = field.querySelector("[data-photos-status]");
  const held = () => list.querySelectorAll("li:not(.photos-more)").length;

  const count = () => {
    more.hidden = held() >= Number(words.most);
    list.querySelectorAll("li:not(.photos-more) button").forEach((button, n) =>
      button.setAttribute("aria-label", words.wordsRemove.replace("{n}", n + 1)));
    status.textContent = held() ? words.wordsSent.replace("{n}", held()) : "";
  };
  const removable = (item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.addEventListener("click", () => { item.remove(); count(); input.focus(); });
    item.append(button);
  };
  list.querySelectorAll("li:not(.photos-more)").forEach(removable);

  const add = async (file) => {
    const item = document.createElement("li");
    item.className = "sending";
    const img = document.createElement("img");
    const bar = document.createElement("progress");
    img.alt = file.name;
    img.src = URL.createObjectURL(file);
    bar.max = 100;
    item.append(img, bar);
    more.before(item);
    count();
    const answer = await upload(words.staged, await shrink(file), (share) => { bar.value = share; });
    bar.remove();
    item.classList.remove("sending");
    if (!answer.ok) {
      item.remove();
      said.textContent = `${file.name}: ${answer.title ?? words.wordsFailed}`;
    } else {
      const token = document.createElement("input");
      Object.assign(token, { type: "hidden", name: "photo", value: answer.token });
      item.append(token);
      removable(item);
    }
    count();
  };
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    const room = Number(words.most) - held();
    said.textContent = chosen.length > room ? words.wordsMany : "";
    input.value = "";
    await Promise.all(chosen.slice(0, room).map(add));
  });
  // Sending waits for photos that are still on their way.
  field.closest("form").addEventListener("submit", (event) => {
    if (!list.querySelector(".sending")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    const wait = setInterval(() => {
      if (list.querySelector(".sending")) return;
      clearInterval(wait);
      form.dispatchEvent(new Event("lx:free", { bubbles: true }));
      form.requestSubmit(submitter);
    }, 200);
  }, true);
  count();
}

function hints() {
  const words = form.elements.words;
  let timer;
  let asked = "";
  let touched = Boolean(new FormData(form).get("category"));
  form.addEventListener("change", (event) => { if (event.target.name === "category") touched = true; });
  const ask = async () => {
    const text = words.value.trim();
    if (text.length < 6 || text === asked) return;
    asked = text;
    const data = new FormData();
    data.append("words", text);
    data.append("category", new FormData(form).get("category") ?? "");
    data.append("touched", touched ? "1" : "0");
    data.append("csrfmiddlewaretoken", csrf());
    const answer = await fetch(form.dataset.hints, { method: "POST", body: data }).catch(() => null);
    if (!answer?.ok || words.value.trim() !== text) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of ["suggestions", "alike"]) {
      form.querySelector(`[data-${name}]`).replaceChildren(...part.querySelector(`[data-${name}]`).childNodes);
    }
  };
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 800); });
  words.addEventListener("blur", ask);
  if (words.value && !touched) ask();
}

function places(box) {
  form.addEventListener("division", async (event) => {
    const query = new URLSearchParams({ code: event.detail.code });
    const answer = await fetch(`${box.dataset.grids}?${query}`).catch(() => null);
    if (answer?.ok) box.innerHTML = await answer.text();
  });
  if (navigator.geolocation) form.querySelector("[data-position]").hidden = false;
}

document.querySelectorAll("[data-staged]").forEach(photos);
if (form?.dataset.hints) hints();
const box = document.querySelector("[data-grids]");
if (box) places(box);
