/* Photos: previews, made smaller on the phone (which also leaves the position behind), sent
   with a progress bar; after an error the photos are still there. */
function changed(input) {
  const list = input.closest(".photos-field").querySelector("[data-previews]");
  list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
  list.replaceChildren(...input.lxFiles.map((file, at) => preview(input, file, at)));
  const data = new DataTransfer();
  input.lxFiles.forEach((file) => data.items.add(file));
  input.files = data.files;
  const full = input.lxFiles.length >= Number(input.dataset.photos);
  input.closest(".photos-add").hidden = full;
}

function preview(input, file, at) {
  const item = document.createElement("li");
  const img = document.createElement("img");
  img.src = URL.createObjectURL(file);
  img.alt = file.name;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", input.lxSay("remove", { n: at + 1 }));
  button.addEventListener("click", () => {
    input.lxFiles.splice(at, 1);
    changed(input);
    input.focus();
  });
  item.append(img, button);
  return item;
}

/** A JPEG of at most `edge` pixels; the file itself where the browser cannot read it. */
async function shrink(file, edge) {
  if (!edge || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, edge / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

async function add(input) {
  const says = input.closest(".photos-field").querySelector("[data-photos-say]");
  const limit = Number(input.dataset.photos);
  const problems = [];
  for (const file of [...input.files]) {
    if (input.accept.startsWith("image") && file.type && !file.type.startsWith("image/")) {
      problems.push(input.lxSay("notImage", { name: file.name }));
    } else if (input.lxFiles.length >= limit) {
      problems.push(input.lxSay("tooMany", { n: limit }));
      break;
    } else {
      input.lxFiles.push(await shrink(file, Number(input.dataset.shrink)));
    }
  }
  says.textContent = problems.join(" ");
  changed(input);
}

function send(form, submitter, say, wake) {
  const request = new XMLHttpRequest();
  const bar = form.querySelector(".photos-field progress");
  const says = form.querySelector("[data-photos-say]");
  const action = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  const broken = () => {
    bar.hidden = true;
    says.textContent = say("failed");
    form.dispatchEvent(new Event("lx:free", { bubbles: true }));
  };
  bar.hidden = false;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
  });
  request.addEventListener("error", broken);
  request.addEventListener("timeout", broken);
  request.addEventListener("load", () => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (!main) return broken();
    if (!page.querySelector("#errors") && request.status < 400) {
      const there = new URL(request.responseURL);
      if (there.href === location.href) location.reload();
      else location.assign(there.href);
      return undefined;
    }
    const files = Object.fromEntries(
      [...form.querySelectorAll("[data-photos]")].map((i) => [i.name, i.lxFiles]),
    );
    document.querySelector("main").replaceWith(main);
    document.title = say("mistake") + page.title;
    for (const input of main.querySelectorAll("[data-photos]")) input.lxFiles = files[input.name];
    wake(main);
    (main.querySelector("#errors") ?? main).focus();
    return undefined;
  });
  request.open("POST", new URL(action, location.href));
  request.setRequestHeader("Accept", "text/html");
  request.timeout = 180000;
  request.send(new FormData(form, submitter));
}

export function start({ root, say, wake }) {
  for (const input of root.querySelectorAll("[data-photos]:not([data-live])")) {
    input.dataset.live = "1";
    input.lxSay = say;
    input.lxFiles ??= [];
    if (input.lxFiles.length) changed(input);
    input.addEventListener("change", () => add(input));
    const { form } = input;
    if (form && !form.dataset.photoForm) {
      form.dataset.photoForm = "1";
      form.addEventListener("submit", (event) => {
        const some = [...form.querySelectorAll("[data-photos]")].some((i) => i.lxFiles.length);
        if (!some || event.defaultPrevented) return;
        event.preventDefault();
        send(form, event.submitter, say, wake);
      });
    }
  }
}
