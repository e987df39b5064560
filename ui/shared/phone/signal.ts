// What a hand in a glove and an eye elsewhere notice: one short tone for good, three that rise for what goes another way,
// two low ones for bad, a tick for what was read and has no answer yet; and the same felt.
let audio: AudioContext | undefined;

function tone(hertz: number, start: number, seconds: number): void {
  audio ??= new AudioContext();
  void audio.resume();
  const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
  oscillator.type = "square";
  oscillator.frequency.value = hertz;
  gain.gain.value = 0.2;
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(audio.currentTime + start);
  oscillator.stop(audio.currentTime + start + seconds);
}

function sound(tones: [hertz: number, start: number, seconds: number][]): void {
  try {
    for (const one of tones) tone(...one);
  } catch {
    // A phone without sound still shows and shakes.
  }
}

export function good(): void {
  sound([[1200, 0, 0.09]]);
  navigator.vibrate?.(60);
}

export function attention(): void {
  sound([[500, 0, 0.1], [650, 0.14, 0.1], [850, 0.28, 0.18]]);
  navigator.vibrate?.([120, 60, 120, 60, 120]);
}

export function tick(): void {
  sound([[1800, 0, 0.02]]);
  navigator.vibrate?.(20);
}

export function bad(): void {
  sound([[220, 0, 0.25], [220, 0.35, 0.35]]);
  navigator.vibrate?.([250, 100, 250]);
}
