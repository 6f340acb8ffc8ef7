/* Keeps the screen of a venue fresh, for weeks, without anybody near it. Every few seconds it asks
   for the changing part and puts it in the place of the old one; it never leaves the page, and loads
   itself anew only after the server answered. `?beat=` (milliseconds) is for trying it out. */
const root = document.getElementById("screen");
const state = document.getElementById("state");
const line = document.getElementById("line");
const clock = document.getElementById("clock");
const today = document.getElementById("today");

const asked = Number(new URLSearchParams(location.search).get("beat"));
const BEAT = asked >= 10 ? asked : 5000;
const LONGEST = 12 * BEAT;
const SHIFT = 3 * 60_000;
const STALE = 2 * 60_000;
/* Not in the first minute: two servers of different versions must not make it turn in circles. */
const SETTLED = 12 * BEAT;
const NIGHTLY = { hour: 3, minute: 30 };

let tag = "";
let ahead = Number(root.dataset.now) - Date.now(); // of the server's clock before this one
let seen = Date.now(); // when the server last answered, by this clock
let failures = 0;
let timer = 0;
let wanted = false; // to be loaded anew
let reloaded = hours(now());

function now() {
  return new Date(Date.now() + ahead);
}

function hours(moment) {
  const [hour, minute] = wall(moment).split(":").map(Number);
  return hour * 60 + minute;
}

/** The time on the wall in Shanghai, whatever the television believes. */
function wall(moment) {
  return moment.toLocaleTimeString("en-GB", {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit",
  });
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function say(words) {
  write(line, words);
  line.hidden = !words;
}

function tick() {
  write(clock, wall(now()));
  const minute = hours(now());
  const due = NIGHTLY.hour * 60 + NIGHTLY.minute;
  if (reloaded < due && minute >= due) wanted = true;
  reloaded = minute;
  root.dataset.shift = Math.floor(Date.now() / SHIFT) % 7;
  root.classList.toggle("is-stale", failures > 0 && Date.now() - seen > STALE);
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".k-state");
  if (!fresh) throw new Error("no state");
  const before = state.querySelector(".k-state")?.dataset.called;
  root.classList.toggle("is-fresh", Boolean(fresh.dataset.called) && fresh.dataset.called !== before);
  state.replaceChildren(document.adoptNode(fresh));
  write(today, fresh.dataset.today);
}

function gone() {
  const words = document.createElement("p");
  words.className = "k-gone";
  words.textContent = root.dataset.gone;
  state.replaceChildren(words);
  tag = "";
}

async function get(url, headers = {}) {
  return fetch(url, { headers, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(8000) });
}

async function ask() {
  const response = await get(root.dataset.url, tag ? { "If-None-Match": tag } : {});
  const version = response.headers.get("X-Screen-Version");
  if (response.status === 404) {
    gone();
  } else if (!version || !(response.ok || response.status === 304)) {
    throw new Error(String(response.status)); // a proxy's own page, or a server in trouble
  } else {
    ahead = Number(response.headers.get("X-Screen-Time")) - Date.now();
    if (response.status !== 304) {
      show(await response.text());
      tag = response.headers.get("ETag") ?? "";
    }
    if (version !== root.dataset.version && performance.now() > SETTLED) wanted = true;
  }
}

/** Loads the page anew, but only once the server has answered it: else the old one stays. */
async function renew() {
  const response = await get(location.href);
  if (response.ok && (await response.text()).includes('id="screen"')) location.reload();
}

async function beat() {
  clearTimeout(timer);
  try {
    await ask();
    if (wanted) await renew();
    failures = 0;
    seen = Date.now();
    say("");
  } catch {
    failures += 1;
    const since = new Date(seen + ahead);
    say(root.dataset.offline.replace("{time}", wall(since)));
  }
  tick();
  clearTimeout(timer);
  timer = setTimeout(beat, Math.min(BEAT * 2 ** Math.max(0, failures - 1), LONGEST));
}

/** A screen that goes dark calls nobody. Not every browser can be asked. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The television's own settings decide then.
  }
}

addEventListener("online", beat);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) stayAwake();
});
setInterval(tick, 1000);
stayAwake();
tick();
timer = setTimeout(beat, BEAT);
