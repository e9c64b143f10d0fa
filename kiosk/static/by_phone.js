// One big button that opens the camera and sends what it took; without script the file field and its button stay.
for (const form of document.querySelectorAll("[data-sends-itself]")) {
  const file = form.querySelector("input[type=file]");
  const send = form.querySelector("button[type=submit]");
  const shutter = form.querySelector("[data-shutter]");
  file.id = file.id || `file-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  shutter.htmlFor = file.id;
  shutter.hidden = false;
  file.classList.add("heard");
  send.hidden = true;
  file.addEventListener("change", () => {
    if (!file.files.length) return;
    shutter.hidden = true;
    form.querySelector("[data-sending]").hidden = false;
    form.requestSubmit(send);
  });
}
