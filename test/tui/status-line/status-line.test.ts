import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { SessionId } from "../../../src/core/ids.ts";
import { nanoUsd } from "../../../src/core/usage.ts";
import { emptyScreen } from "../../../src/tui/screen-state.ts";
import { StatusLine } from "../../../src/tui/status-line/command.ts";
import { statusInput } from "../../../src/tui/status-line/input.ts";
import { styledLines } from "../../../src/tui/status-line/styled.ts";
import { watchStatusLine } from "../../../src/tui/status-line/watch.ts";
import { ScreenStore } from "../../../src/tui/store.ts";
import type { Line } from "../../../src/tui/view/line.ts";

const env = { PATH: process.env.PATH ?? "/bin:/usr/bin" };
const textOf = (lines: readonly Line[]): string[] =>
  lines.map((line) => line.map(({ text }) => text).join(""));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tau-status-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Runs a command once and gives what is shown of it. */
async function shownOf(command: string): Promise<string[]> {
  let shown: readonly Line[] | null = null;
  const line = new StatusLine({
    command,
    cwd: folder(),
    env,
    input: () => ({ model: { id: "a/b" } }),
    show: (lines) => {
      shown = lines;
    },
  });
  onTestFinished(() => line.close());
  line.refresh();
  await vi.waitFor(() => expect(shown).not.toBeNull(), 20_000);
  return textOf(shown ?? []);
}

describe("a status line command", () => {
  it("is told the facts as JSON, and its first lines are shown", async () => {
    expect(await shownOf("cat; printf '\\none\\ntwo\\nthree\\nfour\\n'")).toEqual([
      '{"model":{"id":"a/b"}}',
      "one",
      "two",
    ]);
  });

  it("that fails says so, and one that reads nothing is as good", async () => {
    expect(await shownOf("exit 3")).toEqual(["status line command: exit 3"]);
    expect(await shownOf("exec <&-; echo fine")).toEqual(["fine"]);
  });

  it("runs when what it tells of changes, one run at a time, and ends with the UI, with all it started", async () => {
    const path = folder();
    const store = new ScreenStore(emptyScreen, () => true);
    const stop = watchStatusLine(
      store,
      {
        command:
          "echo run >> runs; echo shown; [ $(wc -l < runs) -lt 2 ] || { sleep 300 & echo $! > child; wait; }",
        padding: 2,
      },
      { cwd: path, env, input: () => ({}) },
    );
    await vi.waitFor(() => expect(textOf(store.state.statusLine ?? [])).toEqual(["  shown"]), 20_000);
    store.change((state) => ({ ...state, hint: "nothing to tell" }));
    store.change((state) => ({ ...state, model: "c/d" }));
    store.change((state) => ({ ...state, model: "e/f" }));
    const child = await vi.waitFor(() => Number(readFileSync(join(path, "child"), "utf8")), 20_000);
    stop();
    await vi.waitFor(() => expect(() => process.kill(child, 0)).toThrow("ESRCH"), 20_000);
    expect(readFileSync(join(path, "runs"), "utf8")).toBe("run\nrun\n");
  });
});

describe("what it prints", () => {
  it("keeps its colours and nothing else that a terminal obeys", () => {
    expect(
      styledLines(
        "\u001b[1;32mok\u001b[0m plain \u001b[31mbad\u001b[2J\u001b]0;t\u0007\n\u001b[38;5;4mblue\n",
        3,
      ),
    ).toEqual([
      [{ text: "ok", sgr: "1;32" }, { text: " plain " }, { text: "bad", sgr: "31" }],
      [{ text: "blue", sgr: "38;5;4" }],
    ]);
  });
});

describe("what it is told", () => {
  it("is what such commands of other agents read", () => {
    const state = {
      ...emptyScreen,
      model: "maker/model",
      effort: "high" as const,
      branch: "main",
      budgetLeft: nanoUsd(500_000_000),
      conversation: {
        ...emptyScreen.conversation,
        usage: { ...emptyScreen.conversation.usage, input: 10, cacheRead: 90, output: 5 },
        cost: nanoUsd(250_000_000),
        context: { tokens: 50_000, window: 200_000, breakdown: null },
        lines: { added: 3, removed: 1 },
      },
    };
    const facts = { cwd: "/p/src", project: "/p", version: "1.2.3", startedAt: 1000 };
    expect(statusInput(state, { id: "s1" as SessionId }, facts, 3000)).toEqual({
      hook_event_name: "Status",
      session_id: "s1",
      cwd: "/p/src",
      model: { id: "maker/model", display_name: "model" },
      workspace: { current_dir: "/p/src", project_dir: "/p" },
      version: "1.2.3",
      output_style: { name: "default" },
      cost: { total_cost_usd: 0.25, total_duration_ms: 2000, total_lines_added: 3, total_lines_removed: 1 },
      context_window: {
        total_input_tokens: 100,
        total_output_tokens: 5,
        context_window_size: 200_000,
        current_usage: {
          input_tokens: 10,
          output_tokens: 5,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 90,
        },
        used_percentage: 25,
        remaining_percentage: 75,
      },
      exceeds_200k_tokens: false,
      effort: { level: "high" },
      tau: { mode: "ask", branch: "main", budget_left_usd: 0.5 },
    });
  });
});
