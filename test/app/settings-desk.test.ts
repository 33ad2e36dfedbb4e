/** Settings written while Tau runs: what the file holds then, and what the next start has. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { settingsDesk } from "../../src/app/settings-desk.ts";
import { loadSettings } from "../../src/config/load.ts";
import type { Settings } from "../../src/config/settings.ts";

/** A person's and a project's folder, with what stands in the person's file. */
function desk(text: string | null, { env = {}, flags = {} }: { env?: object; flags?: Settings } = {}) {
  const home = mkdtempSync(join(tmpdir(), "tau-desk-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const paths = { config: join(home, "config"), data: join(home, "data"), state: join(home, "state") };
  const root = join(home, "project");
  mkdirSync(paths.config);
  mkdirSync(root);
  const file = join(paths.config, "config.json");
  if (text !== null) writeFileSync(file, text);
  return {
    ...settingsDesk({ options: { env: { ...env }, flags, now: Date.now }, paths, root }),
    text: () => readFileSync(file, "utf8"),
    project: () => readFileSync(join(root, ".tau", "config.json"), "utf8"),
    next: async () => (await loadSettings(paths, root, {}, {})).settings,
  };
}

describe("writing a setting", () => {
  it("keeps comments and order, and the next start has it; taking it out leaves the rest", async () => {
    const at = desk('{\n  // mine\n  "mode": "ask", // careful\n  "limits": {\n    "steps": 9\n  }\n}\n');
    expect(await at.write("theme", ["dark"], "own")).toMatch(/^theme = dark in .*config\.json$/);
    expect(await at.write("mode", ["edit"], "own")).toContain("mode = edit");
    expect(at.text()).toBe(
      '{\n  // mine\n  "mode": "edit", // careful\n  "limits": {\n    "steps": 9\n  },\n  "theme": "dark"\n}\n',
    );
    expect(await at.next()).toMatchObject({ theme: "dark", mode: "edit", limits: { steps: 9 } });
    expect(await at.write("theme", [], "own")).toMatch(/^theme is not set in .* any more$/);
    expect((await at.next()).theme).toBeUndefined();
    expect(at.text()).toContain("// careful");
  });

  it("makes the file where there is none, and takes numbers, lists and tables for what they are", async () => {
    const at = desk(null);
    await at.write("limits.steps", ["7"], "own");
    await at.write("fallback", ["openai/a", "openai/b"], "own");
    await at.write("keys.composer.newline", ["ctrl+n"], "own");
    expect(await at.next()).toMatchObject({
      limits: { steps: 7 },
      fallback: ["openai/a", "openai/b"],
      keys: { composer: { newline: ["ctrl+n"] } },
    });
  });

  it("goes into the profile in force where that says something of it", async () => {
    const at = desk(
      '{ "profile": "work", "theme": "dark", "profiles": { "work": { "model": "openai/x" } } }',
    );
    expect(await at.write("model", ["openai/y"], "own")).toContain("(profile work)");
    expect(await at.write("theme", ["light"], "own")).not.toContain("profile");
    expect(await at.next()).toMatchObject({ model: "openai/y", theme: "light" });
  });

  it("of what may not stand there writes nothing and says why", async () => {
    const before = '{ "mode": "ask" }\n';
    const at = desk(before);
    await expect(at.write("mode", ["loud"], "own")).rejects.toThrow(/mode is "loud"/);
    await expect(at.write("them", ["dark"], "own")).rejects.toThrow(
      /no setting them \(did you mean theme\?\)/,
    );
    await expect(at.write("model", ["nobody/x"], "own")).rejects.toThrow(/nobody/);
    await expect(at.write("theme", ["dark"], "project")).rejects.toThrow(/project's file cannot set theme/);
    expect(at.text()).toBe(before);
  });

  it("in the project's file tightens; what has the last word over one's own is told", async () => {
    const at = desk('{ "model": "openai/x" }', { env: { TAU_MODEL: "openai/z" } });
    expect(await at.write("mode", ["plan"], "project")).toContain(join(".tau", "config.json"));
    expect(JSON.parse(at.project())).toEqual({ mode: "plan" });
    expect(await at.write("model", ["openai/y"], "own")).toMatch(/environment TAU_MODEL has the last word/);
  });

  it("is not measured by what stands on this command line", async () => {
    const at = desk("{}", { flags: { model: "openai/flag" } });
    expect(await at.write("model", ["openai/y"], "own")).not.toContain("last word");
  });
});

describe("the list of settings", () => {
  it("has each with value, origin and what it is for; what is built in, and tables by their names, too", async () => {
    const at = desk(
      '{\n "theme": "dark",\n "providers": { "mine": { "baseUrl": "http://u:secret@h/v1", "dialect": "responses" } }\n}',
      { flags: { mode: "edit" } },
    );
    const list = await at.list();
    const of = (key: string) => list.find((one) => one.key === key);
    expect(of("theme")).toMatchObject({
      value: "dark",
      from: expect.stringMatching(/^user .*config\.json:2:\d+$/),
      kind: "text",
    });
    expect(of("mode")).toMatchObject({
      value: "edit",
      from: "flags",
      kind: "choice",
      choices: ["plan", "ask", "edit", "full"],
      about: "How freely tools may act",
    });
    expect(of("compactAt")).toMatchObject({ value: "0.8", from: "built-in", kind: "number" });
    expect(of("notify")).toMatchObject({ value: null, from: null });
    expect(of("providers.mine.baseUrl")?.value).not.toContain("secret");
    expect(list.filter(({ key }) => /^(\$schema|profiles)/.test(key))).toEqual([]);
    expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
  });
});
