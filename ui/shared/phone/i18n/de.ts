// The texts that every phone has, in German.
import type en from "./en";

const de: Record<keyof typeof en, string> = {
  "common.loading": "Wird geladen",
  "common.retry": "Noch einmal versuchen",
  "common.back": "Zurück",
  "common.undo": "Rückgängig",
  "common.sign_out": "Abmelden",

  "sign_in.email": "E-Mail",
  "sign_in.password": "Passwort",
  "sign_in.submit": "Anmelden",
  "sign_in.again": "Zum Senden neu anmelden. Nichts geht verloren.",

  "net.sent": "Gesendet",
  "net.waiting": "{count} zu senden | {count} zu senden",
  "net.sending": "Sende {count} | Sende {count}",
  "net.offline": "Offline",
  "net.refused": "{count} abgelehnt | {count} abgelehnt",

  "outbox.title": "Was wartet",
  "outbox.none": "Alles ist beim Server.",
  "outbox.some": "{count} Eintrag wartet auf diesem Handy. | {count} Einträge warten auf diesem Handy.",
  "outbox.how": "Sie werden der Reihe nach gesendet, sobald es Netz gibt. Sie können die App schließen oder das Handy ausschalten und müssen nichts tun.",
  "outbox.never": "Von diesem Handy wurde noch nichts gesendet.",
  "outbox.last": "Zuletzt gesendet: {time}",
  "outbox.send": "Jetzt senden",
  "outbox.other": "{count} Eintrag einer anderen Person wartet hier und wird gesendet, wenn sie sich anmeldet. | {count} Einträge anderer Personen warten hier und werden gesendet, wenn diese sich anmelden.",
  "outbox.sign_out": "{count} Eintrag ist nicht gesendet. Er bleibt auf diesem Handy, bis Sie sich hier wieder anmelden. | {count} Einträge sind nicht gesendet. Sie bleiben auf diesem Handy, bis Sie sich hier wieder anmelden.",

  "scan.type": "Nummer eintippen",
  "scan.enter": "Eingeben",
  "scan.camera": "Kamera",
  "scan.camera_off": "Kamera zu",
  "scan.no_camera": "Die Kamera geht nicht. Erlauben Sie sie im Browser, oder tippen Sie die Nummer ein.",

  "unwritten.full": "Der Speicher des Handys ist voll",
  "unwritten.failed": "Das konnte nicht gespeichert werden",
  "unwritten.hint": "Ihr letzter Eintrag ist nicht gespeichert. Löschen Sie Fotos oder Apps, die Sie nicht brauchen, und versuchen Sie es noch einmal.",
  "unwritten.drop": "Weglassen",

  "broken.title": "Dieser Browser merkt sich nichts",

  "crash.title": "Diese Ansicht ist gestört",
  "crash.hint": "Was Sie getan haben, ist gespeichert. Laden Sie die Seite neu.",
  "crash.reload": "Neu laden",

  "error.offline": "Keine Verbindung zum Server.",
  "error.sign_in_failed": "E-Mail und Passwort gehören nicht zusammen.",
  "error.too_many_attempts": "Zu viele Versuche. Warten Sie einige Minuten.",
  "error.other": "Der Server sagt: {message}",
};

export default de;
