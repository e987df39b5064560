// A field to sign in with a finger, dark on white in any light.
import { useEffect, useImperativeHandle, useRef, type PointerEvent, type Ref } from "react";

export type Drawn = { picture: () => Promise<Blob>; clear: () => void };

const LINE = 3;
/** Pixels of the picture per pixel of the page. */
const SCALE = 2;
/** Less is a touch by accident. */
const LENGTH_MIN = 40;

export function Signature({ ref, label, onChange }: { ref: Ref<Drawn>; label: string; onChange: (isSigned: boolean) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pen = useRef<{ x: number; y: number } | null>(null);
  const length = useRef(0);
  const clear = () => {
    const { current } = canvas;
    if (!current) return;
    current.width = current.clientWidth * SCALE;
    current.height = current.clientHeight * SCALE;
    const context = current.getContext("2d")!;
    context.fillStyle = "white";
    context.fillRect(0, 0, current.width, current.height);
    context.scale(SCALE, SCALE);
    Object.assign(context, { strokeStyle: "black", lineWidth: LINE, lineCap: "round", lineJoin: "round" });
    length.current = 0;
    onChange(false);
  };
  useEffect(clear, []);
  useImperativeHandle(ref, () => ({
    clear,
    picture: () => new Promise((done, failed) => canvas.current!.toBlob((blob) => (blob ? done(blob) : failed(new Error("the signature cannot be read"))), "image/png")),
  }));
  const at = ({ nativeEvent: { offsetX: x, offsetY: y } }: PointerEvent) => ({ x, y });
  const move = (event: PointerEvent) => {
    if (!pen.current) return;
    const to = at(event);
    const context = canvas.current!.getContext("2d")!;
    context.beginPath();
    context.moveTo(pen.current.x, pen.current.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    length.current += Math.hypot(to.x - pen.current.x, to.y - pen.current.y);
    pen.current = to;
    if (length.current >= LENGTH_MIN) onChange(true);
  };
  const down = (event: PointerEvent) => {
    canvas.current!.setPointerCapture(event.pointerId);
    pen.current = at(event);
  };
  return (
    <div className="signature">
      <canvas ref={canvas} aria-label={label} role="img" onPointerDown={down} onPointerMove={move} onPointerUp={() => (pen.current = null)} onPointerCancel={() => (pen.current = null)} />
      <span aria-hidden>{label}</span>
    </div>
  );
}
