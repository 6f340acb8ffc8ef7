/* Elder mode: the page read aloud by the device's own voice. */
export function start({ root, say }) {
  if (!("speechSynthesis" in window)) return;
  for (const button of root.querySelectorAll("[data-read-aloud]:not([data-live])")) {
    button.dataset.live = "1";
    button.hidden = false;
    const rest = () => { button.textContent = say("read"); };
    button.addEventListener("click", () => {
      if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
        rest();
        return;
      }
      const lines = document.querySelector("main").innerText.split(/\n+/).filter((l) => l.trim());
      lines.forEach((line, at) => {
        const speech = new SpeechSynthesisUtterance(line);
        speech.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
        speech.rate = 0.9;
        if (at === lines.length - 1) speech.onend = rest;
        speechSynthesis.speak(speech);
      });
      button.textContent = say("stop");
    });
    addEventListener("pagehide", () => speechSynthesis.cancel());
  }
}
