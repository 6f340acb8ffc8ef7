/* Small helps: my position, copy, print, countdown, narrowing a short list, dialogs. */
function geo(button, say) {
  const says = (button.closest("form") ?? document).querySelector("[data-geo-says]");
  const tell = (text) => { if (says) says.textContent = text; };
  if (!navigator.geolocation) {
    button.hidden = true;
    return;
  }
  button.closest("[data-geo-only]")?.removeAttribute("hidden");
  button.addEventListener("click", () => {
    tell(say("locating"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const [lat, lng] = button.dataset.geo.split(" ");
        button.form.elements[lat].value = coords.latitude.toFixed(6);
        button.form.elements[lng].value = coords.longitude.toFixed(6);
        button.form.dispatchEvent(new Event("input", { bubbles: true }));
        tell(say("located", { n: Math.round(coords.accuracy) }));
        if ("geoSends" in button.dataset) button.form.requestSubmit();
      },
      () => tell(say("notLocated")),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

function copy(button, say) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = say("copied");
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}

function countdown(element, say) {
  const until = new Date(element.dataset.countdown).getTime();
  const show = () => {
    const left = Math.floor((until - Date.now()) / 60000);
    if (left < 0) element.textContent = say("over");
    else if (left < 60) element.textContent = say("minutes", { n: left });
    else if (left < 2880) element.textContent = say("hours", { h: Math.floor(left / 60), n: left % 60 });
    else element.textContent = say("days", { n: Math.floor(left / 1440) });
  };
  show();
  setInterval(show, 30000);
}

function filter(input) {
  const list = document.querySelector(input.dataset.filter);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    list.querySelectorAll("[data-filter-item]").forEach((item) => {
      item.hidden = Boolean(wanted) && !item.textContent.toLowerCase().includes(wanted);
    });
  });
}

export function start({ root, first, say }) {
  const each = (selector, use) =>
    root.querySelectorAll(`${selector}:not([data-live])`).forEach((element) => {
      element.dataset.live = "1";
      use(element, say);
    });
  each("[data-geo]", geo);
  each("[data-copy]", copy);
  each("[data-countdown]", countdown);
  each("[data-filter]", filter);
  each("[data-print]", (button) => button.addEventListener("click", () => window.print()));
  if (first) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-dialog]");
      const dialog = link && document.querySelector(link.hash);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      } else if (event.target.tagName === "DIALOG") event.target.close();
    });
  }
}
