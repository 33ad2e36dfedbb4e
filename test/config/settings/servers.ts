/** Cases of the settings of MCP servers, over a real one. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import type { Settings } from "../../../src/config/settings.ts";
import { defaultWaitMs } from "../../../src/extensions/mcp/servers.ts";
import type { Seat } from "../../support/front-end.ts";
import type { FakeAnswer } from "../../support/upstream/script.ts";
import type { SettingCase } from "./case.ts";

const program = fileURLToPath(new URL("../../support/mcp/small-server.mjs", import.meta.url));
const stone = { command: process.execPath, args: [program] };
const calls = (name: string): FakeAnswer => ({
  calls: [{ id: "m", name: `mcp__stone__${name}`, input: {} }],
});
type Server = NonNullable<Settings["mcpServers"]>[string];

/** A session with such a server, and what the model is told in it. */
const server = (
  written: Server,
  proof: (asked: string, at: Seat) => void | Promise<void>,
  more: { settings?: Settings; script?: FakeAnswer[]; files?: { [path: string]: string } } = {},
): SettingCase => ({
  runs: true,
  house: {
    ...more,
    flags: { mode: "full" },
    settings: { ...more.settings, mcpServers: { stone: written } },
  },
  async proof(at: Seat) {
    await at.say("go");
    await proof(at.fake.requests.at(-1)?.raw ?? "", at);
  },
});

const offers = (asked: string): void => expect(asked).toContain("mcp__stone__echo");

/** A server that is asked over HTTP, has nothing to say, and writes down how it was asked. */
const overHttp = (more: object, proof: (seen: readonly string[]) => void): SettingCase => {
  const seen: string[] = [];
  return {
    async house() {
      const listener = createServer((request, response) => {
        seen.push(`${request.method} ${request.headers["x-stone"] ?? ""}`);
        response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void listener.close());
      const address = listener.address();
      const port = typeof address === "object" ? address?.port : 0;
      return { settings: { mcpServers: { stone: { url: `http://127.0.0.1:${port}/mcp`, ...more } } } };
    },
    async proof({ app }: Seat) {
      const mcp = await app.mcp();
      await mcp?.servers
        .get("stone")
        ?.ready(new AbortController().signal)
        .catch(() => undefined);
      proof(seen);
    },
  };
};

/** By the setting's dotted name. */
export const serverSettings = {
  "mcpServers.*.command": server(stone, offers),
  "mcpServers.*.args": server(stone, offers),
  "mcpServers.*.env.*": server(
    { ...stone, env: { COLOUR: "grey-like-rain" } },
    (asked) => expect(asked).toContain("grey-like-rain"),
    {
      script: [calls("environment")],
    },
  ),
  "mcpServers.*.cwd": server({ command: process.execPath, args: ["./link.mjs"], cwd: "inner" }, offers, {
    files: { "inner/link.mjs": `import ${JSON.stringify(program)};` },
  }),
  "mcpServers.*.timeout": server(
    { ...stone, timeout: 200 },
    (asked) => expect(asked).toMatch(/tool_result.*(0\.2 s|200 ms|time)/s),
    {
      script: [calls("hang")],
    },
  ),
  "mcpServers.*.startupTimeout": {
    runs: true,
    house: {
      settings: { mcpServers: { stone: { ...stone, startupTimeout: 200, env: { MCP_MOOD: "silent" } } } },
    },
    async proof({ app }: Seat) {
      const mcp = await app.mcp();
      await expect(mcp?.servers.get("stone")?.ready(new AbortController().signal)).rejects.toThrow(
        /timed out/,
      );
    },
  },
  "mcpServers.*.tools": server({ ...stone, tools: ["echo"] }, (asked) => {
    offers(asked);
    expect(asked).not.toContain("mcp__stone__fail");
  }),
  "mcpServers.*.disabled": server({ ...stone, disabled: true }, (asked) =>
    expect(asked).not.toContain("mcp__stone__echo"),
  ),
  "mcpServers.*.url": overHttp({}, (seen) => expect(seen.length).toBeGreaterThan(0)),
  "mcpServers.*.headers.*": overHttp({ headers: { "X-Stone": "grey" } }, (seen) =>
    expect(seen[0]).toBe("POST grey"),
  ),
  "mcpServers.*.type": overHttp({ type: "sse" }, (seen) => expect(seen[0]).toBe("GET ")),
  "mcp.waitSeconds": {
    runs: true,
    house: {
      settings: {
        mcp: { waitSeconds: 0.05 },
        mcpServers: { stone: { ...stone, env: { MCP_MOOD: "silent" } } },
      },
    },
    async proof({ app }: Seat) {
      const mcp = await app.mcp();
      const begun = performance.now();
      await mcp?.settle(new AbortController().signal);
      expect(performance.now() - begun).toBeLessThan(defaultWaitMs);
    },
  },
  "mcp.toolTokens": server(stone, (asked) => expect(asked).not.toContain("mcp__stone__echo"), {
    settings: { mcp: { toolTokens: 0 } },
  }),
} satisfies { readonly [key: string]: SettingCase };
