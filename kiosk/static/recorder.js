// Records a reading (or takes a sound file), makes 16 kHz mono WAV of it and sends the form. Without script the form
// takes a WAV file; where the browser gives no microphone (a page without HTTPS on another machine) only files are left.
(() => {
  const RATE = 16000;
  const form = document.querySelector("[data-recorder]");
  const part = (name) => form.querySelector(`[data-${name}]`);
  const [start, stop, clock, file] = [part("start"), part("stop"), part("clock"), form.querySelector("input[type=file]")];
  const most = Number(form.dataset.seconds);

  const wavOf = (samples) => {
    const wav = new DataView(new ArrayBuffer(44 + samples.length * 2));
    const word = (at, text) => [...text].forEach((char, place) => wav.setUint8(at + place, char.charCodeAt(0)));
    word(0, "RIFF");
    wav.setUint32(4, 36 + samples.length * 2, true);
    word(8, "WAVEfmt ");
    wav.setUint32(16, 16, true);
    wav.setUint16(20, 1, true);
    wav.setUint16(22, 1, true);
    wav.setUint32(24, RATE, true);
    wav.setUint32(28, RATE * 2, true);
    wav.setUint16(32, 2, true);
    wav.setUint16(34, 16, true);
    word(36, "data");
    wav.setUint32(40, samples.length * 2, true);
    samples.forEach((sample, place) => wav.setInt16(44 + place * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true));
    return new File([wav], "reading.wav", { type: "audio/wav" });
  };

  const send = async (recorded) => {
    part("sending").hidden = false;
    try {
      const heard = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await recorded.arrayBuffer());
      const length = Math.min(heard.length, most * heard.sampleRate);
      const mixer = new OfflineAudioContext(1, Math.ceil((length / heard.sampleRate) * RATE), RATE);
      const source = new AudioBufferSourceNode(mixer, { buffer: heard });
      source.connect(mixer.destination);
      source.start();
      const chosen = new DataTransfer();
      chosen.items.add(wavOf((await mixer.startRendering()).getChannelData(0)));
      file.files = chosen.files;
      form.submit();
    } catch {
      part("sending").hidden = true;
      part("unreadable").hidden = false;
    }
  };

  const record = async () => {
    let microphone;
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      part("refused").hidden = false;
      return;
    }
    const recorder = new MediaRecorder(microphone);
    const pieces = [];
    const began = Date.now();
    const tell = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      clock.textContent = `● ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= most && recorder.state === "recording") recorder.stop();
    };
    const ticking = setInterval(tell, 500);
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      microphone.getTracks().forEach((track) => track.stop());
      stop.hidden = true;
      send(new Blob(pieces));
    });
    stop.onclick = () => recorder.stop();
    [start.hidden, stop.hidden, clock.hidden] = [true, false, false];
    tell();
    recorder.start();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (file.files.length) send(file.files[0]);
  });
  if (navigator.mediaDevices && window.MediaRecorder) {
    start.hidden = false;
    start.addEventListener("click", record);
  } else {
    form.querySelector("details").open = true;
  }
})();
