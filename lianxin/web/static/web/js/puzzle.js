/* The small sum a device owes after many tries (altcha's worker, served by us). The words for
   browsers that cannot do it stand on the page already; they go when the sum is under way. */
function solve(worker, challenge) {
  return new Promise((done, failed) => {
    worker.addEventListener("message", ({ data }) => {
      worker.terminate();
      if (data?.derivedKey) done(data);
      else failed(new Error("no solution"));
    });
    worker.addEventListener("error", failed);
    worker.postMessage({ type: "work", challenge, counterMode: "uint32", counterStart: 0, counterStep: 1 });
  });
}

async function work(box, say) {
  const says = box.querySelector("[data-puzzle-says]");
  const plain = box.querySelector("[data-puzzle-plain]");
  const field = box.querySelector("input[name=altcha]");
  if (!globalThis.crypto?.subtle) return;
  says.textContent = say("puzzling");
  plain.hidden = true;
  try {
    const answer = await fetch(box.dataset.puzzle, { headers: { Accept: "application/json" } });
    const challenge = await answer.json();
    const solution = await solve(new Worker(box.dataset.worker), challenge);
    field.value = btoa(JSON.stringify({ challenge, solution }));
    says.textContent = say("puzzled");
    box.classList.replace("warn", "good");
  } catch {
    says.textContent = "";
    plain.hidden = false;
  }
}

/** Sending before the sum is done waits for it, and then sends by the same button. */
function hold(form, solving) {
  const early = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    solving.then(() => {
      form.dispatchEvent(new Event("lx:free", { bubbles: true }));
      form.requestSubmit(submitter);
    });
  };
  form.addEventListener("submit", early, true);
  solving.finally(() => form.removeEventListener("submit", early, true));
}

export function start({ root, say }) {
  for (const box of root.querySelectorAll("[data-puzzle]:not([data-live])")) {
    box.dataset.live = "1";
    const solving = work(box, say);
    const form = box.closest("form");
    if (form) hold(form, solving);
  }
}
