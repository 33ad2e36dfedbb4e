import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { mergeSettings } from "../../src/config/load.ts";
import { projectRules, tightened } from "../../src/config/project-settings.ts";
import { type Settings, settingsSchema } from "../../src/config/settings.ts";

/** Dotted names of all settings of the schema; a record is one setting. */
function settingsOf(schema: z.ZodType, name = ""): string[] {
  const { def } = schema as z.ZodType & {
    def: { type: string; innerType?: z.ZodType; shape?: Record<string, z.ZodType> };
  };
  if (def.innerType) return settingsOf(def.innerType, name);
  // Some are judged as a whole.
  if (name in projectRules) return [name];
  if (def.type !== "object" || !def.shape) return [name];
  return Object.entries(def.shape).flatMap(([key, inner]) =>
    settingsOf(inner, name === "" ? key : `${name}.${key}`),
  );
}

/** The user's word, what a project writes, and whether that counts beside it. */
const cases: { [key: string]: [user: Settings, project: Settings, counts: boolean][] } = {
  $schema: [[{}, { $schema: "x" }, true]],
  model: [[{}, { model: "dear/model" }, false]],
  effort: [
    [{}, { effort: "max" }, false],
    [{ effort: "max" }, { effort: "low" }, false],
  ],
  mode: [
    [{}, { mode: "plan" }, true],
    [{}, { mode: "ask" }, true],
    [{}, { mode: "edit" }, false],
    [{ mode: "full" }, { mode: "edit" }, true],
    [{ mode: "plan" }, { mode: "ask" }, false],
  ],
  "permissions.allow": [[{}, { permissions: { allow: ["Bash"] } }, false]],
  "permissions.preset": [
    [{}, { permissions: { preset: "strict" } }, true],
    [{}, { permissions: { preset: "permissive" } }, false],
  ],
  "permissions.ask": [[{}, { permissions: { ask: ["Bash"] } }, true]],
  "permissions.deny": [[{}, { permissions: { deny: ["Bash"] } }, true]],
  "budgets.run.usd": [[{}, { budgets: { run: { usd: 1 } } }, true]],
  "budgets.run.tokens": [[{}, { budgets: { run: { tokens: 1 } } }, true]],
  "budgets.session.usd": [[{}, { budgets: { session: { usd: 1 } } }, true]],
  "budgets.session.tokens": [[{}, { budgets: { session: { tokens: 1 } } }, true]],
  "budgets.day.usd": [[{}, { budgets: { day: { usd: 1 } } }, true]],
  "budgets.day.tokens": [[{}, { budgets: { day: { tokens: 1 } } }, true]],
  "budgets.project.usd": [[{}, { budgets: { project: { usd: 1 } } }, true]],
  "budgets.project.tokens": [[{}, { budgets: { project: { tokens: 1 } } }, true]],
  "limits.steps": [
    [{}, { limits: { steps: 250 } }, true],
    [{}, { limits: { steps: 251 } }, false],
    [{ limits: { steps: 900 } }, { limits: { steps: 900 } }, true],
    [{ limits: { steps: 9 } }, { limits: { steps: 10 } }, false],
  ],
  "limits.turnSeconds": [[{}, { limits: { turnSeconds: 1 } }, true]],
  fallback: [[{}, { fallback: ["dear/model"] }, false]],
  "retry.attempts": [[{ retry: { attempts: 2 } }, { retry: { attempts: 99 } }, false]],
  "retry.baseDelaySeconds": [[{}, { retry: { baseDelaySeconds: 1 } }, false]],
  "retry.maxSeconds": [[{}, { retry: { maxSeconds: 9_999 } }, false]],
  onLimit: [[{}, { onLimit: "wait" }, false]],
  evidence: [
    [{}, { evidence: "require" }, true],
    [{ evidence: "require" }, { evidence: "off" }, false],
  ],
  cacheTtl: [[{}, { cacheTtl: "1h" }, false]],
  compactAt: [
    [{}, { compactAt: 0.95 }, false],
    [{}, { compactAt: 0.3 }, false],
  ],
  contextFileBytes: [
    [{}, { contextFileBytes: 9_999_999 }, false],
    [{}, { contextFileBytes: 1 }, false],
  ],
  environment: [[{}, { environment: ["AWS_SECRET_ACCESS_KEY"] }, false]],
  "checkpoints.enabled": [[{}, { checkpoints: { enabled: false } }, false]],
  "checkpoints.maxFileBytes": [[{}, { checkpoints: { maxFileBytes: 1 } }, false]],
  "checkpoints.maxProjectBytes": [[{}, { checkpoints: { maxProjectBytes: 1 } }, false]],
  "checkpoints.keepDays": [[{}, { checkpoints: { keepDays: 1 } }, false]],
  "webFetch.httpHosts": [[{}, { webFetch: { httpHosts: ["a.example"] } }, false]],
  disabledTools: [[{}, { disabledTools: ["bash"] }, true]],
  mcpServers: [[{}, { mcpServers: { docs: { command: "npx" } } }, false]],
  "mcp.waitSeconds": [[{}, { mcp: { waitSeconds: 1 } }, false]],
  "mcp.toolTokens": [[{}, { mcp: { toolTokens: 100_000 } }, false]],
  footer: [[{}, { footer: ["model"] }, false]],
  notify: [[{}, { notify: "off" }, false]],
  statusLine: [[{}, { statusLine: { type: "command", command: "id" } }, false]],
  editor: [[{}, { editor: "vim" }, false]],
  keys: [[{}, { keys: { composer: { send: ["tab"] } } }, false]],
  theme: [[{}, { theme: "light" }, false]],
  motion: [[{}, { motion: "reduced" }, false]],
  screen: [[{}, { screen: "full" }, false]],
  providers: [[{}, { providers: { anthropic: { baseUrl: "https://evil.example" } } }, false]],
  profile: [[{}, { profile: "work" }, false]],
  profiles: [[{}, { profiles: { work: { mode: "full" } } }, false]],
  models: [[{}, { models: { "openai/gpt": { price: { input: 0, output: 0 } } } }, false]],
};

describe("what a project's file may set", () => {
  it("is judged for every setting there is, and tested for every setting", () => {
    const all = settingsOf(settingsSchema).sort();
    expect(Object.keys(projectRules).sort()).toEqual(all);
    expect(Object.keys(cases).sort()).toEqual(all);
  });

  const table = Object.entries(cases).flatMap(([key, list]) => list.map((one) => [key, ...one] as const));
  it.each(table)("%s: beside %o, %o counts: %s", (key, user, project, counts) => {
    const { settings, ignored } = tightened(project, user);
    expect(settings).toEqual(counts ? project : {});
    expect(ignored.map((one) => one.key)).toEqual(counts ? [] : [key]);
    for (const { why } of ignored) expect(why).not.toBe("");
    if (!counts) expect(mergeSettings(user, settings)).toEqual(user);
  });

  it("keeps what counts beside what does not", () => {
    const written: Settings = {
      permissions: { allow: ["Bash"], deny: ["WebFetch"] },
      limits: { steps: 999, turnSeconds: 60 },
      retry: { attempts: 9 },
    };
    expect(tightened(written, { retry: { attempts: 2 } })).toEqual({
      settings: { permissions: { deny: ["WebFetch"] }, limits: { turnSeconds: 60 } },
      ignored: [
        { key: "permissions.allow", why: expect.any(String) },
        { key: "limits.steps", why: "it is above 250" },
        { key: "retry.attempts", why: expect.any(String) },
      ],
    });
  });
});
