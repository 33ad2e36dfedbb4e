import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { nanoUsd, zeroUsage } from "../../src/core/usage.ts";
import { commandsDocument } from "../../src/tui/command-list.ts";
import {
  type CommandPlace,
  commandIn,
  commandNamed,
  commands,
  everyCommand,
  noCommand,
} from "../../src/tui/commands.ts";
import { emptyConversation } from "../../src/tui/state.ts";
import { costText, statusText } from "../../src/tui/status.ts";

describe("what is typed", () => {
  it.each([
    ["/help", { name: "help", argument: "" }],
    ["/Mode  full ", { name: "mode", argument: "full" }],
    ["/?", { name: "?", argument: "" }],
    ["/compact keep the\nAPI", { name: "compact", argument: "keep the\nAPI" }],
    ["/tmp", { name: "tmp", argument: "" }],
    ["/usr/bin/env is missing", null],
    ["/tmp/x", null],
    [" /help", null],
    ["// TODO", null],
    ["/", null],
    ["/ help", null],
    ["/* why? */", null],
    ["/2 of it", null],
    ["what does /help do?", null],
    ["", null],
  ])("%j is %o", (text, expected) => {
    expect(commandIn(text)).toEqual(expected);
  });

  it("that is no command is told with the nearest names", () => {
    expect(noCommand("statsu", commands)).toMatch(/no command \/statsu; did you mean \/status\?/);
    expect(noCommand("tmp", commands)).toMatch(/no command \/tmp; \/help lists them/);
  });
});

describe("the table", () => {
  it("has each name once, and help tells of every one", async () => {
    const names = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    const help = commandNamed("help");
    if (help === null) throw new Error("there is no such command");
    const place: Partial<CommandPlace> = { everyCommand: async () => everyCommand([], null) };
    const text = await help.run(place as CommandPlace, "");
    for (const command of commands) {
      expect(text).toContain(`/${command.name}`);
      expect(text).toContain(command.help);
    }
  });
});

describe("the documentation", () => {
  it("has the table of today, as `npm run schemas` writes it", () => {
    expect(readFileSync("docs/slash-commands.md", "utf8")).toBe(commandsDocument());
  });
});

describe("the status", () => {
  const used = {
    ...emptyConversation,
    answeredBy: "claude-x-2026",
    context: { tokens: 50_000, window: 200_000, breakdown: null },
    usage: { ...zeroUsage, input: 1000, cacheRead: 9000, output: 1500 },
    cost: nanoUsd(12_300_000),
  };
  const session = { id: "0190" as SessionId, model: "anthropic/claude-x", mode: "edit" as const };

  it("says who was asked and who answered, what is used, and every host", () => {
    const contacts = () => [
      { host: "proxy:3128", requests: 3 },
      { host: "api.anthropic.com", requests: 3 },
    ];
    expect(statusText(used, { ...session, contacts }, { cwd: "/p", waiting: 2 }).split("\n")).toEqual([
      "session  0190",
      "folder   /p",
      "model    anthropic/claude-x, answered by claude-x-2026",
      "mode     edit",
      "context  50000 of 200000 tokens (25%)",
      "used     10.0k in (90% cached), 1.5k out, $0.0123",
      "queue    2 waiting",
      "hosts    proxy:3128 (3), api.anthropic.com (3)",
    ]);
  });

  it("of a session that has said nothing makes nothing up, and an unknown price is none", () => {
    const text = statusText(
      { ...emptyConversation, cost: null },
      { ...session, contacts: () => [] },
      { cwd: "/p", waiting: 0 },
    );
    expect(text).toMatch(/model {4}anthropic\/claude-x\n/);
    expect(text).toMatch(/unpriced\nhosts {4}none contacted yet$/);
    expect(costText(used)).toMatch(/^this session: 10.0k in \(90% cached\), 1.5k out, \$0.0123\n/);
  });
});
