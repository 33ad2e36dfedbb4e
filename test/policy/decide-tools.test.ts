import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TauError } from "../../src/core/errors.ts";
import type { Mode } from "../../src/core/permission.ts";
import type { Access } from "../../src/core/tool.ts";
import { collectRules, ownFolderRules } from "../../src/policy/collect.ts";
import { decide, headless, type PolicyCall, suggestRule } from "../../src/policy/decide.ts";
import { type Effect, parseRule, type Rule } from "../../src/policy/rule.ts";
import { readLine } from "../support/read-line.ts";

const place = { cwd: "/home/ann/app/pkg", projectRoot: "/home/ann/app", home: "/home/ann" };

function callOf(name: string, target: string): PolicyCall {
  const access: Access =
    ({ read: "read", grep: "read", edit: "edit", apply_patch: "edit", web_fetch: "network" }[
      name
    ] as Access) ?? "execute";
  const isUrl = name === "web_fetch";
  return {
    name,
    access,
    intent: { summary: "", paths: isUrl || target === "" ? [] : [target], ...(isUrl ? { url: target } : {}) },
    ...place,
  };
}

const rule = (text: string, effect: Effect): Rule => parseRule(text, effect, "test");
const app = "/home/ann/app";

describe("modes", () => {
  it.each<[string, string, Record<Mode, Effect>]>([
    ["read", `${app}/src/a.ts`, { plan: "allow", ask: "allow", edit: "allow", full: "allow" }],
    ["read", "/home/ann/other/a.ts", { plan: "ask", ask: "ask", edit: "ask", full: "allow" }],
    ["read", "/home/ann/app-two/a.ts", { plan: "ask", ask: "ask", edit: "ask", full: "allow" }],
    ["read", `${app}/.env`, { plan: "ask", ask: "ask", edit: "ask", full: "allow" }],
    ["read", `${app}/.env.example`, { plan: "allow", ask: "allow", edit: "allow", full: "allow" }],
    ["read", "/home/ann/.ssh/config", { plan: "ask", ask: "ask", edit: "ask", full: "allow" }],
    ["edit", `${app}/src/a.ts`, { plan: "deny", ask: "ask", edit: "allow", full: "allow" }],
    ["edit", "/home/ann/other/a.ts", { plan: "deny", ask: "ask", edit: "ask", full: "allow" }],
    ["edit", `${app}/.git/hooks/pre-commit`, { plan: "deny", ask: "ask", edit: "ask", full: "allow" }],
    ["edit", `${app}/.tau/config.json`, { plan: "deny", ask: "ask", edit: "ask", full: "allow" }],
    ["edit", `${app}/.gitignore`, { plan: "deny", ask: "ask", edit: "allow", full: "allow" }],
    ["edit", "/home/ann/.ssh/authorized_keys", { plan: "deny", ask: "deny", edit: "deny", full: "deny" }],
    ["edit", "/home/ann/.bashrc", { plan: "deny", ask: "deny", edit: "deny", full: "deny" }],
    ["web_fetch", "https://example.com/x", { plan: "ask", ask: "ask", edit: "ask", full: "allow" }],
    ["mcp__db__query", "", { plan: "deny", ask: "ask", edit: "ask", full: "allow" }],
  ])("%s %s", (name, target, effects) => {
    for (const [mode, effect] of Object.entries(effects) as [Mode, Effect][]) {
      const decision = decide(callOf(name, target), { mode, rules: [] });
      expect([mode, decision.effect]).toEqual([mode, effect]);
      expect(decision.reason).not.toBe("");
    }
  });

  it("a tool without paths that only reads is allowed", () => {
    const todo: PolicyCall = { name: "todo", access: "read", intent: { summary: "", paths: [] }, ...place };
    expect(decide(todo, { mode: "plan", rules: [] }).effect).toBe("allow");
  });
});

describe("a rule", () => {
  it.each<[string, string, string, boolean]>([
    ["Edit", "edit", "/anywhere", true],
    ["Edit", "apply_patch", `${app}/a`, true],
    ["Write(/src/**)", "edit", `${app}/src/a/b.ts`, true],
    ["edit(/src/**)", "edit", `${app}/srcs/a.ts`, false],
    ["Edit(src/**)", "edit", `${app}/pkg/src/a.ts`, true],
    ["Edit(src/**)", "edit", `${app}/src/a.ts`, false],
    ["Edit(./src/*.ts)", "edit", `${app}/pkg/src/a.ts`, true],
    ["Edit(./src/*.ts)", "edit", `${app}/pkg/src/sub/a.ts`, false],
    ["Edit(/src/**/*.ts)", "edit", `${app}/src/a.ts`, true],
    ["Edit(/src/**/*.ts)", "edit", `${app}/src/x/y/a.ts`, true],
    ["Edit(/src/)", "edit", `${app}/src/a.ts`, true],
    ["Edit(*.md)", "edit", `${app}/pkg/docs/a.md`, true],
    ["Edit(*.md)", "edit", `${app}/README.md`, true],
    ["Edit(*.md)", "edit", "/home/ann/notes.md", false],
    ["Edit(docs)", "edit", `${app}/pkg/docs/a.md`, true],
    ["Edit(//tmp/**)", "edit", "/tmp/x/y", true],
    ["Edit(~/notes/**)", "edit", "/home/ann/notes/a", true],
    ["Edit(../shared/*)", "edit", `${app}/shared/a`, true],
    ["Edit(/a[0-9].ts)", "edit", `${app}/a7.ts`, true],
    ["Edit(/a[!0-9].ts)", "edit", `${app}/a7.ts`, false],
    ["Edit(/a?.ts)", "edit", `${app}/ab.ts`, true],
    ["Edit(/a.ts)", "edit", `${app}/aXts`, false],
    ["Edit(/we\\(ird\\).ts)", "edit", `${app}/we(ird).ts`, true],
    ["Read(/x/**)", "read", `${app}/x/a`, true],
    ["Read(/x/**)", "grep", `${app}/x/a`, true],
    ["Read(/x/**)", "edit", `${app}/x/a`, false],
    ["Grep(/x/**)", "read", `${app}/x/a`, false],
    ["WebFetch", "web_fetch", "https://a.com", true],
    ["WebFetch(domain:example.com)", "web_fetch", "https://EXAMPLE.com./x", true],
    ["WebFetch(domain:example.com)", "web_fetch", "https://sub.example.com/x", false],
    ["WebFetch(domain:example.com)", "web_fetch", "https://evil-example.com/x", false],
    ["WebFetch(domain:example.com)", "web_fetch", "https://evil.com/?example.com", false],
    ["WebFetch(domain:*.example.com)", "web_fetch", "https://a.b.example.com/x", true],
    ["WebFetch(domain:*.example.com)", "web_fetch", "https://example.com/x", false],
    ["mcp__db", "mcp__db__query", "", true],
    ["mcp__db__*", "mcp__db__query", "", true],
    ["mcp__db__query", "mcp__db__query", "", true],
    ["mcp__db__query", "mcp__db__query_all", "", false],
    ["mcp__db", "mcp__dbx__query", "", false],
  ])("%s allows %s %s: %s", (text, name, target, allowed) => {
    const decision = decide(callOf(name, target), { mode: "ask", rules: [rule(text, "allow")] });
    expect(decision.rule === text).toBe(allowed);
    if (allowed) expect(decision.effect).toBe("allow");
  });

  it("that forbids a bare name holds outside the project too, one that allows does not", () => {
    const outside = callOf("read", "/srv/secrets.yml");
    expect(decide(outside, { mode: "full", rules: [rule("Read(secrets.yml)", "deny")] }).effect).toBe("deny");
    expect(decide(outside, { mode: "ask", rules: [rule("Read(secrets.yml)", "allow")] }).effect).toBe("ask");
  });

  it("that allows must cover every path, one that forbids any", () => {
    const both: PolicyCall = {
      name: "apply_patch",
      access: "edit",
      intent: { summary: "", paths: [`${app}/a.ts`, `${app}/b.md`] },
      ...place,
    };
    expect(decide(both, { mode: "ask", rules: [rule("Edit(*.ts)", "allow")] }).effect).toBe("ask");
    expect(
      decide(both, { mode: "ask", rules: [rule("Edit(*.ts)", "allow"), rule("Edit(*.md)", "allow")] }).effect,
    ).toBe("ask");
    expect(decide(both, { mode: "full", rules: [rule("Edit(*.md)", "deny")] }).effect).toBe("deny");
  });

  it.each([
    "",
    "Bash(",
    "Bash)x(",
    "Bash(a",
    "(x)",
    "Bash(a:*b)",
    "WebFetch(example.com)",
    "WebFetch(domain:)",
    "todo(x)",
    "mcp__a__b(x)",
    "Edit(a[z-a])",
    "9lives",
  ])("%j is refused with what is wrong and where it stands", (text) => {
    expect(() => parseRule(text, "allow", "user config")).toThrow(/user config/);
  });

  it("is looked at in the order deny, ask, allow, mode, whatever the order they stand in", () => {
    const effects: Effect[] = ["deny", "ask", "allow"];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(effects, { minLength: 1 }),
        fc.constantFrom<Mode>("ask", "edit", "full"),
        (order, mode) => {
          const rules = order.map((effect) => rule("Edit(/src/**)", effect));
          const strongest = effects.find((effect) => order.includes(effect));
          expect(decide(callOf("edit", `${app}/src/a.ts`), { mode, rules }).effect).toBe(strongest);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("that forbids never loosens: adding one allows nothing that was not allowed before", () => {
    const words = fc.constantFrom(
      "ls",
      "rm",
      "touch",
      "git push",
      "cat",
      "-rf",
      "a",
      "/etc/x",
      "&&",
      "|",
      ";",
      "$(ls)",
      ">",
      "'q'",
      "bash -c",
    );
    const commands = fc.array(words, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(" "));
    const texts = fc.constantFrom(
      "Bash(rm *)",
      "Bash(git push:*)",
      "Bash",
      "Bash(touch:*)",
      "Read(//etc/**)",
      "Edit(a)",
    );
    const order = { allow: 0, ask: 1, deny: 2 };
    fc.assert(
      fc.property(
        commands,
        fc.array(texts, { maxLength: 3 }),
        texts,
        fc.constantFrom<Mode>("plan", "ask", "edit", "full"),
        (command, allowed, forbidden, mode) => {
          const call: PolicyCall = {
            name: "bash",
            access: "execute",
            intent: { summary: "", paths: [], command },
            line: readLine(command),
            ...place,
          };
          const before = allowed.map((text) => rule(text, "allow"));
          const loose = decide(call, { mode, rules: before });
          const tight = decide(call, { mode, rules: [...before, rule(forbidden, "deny")] });
          expect(order[tight.effect]).toBeGreaterThanOrEqual(order[loose.effect]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("whatever a model writes", () => {
  it("gets a decision, and what the shell would run unseen is never allowed by itself", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(
        "$(",
        "`",
        "'",
        '"',
        "\\",
        "<<",
        ">",
        "&&",
        "|",
        ";",
        "(",
        "{",
        "~",
        "rm",
        "ls",
        "cat",
        "-rf",
        "/",
        "*",
        "[",
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const command = pieces.join("");
        const call: PolicyCall = {
          ...callOf("bash", ""),
          intent: { summary: "", paths: [], command },
          line: readLine(command),
        };
        const { effect } = decide(call, { mode: "ask", rules: [rule("Read", "allow")] });
        if (/^[^'\\#]*(\$\(|`)/.test(command)) expect(effect).not.toBe("allow");
        suggestRule(call);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("rules from everywhere", () => {
  it("carry the layer they stand in", () => {
    const rules = collectRules(
      [
        { origin: { layer: "user" }, settings: { permissions: { allow: ["Edit"], deny: ["Bash(rm *)"] } } },
        { origin: { layer: "project" }, settings: { permissions: { ask: ["WebFetch"] } } },
        { origin: { layer: "environment" }, settings: {} },
      ],
      { allow: ["Bash(npm test)"], deny: ["Read(.env)"] },
    );
    expect(rules.map(({ effect, text, source }) => [effect, text, source])).toEqual([
      ["deny", "Bash(rm *)", "user config"],
      ["allow", "Edit", "user config"],
      ["ask", "WebFetch", "project config"],
      ["deny", "Read(.env)", "--deny"],
      ["allow", "Bash(npm test)", "--allow"],
    ]);
  });

  it.each([
    ["foo", /tool there is not: foo/, /^tools are Read, /],
    ["Wrte", /Wrte/, /did you mean Write\?/],
    ["Bsah(npm test)", /Bsah/, /did you mean Bash\?/],
    ["mcp__", /mcp__/, /./],
    ["Bash(npm test", /is not a rule/, /write it like/],
    ["WebFetch(example.com)", /needs domain:host/, /write it like/],
  ])("a rule that can match nothing is refused where it stands: %j", (text, message, hint) => {
    const none = { allow: [], deny: [] };
    const file = {
      origin: { layer: "user" },
      settings: { permissions: { deny: ["Bash", text] } },
      placeOf: (steps: readonly (string | number)[]) => `config.json:${steps.join(".")}`,
    };
    const refusal = (collect: () => unknown): TauError => {
      try {
        collect();
      } catch (error) {
        if (error instanceof TauError) return error;
      }
      throw new Error("it was taken");
    };
    for (const effect of ["allow", "deny"] as const) {
      const flag = refusal(() => collectRules([], { ...none, [effect]: [text] }));
      expect(flag).toMatchObject({ reason: "usage", message: expect.stringContaining(`--${effect}`) });
      expect([flag.message, flag.hint]).toEqual([
        expect.stringMatching(message),
        expect.stringMatching(hint),
      ]);
    }
    expect(refusal(() => collectRules([file], none))).toMatchObject({
      reason: "config",
      message: expect.stringMatching(/^config\.json:permissions\.deny\.1: /),
    });
  });

  it("are refused where they do not count too, and count no more for being right", () => {
    const layer = (text: string) => ({
      origin: { layer: "project" },
      settings: {},
      written: { permissions: { allow: [text] } },
    });
    const none = { allow: [], deny: [] };
    expect(collectRules([layer("Bash(npm test)")], none)).toEqual([]);
    expect(() => collectRules([layer("Bash(npm")], none)).toThrow(/is not a rule/);
  });

  it("names of tools that may come later, or that other agents have, are taken", () => {
    const deny = [
      ...["Bash", "Read", "Edit", "MultiEdit", "WebFetch", "WebSearch", "Task", "TodoWrite", "NotebookEdit"],
      ...["mcp__github", "mcp__github__create_issue", "mcp__github__*", "apply_patch", "LS", "Grep(src/**)"],
    ];
    expect(collectRules([], { allow: [], deny })).toHaveLength(deny.length);
  });

  it("guard Tau's own folders in every mode, but let the model read what its commands printed", () => {
    const rules = ownFolderRules({
      config: "/home/ann/.config/tau",
      data: "/home/ann/.local/share/tau",
      state: "/home/ann/.local/state/tau",
      output: "/home/ann/.local/state/tau/output",
    });
    const effect = (name: string, path: string, mode: Mode = "full") =>
      decide(callOf(name, path), { mode, rules }).effect;
    expect(effect("edit", "/home/ann/.config/tau/config.json")).toBe("deny");
    expect(effect("edit", "/home/ann/.local/share/tau/tau.db")).toBe("deny");
    expect(effect("read", "/home/ann/.config/tau/credentials.json")).toBe("deny");
    expect(effect("read", "/home/ann/.local/state/tau/output/x-1.log", "ask")).toBe("allow");
    expect(effect("read", "/home/ann/.local/state/tau/processes/x", "ask")).toBe("ask");
    const cat: PolicyCall = {
      ...callOf("bash", ""),
      intent: { summary: "", paths: [], command: "cat ~/.config/tau/credentials.json" },
      line: readLine("cat ~/.config/tau/credentials.json"),
    };
    expect(decide(cat, { mode: "full", rules }).effect).toBe("deny");
  });
});

describe("nobody to ask", () => {
  it("turns a question into a refusal that says how to permit the call, and leaves the rest alone", () => {
    const edit = callOf("edit", `${app}/a.ts`);
    const asked = decide(edit, { mode: "ask", rules: [] });
    expect(headless(asked, edit)).toEqual({
      ...asked,
      effect: "deny",
      reason: expect.stringMatching(/Nobody is there to ask.*--allow/),
    });
    const read = callOf("read", `${app}/a.ts`);
    const allowed = decide(read, { mode: "ask", rules: [] });
    expect(headless(allowed, read)).toBe(allowed);
  });

  it.each([
    ["npm test 2>&1", "--allow 'Bash(npm test:*)'"],
    ["perl -e 'print 1'", "--allow 'Bash(perl -e '\\''print 1'\\'')'"],
    ["perl -e '1;\n2'", "--allow or a rule"],
  ])("names the rule to write for %s, quoted for a shell", (command, says) => {
    const call: PolicyCall = {
      ...callOf("bash", ""),
      intent: { summary: "", paths: [], command },
      line: readLine(command),
    };
    const { reason } = headless(decide(call, { mode: "ask", rules: [] }), call);
    expect(reason).toContain(says);
  });
});

describe("the rule that always allow would save", () => {
  it.each<[string, string, string | null]>([
    ["edit", `${app}/src/deep/a.ts`, "Edit(/src/deep/**)"],
    ["edit", `${app}/a.ts`, "Edit(/a.ts)"],
    ["edit", `${app}/we(ird)/a.ts`, "Edit(/we\\(ird\\)/**)"],
    ["edit", "/srv/data/a.txt", "Edit(//srv/data/**)"],
    ["edit", "/home/ann/.ssh/config", null],
    ["read", "/srv/data/a.txt", "Read(//srv/data/**)"],
    ["web_fetch", "https://example.com/x?y", "WebFetch(domain:example.com)"],
    ["web_fetch", "https://[::1]/x", null],
    ["mcp__db__query", "", "mcp__db__query"],
  ])("for %s %s is %s", (name, target, expected) => {
    const call = callOf(name, target);
    expect(suggestRule(call)).toBe(expected);
    if (expected !== null)
      expect(decide(call, { mode: "ask", rules: [rule(expected, "allow")] }).effect).toBe("allow");
  });
});
