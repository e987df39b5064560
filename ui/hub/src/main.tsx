import "@sesame/shared/tokens.css";
import "@sesame/shared/phone/phone.css";
import "./hub.css";
import { start } from "@sesame/shared/phone/start";
import { App } from "./app";
import { phone } from "./data/hub";
import { TextsProvider } from "./i18n";
import { hearAnswers } from "./parts/hear";

hearAnswers();
start(phone, "/hub/", TextsProvider, <App />);
