// The way in: the account that operators have.
import { useState, type FormEvent } from "react";
import { Languages, Notice } from "./bits";
import { usePhone } from "./context";
import { usePhoneTexts } from "./i18n";
import { whoOf } from "./log";
import { useRoute } from "./route";

export function SignIn({ title }: { title: string }) {
  const { t, error } = usePhoneTexts();
  const { phone, state } = usePhone();
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
      await phone.enter(email, password);
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
          <h1>{title}</h1>
        </div>
        {whoOf(state.kept) && <Notice tone="warning">{t("sign_in.again")}</Notice>}
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
        <Languages />
      </form>
    </main>
  );
}
