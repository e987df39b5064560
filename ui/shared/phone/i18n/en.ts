// The texts that every phone has, in English; the other languages have the same keys.
const en = {
  "common.loading": "Loading",
  "common.retry": "Try again",
  "common.back": "Back",
  "common.undo": "Undo",
  "common.sign_out": "Sign out",

  "sign_in.email": "E-mail",
  "sign_in.password": "Password",
  "sign_in.submit": "Sign in",
  "sign_in.again": "Sign in again to send. Nothing is lost.",

  "net.sent": "All sent",
  "net.waiting": "{count} to send | {count} to send",
  "net.sending": "Sending {count} | Sending {count}",
  "net.offline": "Offline",
  "net.refused": "{count} refused | {count} refused",

  "outbox.title": "What waits",
  "outbox.none": "Everything is with the server.",
  "outbox.some": "{count} entry waits on this phone. | {count} entries wait on this phone.",
  "outbox.how": "They are sent in order as soon as there is a connection. You can close the app or switch the phone off; you need not do anything.",
  "outbox.never": "Nothing was sent from this phone yet.",
  "outbox.last": "Last sent {time}",
  "outbox.send": "Send now",
  "outbox.other": "{count} entry of another person waits here and is sent when they sign in. | {count} entries of other people wait here and are sent when they sign in.",
  "outbox.sign_out": "{count} entry is not sent. It stays on this phone until you sign in here again. | {count} entries are not sent. They stay on this phone until you sign in here again.",

  "scan.type": "Type the number",
  "scan.enter": "Enter",
  "scan.camera": "Camera",
  "scan.camera_off": "Close camera",
  "scan.no_camera": "The camera cannot be used. Allow it in the browser, or type the number.",

  "unwritten.full": "The phone’s memory is full",
  "unwritten.failed": "This could not be saved",
  "unwritten.hint": "Your last entry is not saved. Delete photos or apps you do not need, then try again.",
  "unwritten.drop": "Leave it out",

  "broken.title": "This browser keeps nothing",

  "crash.title": "This screen failed",
  "crash.hint": "What you did is saved. Load the page again.",
  "crash.reload": "Load again",

  "error.offline": "No connection to the server.",
  "error.sign_in_failed": "E-mail and password do not belong together.",
  "error.too_many_attempts": "Too many attempts. Wait a few minutes.",
  "error.other": "The server says: {message}",
} as const;

export default en;
