import { checkTexts } from "./checks";
import de from "./de";
import en from "./en";
import zh from "./zh";

checkTexts({ en, de, zh }, Object.keys(en), new URL("..", import.meta.url));
