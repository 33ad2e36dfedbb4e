/** What the terminal shows under strain: long answers, many tools, small and changing sizes, odd characters. */
import { describe, expect, it } from "vitest";
import { keys, type Pty } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { call } from "./support/scene.ts";
import { linesWith, ready, tui } from "./support/tui.ts";

/** Full clears of the screen or of the scrollback, and moves to a place counted from the screen's corner. */
const clears = /\u001b\[[23]J|\u001bc|\u001b\[\?1049h|\u001b\[[\d;]*H/;
const colours = /\u001b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/;

/** Waits for the turn's end: the answer `last`, then the composer's invitation. */
async function finished(tau: Pty, last: string): Promise<string> {
  await until(last, () => linesWith(tau, last).length > 0, 30_000);
  return tau.waitFor(ready.slice(0, 8));
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `This is line ${n + 1}.`);

/** Those of the wanted lines that are shown, one behind the other, whatever stands between them. */
function inOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of shown) if (line === wanted[found.length]) found.push(line);
  return found;
}

describe("a long answer", () => {
  it("is in the scrollback line for line exactly once, and nothing is ever cleared", async () => {
    const lines = numbered(500);
    const { tau, say } = await tui([{ text: lines.join("\n"), deltaSize: 60, deltaMs: 1 }]);
    say("count");
    await finished(tau, "This is line 500.");
    expect(linesWith(tau, "This is line")).toEqual(lines);
    expect(tau.raw()).not.toMatch(clears);
  });

  it("of 2,000 lines costs a small terminal little more than its text, also where it is resized, and loses nothing", async () => {
    const lines = numbered(2000);
    const text = lines.join("\n");
    const more = Array.from({ length: 600 }, (_, n) => `• Now it is ${n + 1}.`);
    const { tau, say } = await tui(
      [
        { text, deltaSize: 100, deltaMs: 1 },
        { text: more.join("\n").replaceAll("•", "-"), deltaSize: 100, deltaMs: 1 },
      ],
      [],
      { columns: 40, rows: 12 },
    );
    say("count");
    await finished(tau, "This is line 2000.");
    expect(tau.raw().length).toBeLessThan(5 * text.length);
    say("again");
    const sizes = [
      [30, 9],
      [100, 30],
      [40, 12],
    ] as const;
    for (const [index, [columns, rows]] of sizes.entries()) {
      await until("more lines", () => linesWith(tau, "Now it is").length > (index + 1) * 100);
      tau.resize(columns, rows);
    }
    await finished(tau, "Now it is 600.");
    expect(linesWith(tau, "This is line")).toEqual(lines);
    // What is written while the terminal takes another size it may push into its scrollback: of a list that is the one
    // item that is open.
    const shown = linesWith(tau, "Now it is");
    expect(inOrder(shown, more)).toEqual(more);
    expect(shown.length).toBeLessThanOrEqual(more.length + sizes.length);
    expect(tau.raw()).not.toMatch(clears);
  });

  it("of one paragraph without a line break keeps to the screen and ends whole", async () => {
    const words = Array.from({ length: 1500 }, (_, n) => `w${n}`);
    const { tau, say } = await tui([{ text: words.join(" "), deltaSize: 40, deltaMs: 1 }], [], {
      columns: 40,
      rows: 12,
    });
    say("go");
    await finished(tau, "w1499");
    const all = tau.history().join(" ");
    expect(all.match(/\bw\d+\b/g)).toEqual(words);
    expect(tau.raw()).not.toMatch(clears);
  });
});

describe("twenty calls in one answer", () => {
  it("are drawn as they run, and each leaves one card", async () => {
    const reads = Array.from({ length: 10 }, (_, n) => call("read", { path: `f${n}` }, `r${n}`));
    const runs = Array.from({ length: 10 }, (_, n) =>
      call("bash", { command: `until [ -e go ]; do sleep 0.02; done; echo out ${n}` }, `b${n}`),
    );
    const { tau, world, say } = await tui(
      [{ calls: reads.flatMap((read, n) => [read, ...runs.slice(n, n + 1)]) }, { text: "All ran." }],
      ["--mode", "full"],
    );
    for (let n = 0; n < 10; n += 1) world.file(`f${n}`, "text\n");
    say("go");
    await tau.waitFor("● until [ -e go ]");
    await tau.waitFor(/› +enter steers/);
    world.file("go", "");
    await finished(tau, "All ran.");
    for (let n = 0; n < 10; n += 1) {
      expect(tau.history().filter((line) => line === `  out ${n}`)).toHaveLength(1);
      expect(tau.history().filter((line) => line === `✓ read f${n}`)).toHaveLength(1);
    }
    expect(linesWith(tau, "● ")).toEqual([]);
    expect(tau.raw()).not.toMatch(clears);
  });
});

describe("a small terminal", () => {
  it("of 20x8 shows composer, question and footer, and takes the answer", async () => {
    const { tau, say } = await tui(
      [
        {
          text: "A sentence that is longer than a row.",
          calls: [call("bash", { command: "touch a-file-with-a-name-of-its-own" })],
        },
        { text: "Ok." },
      ],
      [],
      { columns: 20, rows: 8 },
    );
    say("go");
    const asked = await tau.waitFor(/┃ y yes {2}n no/);
    expect(asked).toMatch(/┃ Allow bash\?\n┃ touch\n┃ … \d more lines/);
    // Nothing of what is to be allowed stays hidden: there is no room for it here, so it stands above.
    expect(tau.history().join("").replaceAll(" ", "")).toContain("toucha-file-with-a-name-of-its-own");
    expect(asked).toMatch(/› .*\n.*\d+%/);
    tau.write("y");
    await finished(tau, "Ok.");
    expect(tau.history().join(" ").replace(/\s+/g, " ")).toContain("A sentence that is longer than a row.");
    expect(tau.raw()).not.toMatch(clears);
  });

  it("that changes its size while an answer streams loses no line and ends in order", async () => {
    const lines = numbered(200);
    const { tau, say } = await tui([{ text: lines.join("\n"), deltaSize: 50, deltaMs: 4 }]);
    say("count");
    const sizes = [
      [60, 12],
      [120, 40],
      [30, 9],
      [80, 24],
    ] as const;
    for (const [index, [columns, rows]] of sizes.entries()) {
      await until(`line ${(index + 1) * 30}`, () => linesWith(tau, `line ${(index + 1) * 30}.`).length > 0);
      tau.resize(columns, rows);
    }
    await finished(tau, "This is line 200.");
    // The last size holds in the end: composer and footer, as wide as they may be, and nothing below.
    await tau.waitFor(/what shall we do\? ctrl\+j: new line\n.*claude-haiku-4-5 · ask .*\s*$/);
    const shown = tau.history().join("\n");
    for (const line of lines) expect(shown).toContain(line);
    expect(tau.raw()).not.toMatch(clears);
  });
});

describe("odd text", () => {
  it("wide, joined and right-to-left characters keep every row where it belongs", async () => {
    const text = [
      "漢字".repeat(30),
      "שלום עולם ".repeat(12).trim(),
      "👨‍👩‍👧‍👦 ❤️ é".repeat(6),
      "plain end",
    ].join("\n");
    const { tau, say } = await tui([{ text, deltaSize: 7, deltaMs: 2 }], [], { columns: 40 });
    say("漢字 👩‍🚀");
    await finished(tau, "plain end");
    const all = tau.history();
    expect(all.filter((line) => line === "plain end")).toHaveLength(1);
    expect(all.join("").match(/漢字/g)).toHaveLength(31);
    expect(all.join(" ").match(/שלום/g)).toHaveLength(12);
    expect(all).toContain("› 漢字 👩‍🚀");
    tau.write("あ".repeat(30));
    await tau.waitFor(/あ\n {2}あ/);
    tau.write(keys.backspace.repeat(29));
    await tau.waitFor(/› あ *\n[^あ]*$/);
  });

  it("control sequences of a model or a command change nothing on the screen", async () => {
    const evil = "before\u001b[2J\u001b[3J\u001b]0;title\u0007\u001b[5A\roverwritten\u0007 after";
    const { tau, say } = await tui(
      [
        { text: evil, calls: [call("bash", { command: `printf '\\033[2J\\033[9Aout\\033[31m red\\n'` })] },
        { text: "Still here." },
      ],
      ["--mode", "full"],
    );
    say("go");
    const screen = await finished(tau, "Still here.");
    expect(screen).toMatch(/› go\n\nbefore overwritten after\n✓ .*\n {2}out red\n/);
    expect(tau.raw()).not.toMatch(clears);
    expect(tau.raw()).not.toContain("\u0007");
  });
});

describe("colours", () => {
  it.each([
    // Node would put the second above the first, and warn of it in the middle of the screen.
    {
      what: "are left out with NO_COLOR, also beside FORCE_COLOR",
      env: { NO_COLOR: "1", FORCE_COLOR: "3" },
      coloured: false,
    },
    {
      what: "are used where they are asked for in a terminal that tells of none",
      env: { TERM: "vt100", FORCE_COLOR: "1" },
      coloured: true,
    },
  ])("$what", async ({ env, coloured }) => {
    const { tau, say } = await tui(
      [{ calls: [call("write", { path: "a", content: "b\n" })] }, { text: "Done." }],
      ["--mode", "full"],
      { env },
    );
    say("go");
    await finished(tau, "Done.");
    expect(colours.test(tau.raw())).toBe(coloured);
    // What is bold is so all the same.
    expect(tau.raw()).toContain("\u001b[1m");
    expect(tau.raw()).not.toContain("Warning");
  });

  it("and everything else are drawn with CI in the environment, too", async () => {
    const { tau, say } = await tui([{ text: "Drawn." }], [], { env: { CI: "true" } });
    say("go");
    await finished(tau, "Drawn.");
  });
});
