// The machine's own manners: clock, idle curtain, turning a long page, and a word when the server is away.
// Nothing on a page depends on it; the server forgets personal things by itself.
(() => {
  const body = document.body;
  const isKiosk = body.dataset.place === "kiosk";
  const WARNING_S = 20;

  const clock = document.querySelector("[data-clock]");
  const showTime = () => {
    const now = new Date();
    clock.textContent = [now.getHours(), now.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
  };
  if (clock && isKiosk) setInterval(showTime, 5000);

  const away = document.querySelector("[data-away]");
  const checkServer = async () => {
    try {
      await fetch(body.dataset.aliveUrl, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
      away.hidden = true;
    } catch {
      away.hidden = false;
      setTimeout(checkServer, 5000);
    }
  };
  document.addEventListener("htmx:error", checkServer);
  if (isKiosk) setInterval(() => away.hidden && checkServer(), 30000);

  // A kiosk page longer than the screen is turned by big buttons, a screen at a time less the dock.
  const turner = document.querySelector(".turner");
  const dock = document.querySelector(".dock");
  const fitTurner = () => {
    const isLong = document.documentElement.scrollHeight > innerHeight + 8;
    turner.hidden = !isLong;
    document.documentElement.classList.toggle("is-long", isLong);
    if (!isLong) return;
    const [up, down] = turner.children;
    up.disabled = scrollY < 8;
    down.disabled = scrollY + innerHeight > document.documentElement.scrollHeight - 8;
  };
  if (isKiosk && turner) {
    turner.addEventListener("click", (event) => {
      const button = event.target.closest("[data-turn]");
      if (button) scrollBy(0, Number(button.dataset.turn) * (innerHeight - dock.offsetHeight) * 0.85);
    });
    addEventListener("scroll", fitTurner, { passive: true });
    new ResizeObserver(fitTurner).observe(body);
  }

  const curtain = document.querySelector("[data-curtain]");
  if (!isKiosk || !curtain || body.dataset.isHome) return;
  const idleS = Number(body.dataset.idleS);
  let lastTouch = Date.now();
  const stay = () => {
    lastTouch = Date.now();
    curtain.hidden = true;
  };
  // Sound that is playing counts as somebody listening.
  for (const name of ["pointerdown", "keydown", "input", "timeupdate"]) document.addEventListener(name, stay, { capture: true, passive: true });
  const watch = setInterval(() => {
    const leftS = Math.ceil(idleS - (Date.now() - lastTouch) / 1000);
    if (leftS > WARNING_S) return;
    if (leftS <= 0) {
      clearInterval(watch);
      location.replace(body.dataset.idleUrl);
    }
    curtain.querySelector("[data-count]").textContent = leftS;
    curtain.hidden = false;
  }, 500);
})();
