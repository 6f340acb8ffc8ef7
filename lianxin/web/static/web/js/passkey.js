/* Passkeys (WebAuthn): asks the server what it wants to know, the device for the answer, and sends
   it with the form as any other field. Without the browser's help the button stays hidden. */
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const key = (one) => ({ ...one, id: bytes(one.id) });

function asked({ publicKey }) {
  const wanted = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (wanted.user) wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (wanted[list]) wanted[list] = wanted[list].map(key);
  }
  return { publicKey: wanted };
}

function answered(credential) {
  const response = {};
  for (const name of
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function options(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return asked(await answer.json());
}

function offer(form) {
  const button = form.querySelector("[data-passkey-go]");
  const says = form.querySelector("[data-passkey-says]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    says.textContent = form.dataset.waiting;
    button.setAttribute("aria-disabled", "true");
    try {
      const wanted = await options(form);
      const given = form.dataset.passkey === "create"
        ? await navigator.credentials.create(wanted)
        : await navigator.credentials.get(wanted);
      form.elements.answer.value = answered(given);
      form.requestSubmit();
    } catch {
      says.textContent = form.dataset.failed;
      button.removeAttribute("aria-disabled");
    }
  });
}

export function start({ root }) {
  if (!window.PublicKeyCredential) return;
  root.querySelectorAll("[data-passkey]:not([data-live])").forEach((form) => {
    form.dataset.live = "1";
    offer(form);
  });
}
