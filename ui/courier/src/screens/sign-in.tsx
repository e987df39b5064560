// The way in: the account that operators have.
import { LANGUAGES, LANGUAGE_NAMES } from "@sesame/shared/i18n";
import { useState, type FormEvent } from "react";
import { enter, whoOf } from "../data/courier";
import { useTexts } from "../i18n";
import { Notice } from "../parts/bits";
import { useCourier } from "../parts/state";
import { useRoute } from "../parts/route";

export function SignIn() {
  const { t, error, language, setLanguage } = useTexts();
  const { kept } = useCourier();
  const [place] = useRoute();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [refused, setRefused] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await enter(email, password);
      // Who was not asked to come here is where they wanted to be already.
      if (place === "sign-in") history.back();
    } catch (problem) {
      setRefused(problem);
    }
    setBusy(false);
  };
  return (
    <main className="screen is-sign-in">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <div>
          <p className="brand">Sesame</p>
          <h1>{t("sign_in.title")}</h1>
        </div>
        {whoOf(kept) && <Notice tone="warning">{t("sign_in.again")}</Notice>}
        <label>
          {t("sign_in.email")}
          <input type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        </label>
        <label>
          {t("sign_in.password")}
          <input type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
        </label>
        {refused !== null && <Notice tone="danger">{error(refused)}</Notice>}
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("sign_in.submit")}
        </button>
        <div className="languages">
          {LANGUAGES.map((value) => (
            <button key={value} type="button" className="plain" lang={value} aria-pressed={value === language} onClick={() => setLanguage(value)}>
              {LANGUAGE_NAMES[value]}
            </button>
          ))}
        </div>
      </form>
    </main>
  );
}
