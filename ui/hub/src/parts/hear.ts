// Answers to this tab's scans are heard: each kind has a sound of its own. Many that come at once are one sound, the worst.
import { attention, bad, good } from "@sesame/shared/phone/signal";
import { phone, unheard } from "../data/hub";
import { toneOf, type Tone } from "../data/verdict";

const SOUNDS: [Tone, () => void][] = [
  ["wrong", bad],
  ["attention", attention],
  ["fine", good],
];

export function hearAnswers(): void {
  phone.subscribe(() => {
    if (unheard.size === 0) return;
    const answered = phone.current().kept.entries.filter(({ scan, state }) => state !== "waiting" && unheard.has(scan.key));
    for (const { scan } of answered) unheard.delete(scan.key);
    const tones = answered.map(toneOf);
    SOUNDS.find(([tone]) => tones.includes(tone))?.[1]();
  });
}
