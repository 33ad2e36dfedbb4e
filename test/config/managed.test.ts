/** This machine's policy: it stands above every layer, tightens, and is never ignored. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ignoredNotes, loadSettings } from "../../src/config/load.ts";
import type { Settings } from "../../src/config/settings.ts";
import { collectRules } from "../../src/policy/collect.ts";
import { decide } from "../../src/policy/decide.ts";
import { readLine } from "../support/read-line.ts";

const owner = process.getuid?.() ?? 0;

function place(policy: string, user: Settings = {}) {
  const root = mkdtempSync(join(tmpdir(), "tau-managed-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ["config", "project/.tau"]) mkdirSync(join(root, folder), { recursive: true });
  const managed = { path: join(root, "policy.json"), owner };
  writeFileSync(managed.path, policy, { mode: 0o644 });
  writeFileSync(join(root, "config/config.json"), JSON.stringify(user));
  const paths = {
    config: join(root, "config"),
    data: join(root, "data"),
    state: join(root, "state"),
    managed,
  };
  return { paths, project: join(root, "project") };
}

it("its rules, caps and mode stand above what users write and pass", async () => {
  const policy = {
    mode: "edit",
    permissions: { deny: ["Bash(curl:*)"], ask: ["Bash(git push:*)"] },
    budgets: { day: { usd: 5 } },
    disabledTools: ["web_fetch"],
  } as const;
  const { paths, project } = place(JSON.stringify(policy), {
    mode: "full",
    permissions: { allow: ["Bash", "Bash(curl:*)", "Bash(git push:*)"] },
    budgets: { day: { usd: 50 } },
  });
  const flags = { mode: "full", budgets: { day: { usd: 500 } } } as const;
  const loaded = await loadSettings(paths, project, {}, flags);
  expect(loaded.settings).toMatchObject({
    mode: "edit",
    budgets: { day: { usd: 5 } },
    disabledTools: ["web_fetch"],
  });
  expect(ignoredNotes(loaded)).toEqual([
    expect.stringMatching(/mode edit at most \(.*policy\.json:1:\d+\); full/),
  ]);
  const rules = collectRules(loaded.layers, { allow: ["Bash(curl:*)"], deny: [] });
  const effectOf = (command: string) =>
    decide(
      {
        name: "bash",
        access: "execute",
        intent: { summary: command, paths: [], command },
        line: readLine(command),
        cwd: project,
        projectRoot: project,
        home: "/home/ann",
      },
      { mode: "full", rules, ...(loaded.freest && { freest: loaded.freest.mode }) },
    );
  expect(effectOf("curl x")).toMatchObject({
    effect: "deny",
    source: "managed config",
    place: expect.stringMatching(/policy\.json:1:/),
  });
  expect(effectOf("git push")).toMatchObject({ effect: "ask", source: "managed config" });
  expect(effectOf("make")).toMatchObject({ effect: "allow" });
});

it.each<[string, string, number, RegExp]>([
  ["that others can change", "{}", 0o666, /others than its administrator can change it/],
  ["that is no JSON", "{", 0o644, /policy\.json:1:/],
  ["that sets what is none of its business", '{ "model": "a/b" }', 0o644, /does not set model/],
  ["with a setting there is not", '{ "permisions": {} }', 0o644, /permisions/],
])("one %s stops everything", async (_, text, mode, message) => {
  const { paths, project } = place(text);
  chmodSync(paths.managed.path, mode);
  await expect(loadSettings(paths, project, {}, {})).rejects.toThrow(message);
});

it("is not another user's to write", async () => {
  const { paths, project } = place("{}");
  const theirs = { ...paths, managed: { ...paths.managed, owner: owner + 1 } };
  await expect(loadSettings(theirs, project, {}, {})).rejects.toThrow(/administrator/);
});

it("a preset is its rules, at the weakest tier; a project may only choose the strict one", async () => {
  const { paths, project } = place("{}", { permissions: { preset: "balanced", deny: ["Bash(npm test:*)"] } });
  const load = () => loadSettings(paths, project, {}, {});
  const rules = collectRules((await load()).layers, { allow: [], deny: [] });
  expect(rules).toContainEqual(
    expect.objectContaining({ text: "Bash(npm test:*)", source: "preset balanced" }),
  );
  expect(rules).toContainEqual(expect.objectContaining({ effect: "deny", source: "user config" }));
  writeFileSync(join(project, ".tau/config.json"), '{ "permissions": { "preset": "permissive" } }');
  expect((await load()).settings.permissions?.preset).toBe("balanced");
  writeFileSync(join(project, ".tau/config.json"), '{ "permissions": { "preset": "strict" } }');
  expect((await load()).settings.permissions?.preset).toBe("strict");
});
