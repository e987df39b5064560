// Labels read by a program of others: `cargo xtask test` installs it and says where.
import { execFileSync } from "node:child_process";

const READER = new URL("../../crates/api/tests/read_labels.py", import.meta.url).pathname;

/** What the codes of each page say. */
export function codesOf(pdf: Buffer): string[][] {
  const python = process.env.SESAME_LABEL_READER;
  if (!python) throw new Error("SESAME_LABEL_READER is not set: `cargo xtask test --only browser` installs the reader and sets it");
  return JSON.parse(execFileSync(python, ["-B", READER], { input: pdf, encoding: "utf8" }));
}
