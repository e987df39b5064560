// What is read from labels.

/** The same label is not read again so soon, in milliseconds: it still lies before the scanner. */
export const SAME_MS = 3_000;

/** What the same label is read as: scanners add spaces, people small letters. */
export const plain = (text: string): string => text.replace(/\s+/g, "").toUpperCase();
