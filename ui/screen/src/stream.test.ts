import { expect, test } from "vitest";
import { parser } from "./stream";

test("events are taken apart however they are cut", () => {
  const text = 'event: whole\ndata: {"a":1}\n\nevent: tick\ndata: {"b":2}\n\nevent: end\ndata: {}\n\n';
  for (let cut = 1; cut < text.length; cut += 1) {
    const seen: string[] = [];
    const parse = parser((name, data) => seen.push(`${name} ${data}`));
    const isOver = [parse(text.slice(0, cut)), parse(text.slice(cut))].some(Boolean);
    expect(seen).toEqual(['whole {"a":1}', 'tick {"b":2}']);
    expect(isOver).toBe(true);
  }
});
