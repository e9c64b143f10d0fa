// While a file is sent and read: the button rests, and a bar says how far it is. Without script the browser's own sign is left.
(() => {
  const EVERY_MS = 400;
  for (const form of document.querySelectorAll("form[data-work]")) {
    const mark = form.querySelector("input[name=work]");
    const bar = form.querySelector("[data-bar]");
    form.addEventListener("submit", (event) => {
      if (![...form.querySelectorAll("input[type=file]")].some((file) => file.files.length)) return;
      mark.value = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      bar.hidden = false;
      bar.scrollIntoView({ block: "nearest" });
      // After the form has been taken together: a button that is off would not be sent.
      setTimeout(() => event.submitter && (event.submitter.disabled = true));
      const asking = setInterval(async () => {
        const answer = await fetch(`${form.dataset.work}${mark.value}`).catch(() => null);
        const piece = answer && answer.ok && !answer.redirected ? (await answer.text()).trim() : "";
        if (piece) bar.innerHTML = piece;
      }, EVERY_MS);
      addEventListener("pageshow", () => {
        clearInterval(asking);
        bar.hidden = true;
        if (event.submitter) event.submitter.disabled = false;
      });
    });
  }
})();
