/** /jobs and /doctor: what they list, and what their keys do. */
import { describe, expect, it, vi } from "vitest";
import { type BackgroundJob, jobsOf } from "../../../src/app/jobs.ts";
import type { Job } from "../../../src/tools/process/client.ts";
import type { CommandOutcome } from "../../../src/tools/process/protocol.ts";
import { jobRow } from "../../../src/tui/commands/jobs.ts";
import { type CommandPlace, commandNamed } from "../../../src/tui/commands.ts";
import { keymapOf } from "../../../src/tui/input/keymap.ts";
import type { Block } from "../../../src/tui/pager/pager.ts";
import { emptyScreen } from "../../../src/tui/screen-state.ts";
import { ScreenStore } from "../../../src/tui/store.ts";

const exited = (more: Partial<Extract<CommandOutcome, { status: "exited" }>>): CommandOutcome => ({
  status: "exited",
  exitCode: 0,
  signal: null,
  timedOut: false,
  aborted: false,
  head: "",
  tail: "",
  totalBytes: 0,
  omittedBytes: 0,
  spillPath: null,
  lostBytes: 0,
  killedSurvivors: 0,
  durationMs: 65_000,
  ...more,
});

const job = (id: number, outcome: CommandOutcome | null): Job => ({
  id,
  label: `sleep ${id}`,
  pid: 100 + id,
  startedAt: 1_000,
  outcome,
});

describe("the jobs of a session", () => {
  it.each<[string, CommandOutcome | null, BackgroundJob["ended"]]>([
    ["running", null, null],
    ["a code", exited({ exitCode: 3 }), { how: "exited with 3", exitCode: 3, durationMs: 65_000 }],
    ["stopped", exited({ aborted: true }), { how: "stopped", exitCode: null, durationMs: 65_000 }],
    ["a limit", exited({ timedOut: true }), { how: "timed out", exitCode: null, durationMs: 65_000 }],
    [
      "a signal",
      exited({ exitCode: null, signal: "SIGSEGV" }),
      { how: "ended by SIGSEGV", exitCode: null, durationMs: 65_000 },
    ],
    [
      "nobody saw",
      { status: "interrupted", message: "gone" },
      { how: "lost", exitCode: null, durationMs: null },
    ],
  ])("are told with how they ended: %s", (_, outcome, ended) => {
    const host = { list: () => [job(1, outcome)], output: async () => null, stop: async () => null };
    expect(jobsOf(host).list()).toEqual([{ id: 1, command: "sleep 1", pid: 101, startedAt: 1_000, ended }]);
  });

  it("say of a long output what is left out and where it is whole", async () => {
    const page = { text: "end", skippedBytes: 7, next: 10, spillPath: "/out/1" };
    const host = { list: () => [], output: async () => page, stop: async () => null };
    expect(await jobsOf(host).output(1)).toBe("[7 bytes left out; all of it is in /out/1]\nend");
    expect(await jobsOf(host).stop(1)).toBe(false);
  });

  it("show their age, in the units people read", () => {
    const at = (startedAt: number) => ({ id: 1, command: "x", pid: 1, startedAt, ended: null });
    const details = [0, -125_000, -7_500_000].map((startedAt) => jobRow(at(startedAt), 0).detail);
    expect(details).toEqual(["running · 0 s", "running · 2 min 5 s", "running · 2 h 5 min"]);
  });
});

/** A place with two jobs, and what was told and paged. */
function desk() {
  const jobs: BackgroundJob[] = [
    { id: 1, command: "npm run dev", pid: 7, startedAt: Date.now(), ended: null },
    {
      id: 2,
      command: "make",
      pid: 8,
      startedAt: 0,
      ended: { how: "exited with 2", exitCode: 2, durationMs: 1_000 },
    },
  ];
  const stopped: number[] = [];
  const told: string[] = [];
  const pages: string[][] = [];
  const store = new ScreenStore(emptyScreen, () => true);
  const place = {
    store,
    session: () => ({
      jobs: {
        list: () => jobs,
        output: async (id: number) => `output of ${id}`,
        stop: async (id: number) => stopped.push(id) > 0,
      },
    }),
    open: (dialog: NonNullable<typeof emptyScreen.dialog>) => store.change((state) => ({ ...state, dialog })),
    tell: (text: string) => void told.push(text),
    warn: (text: string) => void told.push(text),
    redraw: () => undefined,
    page: (title: string, blocks: readonly Block[]) =>
      void pages.push([
        title,
        ...blocks.flatMap((block) => block.lines(60).map((line) => line.map(({ text }) => text).join(""))),
      ]),
    doctor: async () => [
      { name: "node", state: "ok" as const, detail: "v22" },
      { name: "keys", state: "warning" as const, detail: "none found", next: "set one" },
    ],
  } as unknown as CommandPlace;
  const keymap = keymapOf();
  return {
    jobs,
    stopped,
    told,
    pages,
    place,
    press(chord: string) {
      const next = store.state.dialog?.press({ type: "key", chord }, keymap) ?? null;
      store.change((state) => ({ ...state, dialog: next }));
    },
    shown: () =>
      store.state.dialog
        ?.view({ columns: 80, rows: 10, now: 0 })
        .lines.map((line) => line.map(({ text }) => text).join("")) ?? [],
  };
}

async function give(name: string, place: CommandPlace): Promise<string | null> {
  const command = commandNamed(name);
  if (command === null) throw new Error("there is no such command");
  return await command.run(place, "");
}

describe("/jobs", () => {
  it("lists them as they are at each look, reads one, and ends one that runs", async () => {
    const { jobs, stopped, told, pages, place, press, shown } = desk();
    expect(await give("jobs", place)).toBeNull();
    expect(shown().slice(1, 3)).toEqual([
      expect.stringMatching(/^▸ ● 1 {2}npm run dev {2}running/),
      "  ○ 2  make  exited with 2 · 1 s",
    ]);
    press("enter");
    await vi.waitFor(() => expect(pages).toEqual([["job 1: npm run dev", "output of 1"]]));
    press("ctrl+x");
    await vi.waitFor(() => expect(told).toEqual(["job 1 is ended: npm run dev"]));
    const [first] = jobs;
    if (first) first.ended = { how: "stopped", exitCode: null, durationMs: 2_000 };
    expect(shown()[1]).toContain("stopped · 2 s");
    press("ctrl+x");
    expect(told.at(-1)).toBe("job 1 is over: stopped");
    expect(stopped).toEqual([1]);
  });

  it("says so where there are none", async () => {
    const { jobs, place } = desk();
    jobs.splice(0);
    expect(await give("jobs", place)).toBe("nothing runs in the background");
  });
});

describe("/doctor", () => {
  it("pages what was found with what to do, and names what is wrong", async () => {
    const { place, pages } = desk();
    expect(await give("doctor", place)).toMatch(/^one thing is to be looked at: keys; tau doctor --fix/);
    expect(pages).toEqual([["doctor", "✓ node: v22", "! keys: none found", "  → set one"]]);
  });
});
