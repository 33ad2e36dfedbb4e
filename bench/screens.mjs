// The terminal's rows that are no timings: what long answers, many tools and large questions cost in bytes, whether
// anything is ever cleared, and whether an emulator has every line in the end, also where it is resized meanwhile.
import xterm from "@xterm/headless";
import { answers } from "./answers.mjs";
import { openPty } from "./pty.mjs";
import { invitation } from "./terminal.mjs";

/** Full clears of screen or scrollback, a reset, and moves to a place counted from the screen's corner. */
const clears = /\x1b\[[23]J|\x1bc|\x1b\[\?1049h|\x1b\[[\d;]*H/g;
const sizes = [
  [60, 20],
  [140, 50],
  [100, 30],
];

/** The numbered words of an answer, each of which must be in the scrollback: `item 17`, `line 4`. */
const marks = (text) => text.match(/\b(?:paragraph|item|cell|line) \d+\b/g) ?? [];

/** Runs a model's turn in an emulator; `act` sees the emulator's text as often as it changes. */
async function shown(bench, { model, mode = "full", resized, act = () => undefined }) {
  const emulator = new xterm.Terminal({ cols: 100, rows: 30, scrollback: 200_000, allowProposedApi: true });
  const tau = openPty([bench.tau, "-m", `anthropic/${model}`, "--mode", mode], {
    ...bench,
    columns: 100,
    rows: 30,
  });
  emulator.onData((answer) => tau.write(answer));
  const lines = () =>
    Array.from({ length: emulator.buffer.active.length }, (_, row) => emulator.buffer.active.getLine(row));
  const screen = () =>
    lines()
      .slice(-emulator.rows)
      .map((line) => line.translateToString(true))
      .join("\n");
  const whole = () =>
    lines().reduce(
      (text, line) => `${text}${line.isWrapped ? "" : "\n"}${line.translateToString(!line.isWrapped)}`,
      "",
    );
  let began = 0;
  let changes = 0;
  const final = new Promise((done) => {
    tau.onChunk((chunk) =>
      emulator.write(chunk, () => {
        changes += 1;
        if (resized && began > 0 && changes % 15 === 0 && sizes.length * 15 >= changes) {
          const [columns, rows] = sizes[changes / 15 - 1];
          emulator.resize(columns, rows);
          tau.resize(columns, rows);
        }
        if (began > 0) act(screen(), tau);
        if (began > 0 && /the end\n[\s\S]*what shall/.test(screen())) done();
      }),
    );
  });
  await tau.seen(invitation);
  await tau.settled(200);
  began = tau.bytes();
  tau.write("go\r");
  await final;
  await tau.settled(200);
  const text = whole();
  const result = { bytes: tau.bytes() - began, clears: tau.text().match(clears)?.length ?? 0, text };
  await tau.close();
  emulator.dispose();
  return result;
}

/** Adds the rows. */
export async function screens(bench) {
  const { report } = bench.table;
  let cleared = 0;
  for (const name of ["paragraphs", "list", "table", "code"]) {
    const paced = await shown(bench, { model: `paced-${name}` });
    report(`${name} at 400 tokens/s: bytes for a character`, paced.bytes / 12_000, "x", 5);
    cleared += paced.clears;
    for (const resized of [false, true]) {
      const { text, clears: count } = await shown(bench, { model: `answer-${name}-200-2`, resized });
      const there = new Set(marks(text.replace(/\s+/g, " ")));
      const missing = marks(answers[name]).filter((mark) => !there.has(mark)).length;
      cleared += count;
      report(`${name}, whole${resized ? ", resized" : ""}: lines lost`, missing, "lines", 0);
    }
  }
  for (const resized of [false, true]) {
    const tools = await shown(bench, { model: "tools", resized });
    const missing = Array.from({ length: 20 }, (_, n) => `tool ${n} line`).filter(
      (mark) => !tools.text.includes(mark),
    );
    report(`20 parallel tools${resized ? ", resized" : ""}: results lost`, missing.length, "results", 0);
    let asked = "";
    const edits = await shown(bench, {
      model: "edits",
      mode: "ask",
      resized,
      act(screen, tau) {
        const question = /Allow[\s\S]*/.exec(screen)?.[0].match(/changed\d\.txt/)?.[0];
        if (question === undefined || question === asked || !screen.includes("y yes")) return;
        asked = question;
        tau.write("y");
      },
    });
    cleared += tools.clears + edits.clears;
    report(
      `approvals of 500-line edits${resized ? ", resized" : ""}: edits without a word`,
      3 - Math.min(3, new Set(edits.text.match(/changed\d\.txt/g)).size),
      "edits",
      0,
    );
  }
  report("all of these: full clears", cleared, "clears", 0);
}
