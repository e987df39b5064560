import "@sesame/shared/tokens.css";
import "@sesame/shared/phone/phone.css";
import "./screens.css";
import { start } from "@sesame/shared/phone/start";
import { App } from "./app";
import { phone } from "./data/courier";
import { TextsProvider } from "./i18n";

start(phone, "/courier/", TextsProvider, <App />);
