// Reads the code on a paper with the camera, where the browser can; the field and the pad beside it need none of this.
(() => {
  const box = document.querySelector("[data-scan]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const [button, view, problem] = box.children;
  const LOOK_EVERY_MS = 250, GIVE_UP_MS = 45000;

  const close = () => {
    view.srcObject?.getTracks().forEach((track) => track.stop());
    view.hidden = true;
    button.hidden = false;
  };
  const look = async (detector) => {
    for (const end = performance.now() + GIVE_UP_MS; performance.now() < end && !view.hidden; ) {
      const [found] = await detector.detect(view);
      if (found) return location.assign(`${box.dataset.foundUrl}?number=${encodeURIComponent(found.rawValue)}`);
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  };
  button.addEventListener("click", async () => {
    problem.hidden = true;
    try {
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.hidden = false;
      button.hidden = true;
      await view.play();
      await look(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      problem.hidden = false; // no camera, or nobody allowed it: the number can still be typed
    } finally {
      close();
    }
  });
  addEventListener("pagehide", close);
  box.hidden = false;
})();
