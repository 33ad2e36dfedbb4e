import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Redaction } from "../../src/agent/redaction.ts";
import { openSegment } from "../../src/agent/segment.ts";
import { Session } from "../../src/agent/session.ts";
import { Toolbox } from "../../src/agent/toolbox.ts";
import { idSource } from "../../src/core/ids.ts";
import { redactor } from "../../src/policy/redactor.ts";
import { fakeTool, makeBench, memoryStorage, ofType } from "../support/agent.ts";
import { offered } from "../support/offered-tools.ts";
import { asks, says } from "../support/scripted-upstream.ts";
import { reader } from "../support/shell.ts";

const key = "sk-live-0123456789";

/** Leaks the key everywhere a tool can. */
const leaky = fakeTool("leaky", "execute", (_input, { emit }) => {
  emit({ type: "text", text: `export KEY=${key.slice(0, 9)}` });
  emit({ type: "text", text: `${key.slice(9)}\nPATH=/bin` });
  return {
    output: [
      { type: "text", text: `KEY=${key}` },
      { type: "image", mediaType: "image/png", data: key },
    ],
    note: `from ${key}`,
    display: [
      { type: "diff", path: "env", patch: `+${key}`, added: 1, removed: 0 },
      { type: "table", columns: ["k"], rows: [[key]] },
    ],
    facts: { environment: { key } },
  };
});

describe("a known credential value", () => {
  it("reaches neither model nor ledger from prompts, tools or verify output, and each place is told of once", async () => {
    const { turn, upstream, entries, run } = await makeBench({
      tools: [leaky],
      secrets: [key],
      verify: [
        { exitCode: 1, output: `401 for ${key}` },
        { exitCode: 0, output: "" },
      ],
    });
    upstream.script(asks({ name: "leaky" }, { name: "leaky" }), says("done"), says("really"));
    run.queue.add("steer", [{ type: "text", text: `and ${key}` }]);
    const { events } = await turn({
      parts: [{ type: "text", text: `My key is ${key}` }],
      verify: `npm test -- --key ${key}`,
    });
    const images = (text: string): string => text.replaceAll(`"data":"${key}"`, "");
    expect(images(JSON.stringify(upstream.requests))).not.toContain(key);
    expect(images(JSON.stringify(await entries()))).not.toContain(key);
    expect(images(JSON.stringify(events))).not.toContain(key);
    // The bytes of a picture are not text.
    expect(JSON.stringify(upstream.requests.at(-1))).toContain(`"data":"${key}"`);
    expect(ofType(events, "note").map(({ code, data }) => [code, data])).toEqual([
      ["redacted", { place: "your message" }],
      ["redacted", { place: "a tool result" }],
      ["redacted", { place: "the verify output" }],
    ]);
    expect(ofType(events, "session.titled")[0]?.title).not.toContain(key);
  });

  it("cut in two by the pieces of live output shows neither half", async () => {
    const { turn, upstream } = await makeBench({ tools: [leaky], secrets: [key] });
    upstream.script(asks({ name: "leaky" }), says("done"));
    const { events } = await turn("go");
    const shown = ofType(events, "tool.output").map(({ output }) =>
      output.type === "text" ? output.text : "",
    );
    expect(shown).toEqual(["export KEY=", "[redacted]\nPATH=/bin"]);
  });

  it("in the project's instruction files stays out of the system prompt", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tau-segment-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "AGENTS.md"), `Use the key ${key} for staging.`);
    const ids = idSource(
      () => 1_000,
      (size) => new Uint8Array(size),
    );
    const session = new Session(await memoryStorage().writer(ids.session()), ids, () => 1_000, {
      lastSeq: 0,
      titled: false,
    });
    const toolbox = new Toolbox([offered(leaky)], [], reader);
    const workplace = {
      cwd: folder,
      root: folder,
      platform: "linux",
      date: "2026-11-24",
      isGitRepository: false,
    };
    const redaction = new Redaction(redactor([key]));
    const segment = openSegment(session, toolbox, workplace, join(folder, "none"), undefined, redaction);
    expect(segment.system).toContain("Use the key [redacted] for staging.");
    expect(segment.files).toContain("AGENTS.md");
    expect(segment.events.map(({ type }) => type)).toEqual(["segment.started", "note"]);
    await session.commit(...segment.events);
    // Resumed, the segment goes on, and what its files take is still known.
    const again = await openSegment(session, toolbox, workplace, join(folder, "none"), undefined, redaction);
    expect(again).toEqual({ system: segment.system, files: segment.files, events: [] });
  });
});
