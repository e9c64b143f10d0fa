// The machine's own manners: clock, turning a long page, a scanner, the curtain of an idle screen, and what happens
// while the server is away. Nothing on a page depends on it: links and forms work without, and a page then leaves by itself.
(() => {
  const { body } = document;
  const told = body.dataset;
  const isKiosk = told.place === "kiosk";
  const isHome = told.isHome === "yes";
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const clock = document.querySelector("[data-clock]");
  const showTime = () => {
    const now = new Date();
    clock.textContent = [now.getHours(), now.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
  };
  if (clock && isKiosk) setInterval(showTime, 5000);

  // 1. The server. Asked every 3 s with 3 s of patience, so that the page says within 8 s that it is away.
  const ASK_EVERY_MS = 3000;
  const away = document.querySelector("[data-away]");
  let newest = told.version;
  const isThere = async () => {
    try {
      const answer = await fetch(told.aliveUrl, { cache: "no-store", signal: AbortSignal.timeout(ASK_EVERY_MS) });
      if (!answer.ok) throw new Error(answer.status);
      newest = await answer.text();
      away.hidden = true;
    } catch {
      away.hidden = false;
    }
    return away.hidden;
  };
  let wish = null;
  // Now, or as soon as the server is back; what was asked for last is what is done.
  const whenThere = async (go) => {
    wish = go;
    while (!(await isThere())) {
      await pause(ASK_EVERY_MS);
      if (wish !== go) return;
    }
    if (wish === go) go();
  };
  if (isKiosk) setInterval(isThere, ASK_EVERY_MS);
  document.addEventListener("htmx:error", () => whenThere(() => {}));

  // A tap while the server is away would put the browser's own error page on the screen, for good.
  let isCertain = false;
  if (isKiosk) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || event.defaultPrevented) return;
      event.preventDefault();
      if (link.origin === location.origin) whenThere(() => location.assign(link.href));
    });
    document.addEventListener("submit", (event) => {
      if (isCertain || event.defaultPrevented) return;
      event.preventDefault();
      const { target, submitter } = event;
      whenThere(() => {
        isCertain = true;
        target.requestSubmit(submitter);
        isCertain = false;
      });
    });
  }

  // 2. A kiosk page longer than the screen is turned by big buttons, a screen at a time less the dock.
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
  if (!isKiosk) return;

  // A scanner types what it reads, far faster than a finger, and then Enter: on every page a paper can be held under it.
  const SCANNED_MS = 80, CODE_CHARS = 9;
  let scanned = "", scannedAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea")) return;
    if (event.timeStamp - scannedAt > SCANNED_MS) scanned = "";
    scannedAt = event.timeStamp;
    if (event.key.length === 1) scanned += event.key;
    if (event.key !== "Enter" || scanned.length < CODE_CHARS) return;
    event.preventDefault();
    const number = encodeURIComponent(scanned);
    whenThere(() => location.assign(`/verify?number=${number}`));
  });

  // 3. The end of a visit. Pages that one went through stay behind the browser's back and forward keys; going on from
  // the first of them drops those ahead, and the page that follows asks for nothing that was typed.
  const LEAVING = "leaving";
  const leave = async () => {
    document.querySelectorAll("main, h1, title").forEach((one) => one.replaceChildren());
    while (!(await isThere())) await pause(ASK_EVERY_MS);
    const first = window.navigation?.entries()[0];
    if (!first || navigation.currentEntry.index === 0) return location.replace(told.idleUrl);
    sessionStorage.setItem(LEAVING, told.idleUrl);
    navigation.traverseTo(first.key);
  };
  addEventListener("pageshow", () => {
    const to = sessionStorage.getItem(LEAVING);
    if (!to) return;
    sessionStorage.clear();
    // Before the page has wholly arrived this would replace it and leave the others where they are.
    setTimeout(() => location.assign(to));
  });

  // 4. The attract loop: one sheet after another; after a round the page comes anew with what was published since.
  const SHEET_MS = 8000;
  const sheets = [...document.querySelectorAll("[data-sheet]")];
  const rotate = async () => {
    for (const sheet of sheets.length ? sheets : [body]) {
      for (const one of sheets) one.hidden = one !== sheet;
      await pause(SHEET_MS);
    }
    whenThere(() => location.reload());
  };
  if (told.isAttract) return void rotate();

  // 5. The curtain. Sound that is playing counts as somebody listening.
  const WARNING_S = 20, RENEW_S = 30;
  const curtain = document.querySelector("[data-curtain]");
  const idleS = Number(told.idleS);
  let lastTouch = Date.now();
  const stay = () => {
    lastTouch = Date.now();
  };
  for (const name of ["pointerdown", "keydown", "input", "scroll", "timeupdate"])
    document.addEventListener(name, stay, { capture: true, passive: true });
  // The touch that wakes the screen or lifts the curtain does not press what is under it, nor does its echo.
  const isWaking = document.referrer.endsWith("/attract") ? performance.now() + 600 : 0;
  document.addEventListener("click", (event) => {
    if (curtain.hidden && performance.now() > isWaking) return;
    event.preventDefault();
    event.stopPropagation();
    curtain.hidden = true;
  }, { capture: true });
  const watch = setInterval(() => {
    const idle = (Date.now() - lastTouch) / 1000;
    const leftS = Math.ceil(idleS - idle);
    if (isHome && idle > RENEW_S && newest !== told.version && away.hidden) location.reload();
    if (leftS <= 0) {
      clearInterval(watch);
      return leave();
    }
    curtain.querySelector("[data-count]").textContent = Math.min(leftS, WARNING_S);
    curtain.hidden = isHome || leftS > WARNING_S;
  }, 500);
})();
