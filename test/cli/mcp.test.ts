/** Every verb of `tau mcp`, one after another on one machine, beside a server on loopback: what it says, and what stays of it. */
import { expect, it, onTestFinished } from "vitest";
import { exitCodes } from "../../src/core/errors.ts";
import { type Machine, type Run, setUp } from "../support/command-line.ts";
import { fakeMcp, startRemote } from "../support/mcp/fake.ts";

const token = "sesame-0123456789-open";

/** A line as it is typed, how it ends, and what it says. `URL` stands for the server's address. */
type Step = { line: string; code?: keyof typeof exitCodes; says: RegExp; silent?: RegExp };

const steps: readonly Step[] = [
  { line: "list", says: /^NAME|shop +not allowed +\? +\? +\S+\.mcp\.json$/m },
  { line: "get nobody", code: "usage", says: /there is no MCP server nobody.*tau mcp list/s },
  { line: "add docs", code: "usage", says: /either a command or a --url/ },
  { line: "add docs --url URL -- npx docs", code: "usage", says: /either a command or a --url/ },
  { line: "add docs --url URL --header broken", code: "usage", says: /broken has no : between/ },
  {
    line: "add docs --url URL --header Authorization:Bearer\u00a0${DOCS_TOKEN} --header X-Key:open-secret-1 --tools e*",
    says: /docs stands in .*config\.json; tau mcp check docs/,
  },
  {
    line: "get docs",
    says: /^docs: idle\n.*Authorization: Bearer.\$\{DOCS_TOKEN\}.*X-Key: …\n.*not known yet/s,
    silent: /open-secret/,
  },
  {
    line: "check docs",
    says: /^docs: ready\n.*1 tools, about \d+ tokens.*mcp__docs__echo.*resources behind @docs: 1\n.*\/mcp__docs__hello/s,
  },
  { line: "list", says: /docs +idle +1 +\d+ +settings\n.*about \d+ tokens of every request/s },
  { line: "list --json", says: /"name":"docs".*"name":"mcp__docs__echo"/, silent: /"log"/ },
  { line: "get docs --json", says: /"resources":1,"prompts":\["mcp__docs__hello"\]/ },
  { line: "check shop", code: "failure", says: /shop was not allowed/ },
  {
    line: "allow shop",
    code: "usage",
    says: /shop, from .*\n {2}no-such-shop --till\n.*nobody is there to ask/s,
  },
  { line: "allow shop --yes", says: /may be started in this project from now on/ },
  { line: "check shop", code: "failure", says: /shop is not there/ },
  { line: "check", code: "failure", says: /docs: ready.*shop is not there|shop is not there.*docs: ready/s },
  { line: "remove shop", code: "usage", says: /stands in .*\.mcp\.json, which is the project's/ },
  { line: "remove docs", says: /docs is out of .*config\.json/ },
  { line: "remove docs", code: "usage", says: /there is no MCP server docs/ },
];

it("lists, shows, checks, allows, adds and removes servers, and gives away nothing they are given", async () => {
  const mcp = fakeMcp({
    tools: ["echo", "hidden"],
    resources: { "doc://a": { text: "A" } },
    prompts: [{ name: "hello" }],
  });
  const remote = await startRemote(mcp);
  onTestFinished(() => remote.close());
  const machine: Machine = await setUp({
    env: { DOCS_TOKEN: token },
    files: {
      "project/.mcp.json": JSON.stringify({
        mcpServers: { shop: { command: "no-such-shop", args: ["--till"] } },
      }),
    },
  });
  const said: string[] = [];
  for (const { line, code = "done", says, silent } of steps) {
    const words = line.split(" ").map((word) => word.replace("URL", remote.url).replace("\u00a0", " "));
    const { stdout, stderr, ...run }: Run = await machine.tau(["mcp", ...words]);
    const all = `${stdout}${stderr}`;
    expect({ line, code: run.code, all }).toEqual({
      line,
      code: exitCodes[code],
      all: expect.stringMatching(says),
    });
    if (silent) expect(all).not.toMatch(silent);
    said.push(all);
  }
  expect(said.join("\n")).not.toContain(token);
  const [first] = remote.headers;
  expect(first).toMatchObject({ authorization: `Bearer ${token}`, "x-key": "open-secret-1" });
  expect(machine.config().mcpServers).toBeUndefined();
});
