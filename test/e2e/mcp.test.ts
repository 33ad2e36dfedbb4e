/** MCP servers through the built binary: their tools called by the model, and nothing of them left behind. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { allGone, makeMark } from "./support/marked.ts";
import { ofType } from "./support/run.ts";
import { call, resultsIn, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

const program = resolve(import.meta.dirname, "../support/mcp/server.mjs");
const server = (mark: string, more: object = {}) => ({
  command: process.execPath,
  args: [program, mark],
  ...more,
});

describe("a server of the user's settings", () => {
  it("has its tools called behind the gate, sees no secret but what its entry names, and is gone at the end", async () => {
    const mark = makeMark();
    const { exec, fake, settings } = await scene([
      {
        calls: [
          call("mcp__test__echo", { text: "hi" }, "echo"),
          call("mcp__test__environment", {}, "environment"),
          call("mcp__test__fail", {}, "fail"),
        ],
      },
      // Asks like a command, and nobody is there to be asked.
      { calls: [call("mcp__test__picture", {}, "picture")] },
      { text: "All done." },
      // What the server told of itself is known to the next run: it is started by its first call.
      { calls: [call("mcp__test__die", {}, "die")] },
      { calls: [call("mcp__test__echo", { text: "again" }, "echo")] },
    ]);
    settings({
      mcpServers: {
        test: server(mark, { env: { GIVEN: "${OPENAI_API_KEY}", OTHER: "${NOT_SET:-fallback}" } }),
      },
    });
    const allow = ["echo", "environment", "fail", "die"].flatMap((name) => ["--allow", `mcp__test__${name}`]);
    const { events, result } = await exec([...allow, "go"]);
    expect(result.exitCode).toBe(0);
    const [echo, environment, failed] = resultsIn(fake, 1);
    expect(echo).toBe("echo: hi");
    const seen = JSON.parse(environment ?? "{}") as Record<string, string>;
    expect(seen.OTHER).toBe("fallback");
    expect(Object.keys(seen)).toContain("GIVEN");
    expect(Object.keys(seen).filter((name) => /KEY|TAU_HOME|BASE_URL/.test(name))).toEqual([]);
    expect(failed).toBe("it did not work");
    expect(resultsIn(fake, 2).at(-1)).toContain("--allow 'mcp__test__picture'");
    expect(ofType(events, "tool.finished").map(({ callId, status }) => [callId, status])).toEqual(
      expect.arrayContaining([
        ["echo", "ok"],
        ["fail", "error"],
      ]),
    );
    await allGone(mark);

    await exec([...allow, "again"]);
    expect(JSON.stringify(fake.requests.at(3)?.body)).toContain("mcp__test__echo");
    expect(resultsIn(fake, 4)).toEqual([expect.stringMatching(/exit code 7.*goodbye, cruel world/)]);
    expect(resultsIn(fake, 5).at(-1)).toBe("echo: again");
    await allGone(mark);
  });

  it("that cannot start is said, with its last words, and keeps nothing from being done", async () => {
    const mark = makeMark();
    const { exec, settings } = await scene();
    // It has to have its time to die on a busy machine.
    settings({ mcpServers: { dead: server(mark, { env: { MCP_MOOD: "dead" } }) }, mcp: { waitSeconds: 60 } });
    const { events, result } = await exec(["go"]);
    expect(result.exitCode).toBe(0);
    expect(ofType(events, "note").map(({ text }) => text)).toEqual([
      expect.stringMatching(/dead is not there: .*exit code 3.*cannot find my configuration/),
    ]);
    await allGone(mark);
  });
});

describe("a server of the project", () => {
  it("is not started before a person allowed it, and again not when its entry changed", async () => {
    const mark = makeMark();
    const { exec, fake, world } = await scene();
    const starts = join(world.home, "starts");
    const write = (more: object) =>
      world.file(".mcp.json", JSON.stringify({ mcpServers: { test: server(mark, more) } }));
    write({ env: { MCP_STARTS: starts } });
    writeFileSync(starts, "");
    const { events } = await exec(["go"]);
    expect(ofType(events, "note").map(({ text }) => text)).toEqual([
      expect.stringContaining("tau mcp allow test"),
    ]);
    expect(readFileSync(starts, "utf8")).toBe("");

    const allowed = await runTau(world, ["mcp", "allow", "test", "--yes"]);
    expect(allowed.stdout).toContain(mark);
    await exec(["go"]);
    expect(readFileSync(starts, "utf8")).toBe("started\n");
    expect(JSON.stringify(fake.requests.at(-1)?.body)).toContain("mcp__test__echo");

    write({ env: { MCP_STARTS: starts, MORE: "yes" } });
    const again = await exec(["go"]);
    expect(ofType(again.events, "note").map(({ text }) => text)).toEqual([
      expect.stringContaining("tau mcp allow test"),
    ]);
    expect(readFileSync(starts, "utf8")).toBe("started\n");
  });
});
