/** /permissions: rules are added where they are wanted and gone where they stood, and they hold at once. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { buildHouse, type House, type Seat, sitDown } from "../../support/front-end.ts";

const tells = (at: Seat, words: RegExp): Promise<void> =>
  vi.waitFor(() => expect(at.told().at(-1) ?? "").toMatch(words), { timeout: 20_000 });

const text = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
const filesOf = ({ home, cwd }: House) => ({
  user: () => text(join(home, ".tau", "config.json")),
  approvals: () => text(join(home, ".tau", "projects.json")),
  local: () => text(join(cwd, ".tau", "config.local.json")),
});
const inForce = (at: Seat) =>
  at
    .session()
    .rules.all()
    .filter(({ source }) => source !== "built-in")
    .map(({ effect, text: rule, source }) => `${effect} ${rule} (${source})`);

describe("a rule", () => {
  it("is added for the session, the project or the person, each where its kind is kept, and taken away again", async () => {
    const house = await buildHouse({ settings: { permissions: { deny: ["Bash(rm:*)"] } } });
    const at = await sitDown(house);
    const file = filesOf(house);
    at.command("/permissions allow Bash(npm run test:*) --session");
    await tells(at, /^allow Bash\(npm run test:\*\) holds for this session$/);
    at.command("/permissions allow Read(~/notes/*) --project");
    await tells(at, /holds from now on: .*projects\.json$/);
    expect(file.approvals()).toContain('"Read(~/notes/*)"');
    at.command("/permissions deny Bash(curl:*) --project");
    await tells(at, /holds from now on: .*\.tau\/config\.local\.json$/);
    expect(JSON.parse(file.local())).toEqual({ permissions: { deny: ["Bash(curl:*)"] } });
    at.command("/permissions ask WebFetch --user");
    await tells(at, /holds from now on: .*config\.json$/);
    expect(JSON.parse(file.user())).toMatchObject({
      permissions: { deny: ["Bash(rm:*)"], ask: ["WebFetch"] },
    });
    const all = [
      "deny Bash(rm:*) (user config)",
      "allow Bash(npm run test:*) (session)",
      "allow Read(~/notes/*) (project approvals)",
      "deny Bash(curl:*) (local config)",
      "ask WebFetch (user config)",
    ];
    expect(inForce(at)).toEqual(all);
    // What is saved holds in the next session; what is not does not.
    expect(inForce(await sitDown(house))).toEqual(all.filter((rule) => !rule.includes("(session)")));
    for (const rule of [
      "Bash(npm run test:*)",
      "Read(~/notes/*)",
      "Bash(curl:*)",
      "WebFetch",
      "Bash(rm:*)",
    ]) {
      at.command(`/permissions remove ${rule}`);
      await tells(at, new RegExp(`${rule.replace(/[()*~/]/g, "\\$&")} holds no more`));
    }
    expect(inForce(at)).toEqual([]);
    expect(inForce(await sitDown(house))).toEqual([]);
    for (const read of [file.user, file.local, file.approvals])
      expect(read()).not.toMatch(/Bash|WebFetch|Read/);
  });

  it("that is none, or of a tool there is not, is refused with what to write, and nothing is added", async () => {
    const at = await sitDown(await buildHouse());
    at.command("/permissions allow Bsah(ls) --user");
    await tells(at, /tool there is not: Bsah\. \(did you mean Bash\?\)/);
    at.command("/permissions allow --user");
    await tells(at, /takes allow, ask or deny and a rule/);
    at.command("/permissions remove Bash(ls)");
    await tells(at, /no rule Bash\(ls\) is in force/);
    expect(inForce(at)).toEqual([]);
  });

  it("is made step by step in the list, which shows the rule and every file before it is saved", async () => {
    const house = await buildHouse();
    const at = await sitDown(house);
    at.command("/permissions");
    at.type("add a rule");
    at.key("enter");
    at.type("deny");
    at.key("enter");
    at.key("backspace");
    at.type("rm -rf:*)");
    expect(at.dialog()).toMatch(/^Rule › Bash\(rm -rf:\*\)/);
    at.key("enter");
    expect(at.dialog()).toMatch(
      /^deny Bash\(rm -rf:\*\) .*\n.*this session +nothing is saved\n.*this project .*config\.local\.json\n.*all your projects .*\.tau\/config\.json/,
    );
    at.type("all your");
    at.key("enter");
    await tells(at, /deny Bash\(rm -rf:\*\) holds from now on/);
    at.command("/permissions");
    at.type("rm -rf");
    at.key("ctrl+x");
    await tells(at, /holds no more; it is gone from .*config\.json/);
    expect(inForce(at)).toEqual([]);
  });

  it("settles at once what it is about", async () => {
    const house = await buildHouse({
      flags: { mode: "ask" },
      script: [{ calls: [{ id: "b", name: "bash", input: { command: "touch stone" } }] }],
    });
    const at = await sitDown(house);
    at.command("/permissions deny Bash(touch:*) --session");
    await tells(at, /holds for this session/);
    await at.say("go");
    expect(at.fake.requests.at(-1)?.raw).toMatch(/Bash\(touch:\*\)/);
    expect(existsSync(join(house.cwd, "stone"))).toBe(false);
  });
});
