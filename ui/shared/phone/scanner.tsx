// Reads labels: with a scanner that types, with the phone's camera where the browser can, or by hand.
import { IconCamera, IconCameraOff } from "@tabler/icons-react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { usePhoneTexts } from "./i18n";
import { SAME_MS } from "./label";

// Not every browser has it, and TypeScript's library does not know it.
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
const Detection = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector;

/** Keys of a scanner follow each other this fast; fingers do not. */
const KEYSTROKE_MS = 60;
const LABEL_MIN = 4;
const LOOK_MS = 150;

export function Scanner({ onScan }: { onScan: (text: string) => void }) {
  const { t } = usePhoneTexts();
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  useWedge(onScan);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) onScan(typed);
    setTyped("");
  };
  return (
    <div className="scanner">
      {isOpen && <Camera onScan={onScan} />}
      <form className="scan-row" onSubmit={submit}>
        <input aria-label={t("scan.type")} placeholder={t("scan.type")} value={typed} autoComplete="off" autoCapitalize="characters" enterKeyHint="done" onChange={(event) => setTyped(event.currentTarget.value)} />
        {typed && (
          <button type="submit" className="button">
            {t("scan.enter")}
          </button>
        )}
        {!typed && Detection && (
          <button type="button" className="button" aria-pressed={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? <IconCameraOff aria-hidden /> : <IconCamera aria-hidden />}
            {t(isOpen ? "scan.camera_off" : "scan.camera")}
          </button>
        )}
      </form>
    </div>
  );
}

/** A scanner that types like a keyboard, whatever has the focus but a field for text. */
function useWedge(onScan: (text: string) => void): void {
  const told = useRef(onScan);
  told.current = onScan;
  useEffect(() => {
    let [text, last] = ["", 0];
    const hear = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement) return;
      if (event.timeStamp - last > KEYSTROKE_MS) text = "";
      last = event.timeStamp;
      if (event.key === "Enter" && text.length >= LABEL_MIN) {
        // Or it would press the button that has the focus.
        event.preventDefault();
        told.current(text);
        text = "";
      } else if (event.key.length === 1) text += event.key;
    };
    window.addEventListener("keydown", hear, true);
    return () => window.removeEventListener("keydown", hear, true);
  }, []);
}

function Camera({ onScan }: { onScan: (text: string) => void }) {
  const { t } = usePhoneTexts();
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef(onScan);
  told.current = onScan;
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isOver = false;
    let seen = { text: "", at: 0 };
    const look = async (detector: Detector) => {
      const found = await detector.detect(video.current!).catch(() => []);
      const text = found[0]?.rawValue;
      if (text && (text !== seen.text || Date.now() - seen.at > SAME_MS)) told.current(text);
      if (text) seen = { text, at: Date.now() };
      if (!isOver) setTimeout(() => void (isOver || look(detector)), LOOK_MS);
    };
    const open = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (isOver) return stop();
      video.current!.srcObject = stream;
      await video.current!.play();
      await look(new Detection!());
    };
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    open().catch(() => isOver || setRefused(true));
    return () => {
      isOver = true;
      stop();
    };
  }, []);
  if (isRefused) return <p className="notice is-warning">{t("scan.no_camera")}</p>;
  return <video ref={video} className="camera" muted playsInline />;
}
