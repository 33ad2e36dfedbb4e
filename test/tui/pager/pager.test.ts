import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keymapOf } from "../../../src/tui/input/keymap.ts";
import { type Block, Pager } from "../../../src/tui/pager/pager.ts";
import { plain, wrap } from "../../../src/tui/view/line.ts";

const keymap = keymapOf();
const block = (text: string): Block => ({ lines: (columns) => wrap(text, columns).map((row) => plain(row)) });

/** Pages of numbered lines, the last page first, and how many of them were asked for. */
function numbered(pages: number, each: number) {
  let asked = 0;
  async function* read() {
    for (let page = pages - 1; page >= 0; page -= 1) {
      asked += 1;
      yield Array.from({ length: each }, (_, n) => block(`line ${page * each + n + 1}`));
    }
  }
  return { pages: read(), asked: () => asked };
}

/** A person who reads on a screen of 40 columns. */
async function reader(pages: AsyncIterator<readonly Block[]>, rows = 6) {
  const pager = new Pager("things", pages, "end");
  pager.opened(() => undefined);
  const size = { columns: 40, rows };
  const shown = () => pager.view(size).lines.map((line) => line.map(({ text }) => text).join(""));
  /** What is loaded comes in turns of the event loop. */
  const settled = async () => {
    let before = "";
    for (let now = shown().join(); now !== before; now = shown().join()) {
      before = now;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await settled();
  return {
    pager,
    shown,
    lines: () => shown().slice(0, -1),
    status: () => shown().at(-1) ?? "",
    async press(...keys: string[]) {
      let open = true;
      for (const key of keys) {
        open = pager.press(
          key.startsWith(":") ? { type: "key", chord: key.slice(1) } : { type: "text", text: key },
          keymap,
        );
        await settled();
      }
      return open;
    },
    highlighted: () =>
      pager
        .view(size)
        .lines.slice(0, -1)
        .flatMap((line) => line.filter(({ inverse }) => inverse).map(({ text }) => text)),
  };
}

describe("the pager", () => {
  it("begins at the end, having loaded no more than it shows, and walks back to the beginning", async () => {
    const { pages, asked } = numbered(50, 10);
    const at = await reader(pages);
    expect(at.lines()).toEqual(["line 496", "line 497", "line 498", "line 499", "line 500"]);
    expect(asked()).toBe(2);
    await at.press("k", ":up", "j");
    expect(at.lines()[0]).toBe("line 495");
    await at.press(":pageup", "b", "u");
    expect(at.lines()[0]).toBe("line 487");
    expect(asked()).toBeLessThan(5);
    await at.press("g");
    expect([at.lines()[0], asked()]).toEqual(["line 1", 50]);
    expect(at.status()).toContain("beginning");
    await at.press("G");
    expect(at.lines().at(-1)).toBe("line 500");
  });

  it("searches back through what is not loaded yet, forward again, and says when there is nothing", async () => {
    const at = await reader(numbered(50, 10).pages);
    await at.press("/", "LINE 12", ":enter");
    expect(at.lines()[0]).toBe("line 129");
    expect(at.highlighted()[0]).toBe("line 12");
    await at.press("n", "n");
    expect(at.lines()[0]).toBe("line 127");
    await at.press("N");
    expect(at.lines()[0]).toBe("line 128");
    await at.press("/nowhere", ":enter");
    expect(at.status()).toContain("not found");
    await at.press("/", "line 500", ":enter", "G", "n");
    expect(at.lines().at(-1)).toBe("line 500");
  });

  it("closes by its keys, and takes letters as text while something is searched for", async () => {
    const at = await reader(numbered(1, 3).pages);
    expect(await at.press("/", "q", ":backspace", "x", ":escape")).toBe(true);
    expect(await at.press("q")).toBe(false);
    expect(await at.press(":ctrl+o")).toBe(false);
  });

  it("shows what it can when the rest cannot be read", async () => {
    const at = await reader(
      (async function* () {
        yield [block("last")];
        throw new Error("the disk is gone");
      })(),
    );
    expect(at.lines()[0]).toBe("last");
    expect(at.status()).toContain("the rest cannot be read");
  });

  it("shows consecutive lines, as many as there are, whatever is pressed and however it is resized", async () => {
    const keys = fc.constantFrom("k", "j", ":pageup", ":pagedown", "u", "d", "g", "G", "n", "N", "/");
    await fc.assert(
      fc.asyncProperty(
        fc.nat(6),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.tuple(keys, fc.integer({ min: 2, max: 25 })), { maxLength: 15 }),
        async (pages, each, presses) => {
          const total = pages * each;
          const pager = new Pager("things", numbered(pages, each).pages, "end");
          pager.opened(() => undefined);
          for (const [key, rows] of [["G", 5] as const, ...presses]) {
            if (key === "/") {
              pager.press({ type: "text", text: "/" }, keymap);
              pager.press({ type: "paste", text: "7" }, keymap);
              pager.press({ type: "key", chord: "enter" }, keymap);
            } else if (key.startsWith(":")) pager.press({ type: "key", chord: key.slice(1) }, keymap);
            else pager.press({ type: "text", text: key }, keymap);
            for (let turn = 0; turn < 2 * pages + 4; turn += 1) {
              pager.view({ columns: 40, rows });
              await Promise.resolve();
              await Promise.resolve();
            }
            const lines = pager
              .view({ columns: 40, rows })
              .lines.map((line) => line.map(({ text }) => text).join(""));
            expect(lines).toHaveLength(rows);
            const numbers = lines
              .slice(0, -1)
              .flatMap((line) => (line === "" ? [] : [Number(line.slice(5))]));
            expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
            expect(numbers.length).toBeLessThanOrEqual(Math.min(total, rows - 1));
            if (numbers.length > 0 && numbers.at(-1) !== total) expect(numbers).toHaveLength(rows - 1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
