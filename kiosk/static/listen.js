// One big button for a page that is being read aloud, instead of the player's small ones; they stay without script.
(() => {
  const box = document.querySelector("[data-listening]");
  const sound = box.querySelector("audio");
  const button = box.querySelector("button");
  const [stop, go] = button.querySelectorAll("[data-word]");
  const tell = () => {
    stop.hidden = sound.paused;
    go.hidden = !sound.paused;
  };
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, tell);
  button.addEventListener("click", () => (sound.paused ? sound.play() : sound.pause()));
  sound.controls = false;
  button.hidden = false;
  tell();
})();
