// The proof of a delivery: signature, photo, code, a neighbour's name, or a safe place with its photo.
import { newKey } from "@sesame/shared/api/client";
import { Act, Notice } from "@sesame/shared/phone/bits";
import { IconCamera, IconHome, IconKey, IconSignature, IconUser } from "@tabler/icons-react";
import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { checkCode, record, type CodeFaults } from "../data/courier";
import type { Parcel, Proof, Round } from "../data/wire";
import { useTexts } from "../i18n";
import { smallPhoto } from "../parts/photo";
import { Signature, type Drawn } from "../parts/signature";

const WAYS = [
  { by: "signature", Icon: IconSignature },
  { by: "photo", Icon: IconCamera },
  { by: "neighbor", Icon: IconUser },
  { by: "safe_place", Icon: IconHome },
  { by: "code", Icon: IconKey },
] as const;

type Props = { round: Round; parcels: Parcel[]; close: () => void; done: () => void };

export function Handover({ round, parcels, close, done }: Props) {
  const { t } = useTexts();
  const [by, setBy] = useState<Proof["by"] | null>(null);
  const finish = async (proof: Proof, picture?: Blob) => {
    const kept = picture && { key: newKey(), blob: picture };
    const whole: Proof = kept ? { ...proof, picture: kept.key } : proof;
    if (await record(round.id, parcels.map(({ number }) => ({ what: "delivered", parcel: number, proof: whole })), kept)) done();
  };
  const back = () => (by === null ? close() : setBy(null));
  const submit = t("proof.submit", { count: parcels.length });
  return (
    <section className="stack">
      <h2>{by === null ? t("proof.title") : t(`proof.${by}`)}</h2>
      {by === null && (
        <div className="grid">
          {WAYS.map(({ by: way, Icon }) => (
            <button key={way} type="button" className="button tall" onClick={() => setBy(way)}>
              <Icon size={32} aria-hidden />
              {t(`proof.${way}`)}
            </button>
          ))}
        </div>
      )}
      {by === "signature" && <Signed submit={submit} finish={finish} />}
      {(by === "photo" || by === "safe_place") && <Pictured by={by} submit={submit} finish={finish} />}
      {by === "code" && <Coded round={round.id} parcels={parcels} submit={submit} finish={finish} />}
      {by === "neighbor" && <Named submit={submit} finish={finish} />}
      <button type="button" className="button" onClick={back}>
        {t("common.back")}
      </button>
    </section>
  );
}

type WayProps = { submit: string; finish: (proof: Proof, picture?: Blob) => Promise<void> };

function Signed({ submit, finish }: WayProps) {
  const { t } = useTexts();
  const drawn = useRef<Drawn>(null);
  const [isSigned, setSigned] = useState(false);
  const [name, setName] = useState("");
  const send = async () => {
    const picture = await drawn.current!.picture();
    await finish({ by: "signature", ...(name.trim() && { name: name.trim() }) }, picture);
  };
  return (
    <>
      <Signature ref={drawn} label={t("proof.sign_here")} onChange={setSigned} />
      <button type="button" className="plain" disabled={!isSigned} onClick={() => drawn.current!.clear()}>
        {t("proof.clear")}
      </button>
      <Field label={`${t("proof.name")} (${t("proof.optional")})`} value={name} onChange={setName} />
      <Act isOff={!isSigned} onAct={send}>
        {submit}
      </Act>
    </>
  );
}

function Pictured({ by, submit, finish }: WayProps & { by: "photo" | "safe_place" }) {
  const { t } = useTexts();
  const [photo, setPhoto] = useState<{ blob: Blob; address: string } | null>(null);
  const [isUnreadable, setUnreadable] = useState(false);
  const [place, setPlace] = useState("");
  const take = async (file: File | undefined) => {
    if (!file) return;
    const blob = await smallPhoto(file);
    setUnreadable(blob === null);
    if (photo) URL.revokeObjectURL(photo.address);
    setPhoto(blob && { blob, address: URL.createObjectURL(blob) });
  };
  const isReady = photo !== null && (by === "photo" || place.trim() !== "");
  return (
    <>
      {photo && <img className="photo" src={photo.address} alt={t("proof.taken")} />}
      {isUnreadable && <Notice tone="danger">{t("proof.unreadable")}</Notice>}
      <label className={photo ? "button" : "button primary"}>
        <IconCamera aria-hidden />
        {t(photo ? "proof.retake" : "proof.take")}
        <input className="hidden" type="file" accept="image/*" capture="environment" onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </label>
      {by === "safe_place" && <Field label={t("proof.place")} value={place} onChange={setPlace} />}
      {photo && (
        <Act isOff={!isReady} onAct={() => finish({ by, ...(by === "safe_place" && { name: place.trim() }) }, photo.blob)}>
          {submit}
        </Act>
      )}
    </>
  );
}

/** A code that is wrong closes nothing: the courier asks again, or goes back to another proof. */
function Coded({ round, parcels, submit, finish }: WayProps & { round: string; parcels: Parcel[] }) {
  const { t } = useTexts();
  const [code, setCode] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [faults, setFaults] = useState<CodeFaults | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFaults(null);
    const found = await checkCode(round, code.trim(), parcels);
    if (found && found.wrong.length + found.locked.length > 0) setFaults(found);
    else await finish({ by: "code", code: code.trim() });
    setBusy(false);
  };
  const isLocked = faults !== null && faults.locked.length > 0;
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <Field label={t("proof.code_field")} value={code} onChange={setCode} isCode />
      {faults && faults.wrong.length > 0 && <Notice tone="danger">{t("proof.code_wrong", { numbers: faults.wrong.join(", ") })}</Notice>}
      {faults && isLocked && <Notice tone="danger">{t("proof.code_locked", { numbers: faults.locked.join(", ") })}</Notice>}
      <button type="submit" className="button primary" disabled={isBusy || isLocked || !code.trim()}>
        {isBusy ? t("proof.code_checking") : submit}
      </button>
    </form>
  );
}

function Named({ submit, finish }: WayProps) {
  const { t } = useTexts();
  const [name, setName] = useState("");
  const [isBusy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await finish({ by: "neighbor", name: name.trim() });
    setBusy(false);
  };
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <Field label={t("proof.neighbor_name")} value={name} onChange={setName} />
      <button type="submit" className="button primary" disabled={isBusy || !name.trim()}>
        {submit}
      </button>
    </form>
  );
}

function Field({ label, value, onChange, isCode = false }: { label: ReactNode; value: string; onChange: (value: string) => void; isCode?: boolean }) {
  return (
    <label>
      {label}
      <input className={isCode ? "code" : undefined} inputMode={isCode ? "numeric" : "text"} autoComplete="off" maxLength={100} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
