/** Rules of "always in this project": kept for this user and this folder, and nobody else's to plant. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readApprovals, saveApproval } from "../../src/config/approvals.ts";
import { loadSettings } from "../../src/config/load.ts";
import { tauPaths } from "../../src/config/paths.ts";
import { collectRules } from "../../src/policy/collect.ts";

let folder: string;
let project: string;
const paths = () => tauPaths({ TAU_HOME: join(folder, "home") }, folder);
const file = () => join(folder, "home", "projects.json");
const now = () => Date.now();
const rule = "Bash(npm test:*)";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tau-approvals-"));
  project = join(folder, "project");
  mkdirSync(project);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string, mode = 0o600): void => {
  mkdirSync(join(folder, "home"), { recursive: true });
  writeFileSync(file(), text, { mode });
  chmodSync(file(), mode);
};

describe("an approval", () => {
  it("is kept for its folder alone, private, once, and allows under its own name in the next run", async () => {
    expect(await readApprovals(paths(), project)).toBeNull();
    for (let n = 0; n < 2; n += 1) expect(await saveApproval(paths(), project, rule, now)).toBe(file());
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ [project]: { allow: [rule] } });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const { layers, settings } = await loadSettings(paths(), project, {}, {});
    expect(settings.permissions).toEqual({ allow: [rule] });
    expect(collectRules(layers, { allow: [], deny: [] })).toMatchObject([
      { effect: "allow", text: rule, source: "project approvals" },
    ]);
    const other = join(folder, "other");
    mkdirSync(other);
    expect((await loadSettings(paths(), other, {}, {})).settings.permissions).toBeUndefined();
    expect(await readApprovals(paths(), join(project, "below"))).toBeNull();
  });

  it("leaves comments, order, line ends and mode as they are, and a link a link", async () => {
    write(
      `{\r\n  // mine\r\n  "/a": { "allow": ["Edit(x)"] }, // kept\r\n  ${JSON.stringify(project)}: { "allow": ["bash"], },\r\n}\r\n`,
      0o640,
    );
    const target = join(folder, "dotfiles.json");
    writeFileSync(target, readFileSync(file()), { mode: 0o640 });
    chmodSync(target, 0o640);
    rmSync(file());
    symlinkSync(target, file());
    await saveApproval(paths(), project, rule, now);
    const text = readFileSync(target, "utf8");
    expect(text).toMatch(/^\{\r\n {2}\/\/ mine\r\n {2}"\/a": \{ "allow": \["Edit\(x\)"\] \}, \/\/ kept\r\n/);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect((await readApprovals(paths(), project))?.allow).toEqual(["bash", rule]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  it("is the same project by every way to it", async () => {
    const link = join(folder, "link");
    symlinkSync(project, link);
    await saveApproval(paths(), link, rule, now);
    expect((await readApprovals(paths(), project))?.allow).toEqual([rule]);
  });

  it("of many at once loses none, and a lock that was left behind stands in nobody's way", async () => {
    write("{}");
    const lock = `${file()}.lock`;
    writeFileSync(lock, "");
    utimesSync(lock, 0, 0);
    const rules = Array.from({ length: 12 }, (_, n) => `Bash(make t${n})`);
    await Promise.all(rules.map((one) => saveApproval(paths(), project, one, now)));
    expect((await readApprovals(paths(), project))?.allow.toSorted()).toEqual(rules.toSorted());
  });

  it("changes nothing where the file is none of ours, and says which", async () => {
    for (const text of ["[]", '{"/a": {"deny": []}}', "{", '{"/a": {"allow": "bash"}}']) {
      write(text);
      await expect(saveApproval(paths(), project, rule, now)).rejects.toThrow(file());
      await expect(loadSettings(paths(), project, {}, {})).rejects.toThrow(file());
      expect(readFileSync(file(), "utf8")).toBe(text);
      expect(readdirSync(join(folder, "home"))).toEqual(["projects.json"]);
    }
  });

  it("comes back as it was given, whatever folder and rule (1,000 files)", async () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 4 }), async (all) => {
        rmSync(join(folder, "home"), { recursive: true, force: true });
        const expected = new Map<string, Set<string>>();
        for (const [root, text] of all) {
          const place = `/nowhere/${root.replaceAll("\0", "")}`;
          await saveApproval(paths(), place, text, now);
          expected.set(place, (expected.get(place) ?? new Set()).add(text));
        }
        for (const [root, rules] of expected)
          expect((await readApprovals(paths(), root))?.allow).toEqual([...rules]);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});

describe("a cloned repository", () => {
  it("gets nothing by any file it brings along", async () => {
    const planted = {
      permissions: { allow: [rule, "bash"] },
      [project]: { allow: ["bash"] },
      allow: ["bash"],
    };
    for (const name of ["projects.json", ".tau/projects.json"]) {
      mkdirSync(join(project, ".tau"), { recursive: true });
      writeFileSync(join(project, name), JSON.stringify(planted));
    }
    for (const name of ["config.json", "config.local.json"])
      writeFileSync(join(project, ".tau", name), JSON.stringify({ permissions: { allow: [rule, "bash"] } }));
    const { layers } = await loadSettings(paths(), project, {}, {});
    expect(collectRules(layers, { allow: [], deny: [] })).toEqual([]);
    // Nor does an approval make the files of the project count.
    await saveApproval(paths(), project, "Bash(make)", now);
    const after = await loadSettings(paths(), project, {}, {});
    expect(collectRules(after.layers, { allow: [], deny: [] }).map(({ text }) => text)).toEqual([
      "Bash(make)",
    ]);
  });
});
