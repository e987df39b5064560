import { checkTexts } from "@sesame/shared/phone/i18n/checks";
import shared from "@sesame/shared/phone/i18n/en";
import { TABLES } from ".";

checkTexts(TABLES, Object.keys(TABLES.en).filter((key) => !(key in shared)), new URL("..", import.meta.url));
