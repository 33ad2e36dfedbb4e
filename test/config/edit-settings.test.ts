import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { editedText, editSettings } from "../../src/config/edit-settings.ts";
import { loadSettings } from "../../src/config/load.ts";
import { tauPaths } from "../../src/config/paths.ts";
import { settingPath, settingsJsonSchema, settingValue } from "../../src/config/setting-path.ts";
import { parseSettings } from "../../src/config/settings-file.ts";

let folder: string;
const file = (): string => join(folder, "config.json");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tau-edit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a change of a settings file", () => {
  it.each([
    [
      '{\r\n  // mine\r\n  "mode": "ask", // for now\r\n  "budgets": { "day": { "usd": 1 } }\r\n}\r\n',
      '{\r\n  // mine\r\n  "mode": "plan" // for now\r\n}\r\n',
    ],
    [
      '{\n  // mine\n  "budgets": { "day": { "usd": 1 } }, /* a cap */\n  "mode": "ask"\n}\n',
      '{\n  // mine\n   /* a cap */\n  "mode": "plan"\n}\n',
    ],
    ['{ "budgets": { "day": { "usd": 1, "tokens": 2 } }, "mode": "ask", }', null],
  ])("keeps comments, order and line ends, and takes emptied objects out: %j", async (text, wanted) => {
    const edits = [
      { steps: ["budgets", "day", "usd"], value: undefined },
      { steps: ["mode"], value: "plan" },
    ];
    const edited = await editedText(text, edits);
    if (wanted !== null) expect(edited).toBe(wanted);
    else
      expect((await parseSettings(edited, "x")).settings).toEqual({
        budgets: { day: { tokens: 2 } },
        mode: "plan",
      });
  });

  it("that would be wrong writes nothing and leaves nothing behind", async () => {
    writeFileSync(file(), '{"mode": "ask"}');
    await expect(editSettings(file(), [{ steps: ["mode"], value: "edti" }], Date.now)).rejects.toMatchObject({
      reason: "usage",
      message: expect.stringMatching(/^mode is "edti"/),
    });
    expect([readFileSync(file(), "utf8"), readdirSync(folder)]).toEqual(['{"mode": "ask"}', ["config.json"]]);
  });

  it("beside others is never lost", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await Promise.all(
      names.map((name) =>
        editSettings(file(), [{ steps: ["profiles", name, "mode"], value: "plan" }], Date.now),
      ),
    );
    const { profiles } = JSON.parse(readFileSync(file(), "utf8")) as { profiles: object };
    expect(Object.keys(profiles).sort()).toEqual(names.toSorted());
  });
});

describe("the name of a setting", () => {
  it.each([
    ["model", ["model"]],
    ["budgets.day.usd", ["budgets", "day", "usd"]],
    ["models.openai/gpt-5.1.price.input", ["models", "openai/gpt-5.1", "price", "input"]],
    ["providers.a.headers.x.y", ["providers", "a", "headers", "x.y"]],
    ["profiles.work.models.a/b.1.vision", ["profiles", "work", "models", "a/b.1", "vision"]],
  ])("%s leads to %j", async (name, steps) => {
    expect(settingPath(name, await settingsJsonSchema()).steps).toEqual(steps);
  });

  it.each([
    ["modle", /did you mean model\?|did you mean .*model/],
    ["budgets.day.usb", /budgets\.day\.usd/],
    ["", /tau config schema/],
    ["__proto__", /tau config schema|did you mean/],
  ])("%j is none, and says what may be meant", async (name, hint) => {
    const schema = await settingsJsonSchema();
    expect(() => settingPath(name, schema)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(hint) }),
    );
  });

  it("never ends other than in a setting or a refusal, whatever is typed", async () => {
    const schema = await settingsJsonSchema();
    const part = fc.oneof(
      fc.constantFrom("models", "price", "input", "profiles", "work", "budgets", "day"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        try {
          const { steps, node } = settingPath(parts.join("."), schema);
          expect(steps.join(".")).toBe(parts.join("."));
          settingValue("x", node, ["5"]);
        } catch (error) {
          expect(error).toMatchObject({ name: "TauError", reason: "usage" });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a profile", () => {
  const load = (env: Record<string, string>, flags = {}) =>
    loadSettings(tauPaths({ TAU_HOME: folder }, folder), join(folder, "project"), env, flags);

  it("is laid over the user's own word: it may raise a cap, which a project's file may not", async () => {
    writeFileSync(
      file(),
      JSON.stringify({
        mode: "ask",
        budgets: { day: { usd: 1, tokens: 9 } },
        permissions: { deny: ["WebFetch"] },
        profile: "home",
        profiles: {
          home: { mode: "plan" },
          work: { budgets: { day: { usd: 20 } }, permissions: { deny: ["Read(.env)"] } },
        },
      }),
    );
    expect((await load({})).settings).toMatchObject({ mode: "plan", budgets: { day: { usd: 1 } } });
    const work = await load({ TAU_PROFILE: "work" });
    expect(work.settings).toMatchObject({
      mode: "ask",
      budgets: { day: { usd: 20, tokens: 9 } },
      permissions: { deny: ["WebFetch", "Read(.env)"] },
    });
    expect(work.layers.map(({ origin }) => origin.layer)).toEqual([
      "user",
      "profile",
      "environment",
      "flags",
    ]);
    expect((await load({ TAU_PROFILE: "work" }, { profile: "default" })).settings.mode).toBe("ask");
    await expect(load({ TAU_PROFILE: "wrok" })).rejects.toMatchObject({ hint: "did you mean work?" });
  });
});
