/** Servers over the seam of their program: what they have, and everything they may do wrong, which stays bounded. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { McpServerSettings } from "../../../src/config/mcp-servers.ts";
import type { ToolContext } from "../../../src/core/tool.ts";
import { connect } from "../../../src/extensions/mcp/connect.ts";
import { fingerprintOf } from "../../../src/extensions/mcp/entries.ts";
import { mostFailures } from "../../../src/extensions/mcp/server.ts";
import { Servers } from "../../../src/extensions/mcp/servers.ts";
import { type FakeMcp, type FakeProgram, fakeMcp, fakeProgram, text } from "../../support/mcp/fake.ts";

const never = new AbortController().signal;

type Options = {
  written?: Partial<McpServerSettings>;
  folder?: string;
  sleep?: (ms: number) => Promise<void>;
};

/** One server, `docs`, of the user's settings. */
function stand(program: FakeProgram, { written = {}, folder = newFolder(), sleep }: Options = {}) {
  const waits: number[] = [];
  const entry: McpServerSettings = { command: "docs-server", ...written };
  const servers = new Servers({
    entries: [
      { name: "docs", owner: "user", place: "settings", written: entry, fingerprint: fingerprintOf(entry) },
    ],
    allowed: {},
    folder,
    root: folder,
    toolTokens: 20_000,
    now: () => 1_000_000,
    world: {
      now: () => 1_000_000,
      sleep: async (ms) => {
        waits.push(ms);
        await sleep?.(ms);
      },
      link: () => ({ kind: "stdio", talk: program.talk }),
      connect: (link, { timeoutMs, signal }, listener) =>
        connect({ link, version: "0", root: folder, timeoutMs, signal }, listener),
    },
  });
  onTestFinished(() => servers.close());
  const server = servers.get("docs");
  if (!server) throw new Error("there is no server");
  const view = () => {
    const [one] = servers.views();
    if (!one) throw new Error("there is no server");
    return one;
  };
  const call = async (name: string, input: object = {}, context: Partial<ToolContext> = {}) => {
    const tool = servers.tools(folder).find(({ spec }) => spec.name === `mcp__docs__${name}`);
    if (!tool) throw new Error(`there is no tool ${name}`);
    return (await tool.load()).run(input, {
      callId: "call",
      cwd: folder,
      signal: never,
      emit: () => undefined,
      ...context,
    });
  };
  return { servers, server, view, call, waits, folder };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tau-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const methods = (fake: FakeMcp, method: string) => fake.heard.filter((one) => one.method === method);

describe("what a server has", () => {
  const has = () =>
    fakeMcp({
      tools: ["echo", "grow"],
      resources: { "doc://a": { text: "A" }, "doc://b": { text: "B" } },
      prompts: [{ name: "Sum Up", arguments: [{ name: "what", required: true }] }, { name: "sum_up" }],
    });

  it("is known when it stands, kept for the next time, and named so that no two are one", async () => {
    const fake = has();
    const { servers, server, folder, view } = stand(fakeProgram(fake));
    await server.learn(never);
    expect(servers.resources.map(({ key, uri, name }) => [key, uri, name])).toEqual([
      ["docs", "doc://a", "the a"],
      ["docs", "doc://b", "the b"],
    ]);
    const commands = servers.prompts.map(({ command, usage }) => [command, usage]);
    expect(commands).toEqual([
      ["mcp__docs__sum_up", "<what>"],
      [expect.stringMatching(/^mcp__docs__sum_up-[0-9a-f]{8}$/), ""],
    ]);
    expect(view()).toMatchObject({ status: "ready", resources: 2, problem: null });

    const later = stand(fakeProgram(has()), { folder });
    expect(later.servers.resources).toEqual(servers.resources);
    expect(later.servers.prompts.map(({ command, usage }) => [command, usage])).toEqual(commands);
    later.servers.wake();
    expect(later.view().status).toBe("idle");
  });

  it("is read anew when it says so, once however often it says so meanwhile", async () => {
    const fake = has();
    fake.answers["tools/call grow"] = (_, tell) => {
      fake.tools.push("late");
      for (let n = 0; n < 1_000; n += 1) tell("notifications/tools/list_changed");
      return text("grown");
    };
    const { servers, call, server } = stand(fakeProgram(fake));
    await server.ready(never);
    const before = servers.version;
    await call("grow");
    await servers.catchUp(1_000, never);
    expect(servers.version).toBeGreaterThan(before);
    expect(servers.tools("/").map(({ spec }) => spec.name)).toContain("mcp__docs__late");
    expect(methods(fake, "tools/list").length).toBeLessThanOrEqual(3);
  });

  it("is not read for ever where each reading brings another change", async () => {
    const fake = has();
    fake.answers["tools/list"] = (_, tell) => {
      tell("notifications/tools/list_changed");
      return { tools: [] };
    };
    const { server, waits, servers } = stand(fakeProgram(fake), {
      sleep: () => new Promise(() => undefined),
    });
    await server.ready(never);
    await vi.waitFor(() => expect(waits.some((ms) => ms > 1_000)).toBe(true));
    expect(methods(fake, "tools/list").length).toBeLessThanOrEqual(25);
    // And no step waits for it.
    await servers.catchUp(1_000, never);
  });
});

describe("a server that does not come", () => {
  const line = (message: object) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
  const cases: [string, (program: () => FakeProgram) => FakeProgram, RegExp, RegExp][] = [
    [
      "dies at once",
      (program) =>
        fakeProgram(fakeMcp(), ({ muttered }) => {
          muttered("no configuration\n");
          program().end(3);
        }),
      /ended with exit code 3; its last words: no configuration/,
      /no configuration/,
    ],
    [
      "never answers",
      () => fakeProgram(fakeMcp({ answers: { initialize: () => new Promise(() => undefined) } })),
      /timed out/i,
      /^$/,
    ],
    [
      "answers with what is no message",
      () =>
        fakeProgram(fakeMcp({ answers: { initialize: () => new Promise(() => undefined) } }), ({ said }) => {
          for (let n = 0; n < 1_000; n += 1) said(`<html>${n}</html>\n{"half":\n`);
        }),
      /timed out/i,
      /<html>999/,
    ],
    [
      "answers with a message of another shape",
      () => fakeProgram(fakeMcp({ answers: { initialize: () => ({ hello: "world" }) } })),
      /protocolVersion|Invalid/,
      /^$/,
    ],
    [
      "speaks a protocol that nobody knows",
      () =>
        fakeProgram(
          fakeMcp({
            answers: {
              initialize: () => ({
                protocolVersion: "1999",
                capabilities: {},
                serverInfo: { name: "", version: "" },
              }),
            },
          }),
        ),
      /protocol version.*1999/i,
      /^$/,
    ],
    [
      "sends a message without end",
      () =>
        fakeProgram(fakeMcp({ answers: { initialize: () => new Promise(() => undefined) } }), ({ said }) => {
          const piece = "x".repeat(1024 * 1024);
          for (let n = 0; n < 20; n += 1) said(piece);
        }),
      /more than 16 MB/,
      /^$/,
    ],
    [
      "floods its stderr",
      () =>
        fakeProgram(
          fakeMcp({ answers: { initialize: () => Promise.reject(new Error("no")) } }),
          ({ muttered }) => {
            for (let n = 0; n < 2_000; n += 1) muttered(`${"y".repeat(1_000)}${n}\n`);
          },
        ),
      /no.*y1999$/s,
      /y1999\n$/,
    ],
    [
      "repeats a listed answer to something nobody asked",
      () =>
        fakeProgram(fakeMcp({ answers: { initialize: () => new Promise(() => undefined) } }), ({ said }) => {
          for (let n = 0; n < 1_000; n += 1) said(line({ id: 90_000 + n, result: {} }));
        }),
      /timed out/i,
      /^$/,
    ],
  ];

  it.each(cases)("%s: is said, and what is kept of it is bounded", async (_, make, why, log) => {
    const program: FakeProgram = make(() => program);
    const { server, view } = stand(program, { written: { startupTimeout: 50 } });
    await expect(server.ready(never)).rejects.toThrow(why);
    expect(view()).toMatchObject({ status: "failed", problem: expect.stringMatching(why) });
    expect(view().log).toMatch(log);
    expect(view().log.length).toBeLessThanOrEqual(16_000);
    expect((view().problem ?? "").length).toBeLessThan(700);
  });

  it("is tried again with longer and longer waits, then given up until somebody says so", async () => {
    const program: FakeProgram = fakeProgram(fakeMcp(), () => program.end(3));
    const { server, servers, view, waits } = stand(program);
    for (let n = 0; n < mostFailures; n += 1) await expect(server.ready(never)).rejects.toThrow();
    expect([view().status, program.starts, waits]).toEqual(["gone", mostFailures, [500, 1_000, 2_000]]);
    await expect(server.ready(never)).rejects.toThrow(/given up/);
    await expect(servers.reconnect("docs", never)).rejects.toThrow(/exit code 3/);
    expect(program.starts).toBe(mostFailures + 1);
  });

  it("keeps a first request no longer than it is to wait", async () => {
    const program = fakeProgram(fakeMcp({ answers: { initialize: () => new Promise(() => undefined) } }));
    const { servers, view, waits } = stand(program);
    await servers.settle(10_000, never);
    expect([view().status, waits]).toEqual(["starting", [10_000]]);
  });
});

describe("a call", () => {
  it("that is called off ends at once, and its server is told which", async () => {
    const fake = fakeMcp({ answers: { "tools/call echo": () => new Promise(() => undefined) } });
    const { server, call } = stand(fakeProgram(fake));
    await server.ready(never);
    const stop = new AbortController();
    const called = call("echo", {}, { signal: stop.signal });
    await vi.waitFor(() => expect(methods(fake, "tools/call")).toHaveLength(1));
    stop.abort("interrupted");
    await expect(called).rejects.toThrow();
    const [{ id } = {}] = methods(fake, "tools/call");
    await vi.waitFor(() =>
      expect(methods(fake, "notifications/cancelled")).toMatchObject([{ params: { requestId: id } }]),
    );
    expect(server.status).toBe("ready");
  });

  it("is not made again when its server dies of it; the next one finds it alive", async () => {
    const fake = fakeMcp();
    const program = fakeProgram(fake);
    fake.answers["tools/call echo"] = () => {
      program.listener?.muttered("goodbye\n");
      program.end(7);
      return new Promise(() => undefined);
    };
    const { server, call } = stand(program);
    await server.ready(never);
    await expect(call("echo")).rejects.toThrow(
      /went away during the call.*exit code 7.*goodbye.*may have had effects/s,
    );
    expect(methods(fake, "tools/call")).toHaveLength(1);
    delete fake.answers["tools/call echo"];
    expect((await call("echo", { text: "again" })).output).toBe("echo: again");
    expect(program.starts).toBe(2);
  });

  it("with a flood of words on the way and a huge answer shows and gives a bounded part, the rest is in a file", async () => {
    const fake = fakeMcp();
    fake.answers["tools/call echo"] = ({ _meta }, tell) => {
      const { progressToken } = _meta as { progressToken: number };
      for (let progress = 0; progress < 800; progress += 1) {
        tell("notifications/progress", { progressToken, progress, message: "z".repeat(2_500) });
        tell("notifications/message", { level: "info", data: "w" });
      }
      return text("0123456789abcdef\n".repeat(100_000));
    };
    const { server, call } = stand(fakeProgram(fake));
    await server.ready(never);
    const shown: string[] = [];
    const emit: ToolContext["emit"] = (piece) => {
      if (piece.type === "text") shown.push(piece.text);
    };
    const { output, note = "", facts } = await call("echo", {}, { emit });
    expect(shown.length).toBeLessThanOrEqual(500);
    expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(2_001);
    expect(String(output).length).toBeLessThanOrEqual(50 * 1024);
    expect(note).toMatch(/the whole answer is in/);
    expect(readFileSync(String(facts?.savedPath), "utf8")).toHaveLength(1_700_000);
  });

  it("with a picture that is none gives a file in its place: a request with it would be refused for good", async () => {
    const fake = fakeMcp();
    const data = Buffer.from("not a picture at all").toString("base64");
    fake.answers["tools/call echo"] = () => ({ content: [{ type: "image", data, mimeType: "image/png" }] });
    const { server, call } = stand(fakeProgram(fake));
    await server.ready(never);
    expect((await call("echo")).output).toMatch(/^\[image\/png, 20 bytes, kept in /);
  });
});

describe("switched off", () => {
  it("offers nothing and is not started, until it is connected anew", async () => {
    const program = fakeProgram(fakeMcp({ resources: { "doc://a": { text: "A" } } }));
    const { server, servers, view } = stand(program);
    await server.learn(never);
    await servers.turnOff("docs");
    expect([servers.tools("/"), servers.resources, view().status, program.listener]).toEqual([
      [],
      [],
      "disabled",
      null,
    ]);
    await expect(server.ready(never)).rejects.toThrow(/switched off/);
    await servers.reconnect("docs", never);
    expect([servers.tools("/").length, servers.resources.length]).toEqual([1, 1]);
  });
});
