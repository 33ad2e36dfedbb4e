/** Ignore rules, held against git itself over generated trees. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { isIgnored, parseIgnore } from "../../../src/sessions/checkpoints/ignore.ts";

const name = fc.constantFrom("a", "b", "ab", "a.b", ".a", "a b", "[a]", "A1");
const glob = fc.constantFrom(
  ..."a b ab * ** ? *.b a* .* [a] [ab] [!a] [^a]b [a-c] [[:alpha:]]* [[:digit:]] \\a \\* \\[a] a\\ b [] [a A? **a a**".split(
    " ",
  ),
);
const pattern = fc
  .tuple(
    fc.constantFrom("", "", "!", "#", "\\!"),
    fc.constantFrom("", "", "/", "**/"),
    fc.array(glob, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "", "/", "/**", "/*", " ", "\\ ", "\r"),
  )
  .map(([sign, start, parts, end]) => sign + start + parts.join("/") + end);
const world = fc.record({
  outer: fc.array(pattern, { minLength: 1, maxLength: 4 }),
  inner: fc.array(pattern, { maxLength: 2 }),
  folders: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  files: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
});

const worldsAtOnce = 100;

test("what git ignores is ignored, and nothing else", () => {
  const root = mkdtempSync(join(tmpdir(), "tau-ignore-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  execFileSync("git", ["init", "-q", root]);
  let batch = 0;
  fc.assert(
    fc.property(fc.array(world, { minLength: worldsAtOnce, maxLength: worldsAtOnce }), (worlds) => {
      batch += 1;
      const paths: string[] = [];
      const ours: string[] = [];
      for (const [n, { outer, inner, folders, files }] of worlds.entries()) {
        const base = `${batch}-${n}`;
        mkdirSync(join(root, base));
        writeFileSync(join(root, base, ".gitignore"), outer.join("\n"));
        const rules = [parseIgnore(`${base}/`, outer.join("\n"))];
        const [first = ""] = folders;
        const below = [...rules, parseIgnore(`${base}/${first}/`, inner.join("\n"))];
        const put = (path: string, isFolder: boolean, inside: typeof rules, above: boolean): boolean => {
          if (isFolder) mkdirSync(join(root, path));
          else writeFileSync(join(root, path), "");
          const ignored = above || isIgnored(inside, path, isFolder);
          paths.push(path);
          if (ignored) ours.push(path);
          return ignored;
        };
        for (const folder of folders) {
          const at = `${base}/${folder}`;
          const isOut = put(at, true, rules, false);
          const inside = folder === first ? below : rules;
          if (folder === first) writeFileSync(join(root, at, ".gitignore"), inner.join("\n"));
          for (const file of files) put(`${at}/${file}`, false, inside, isOut);
        }
        for (const file of files.filter((one) => !folders.includes(one)))
          put(`${base}/${file}`, false, rules, false);
      }
      const theirs = gitIgnores(root, paths);
      const differing = [...paths].filter((path) => ours.includes(path) !== theirs.includes(path));
      const rulesOf = (path: string) => worlds[Number(path.split("/")[0]?.split("-")[1])];
      expect(differing.map((path) => ({ path, ours: ours.includes(path), ...rulesOf(path) }))).toEqual([]);
    }),
    { numRuns: Number(process.env.IGNORE_RUNS ?? 4), endOnFailure: true },
  );
}, 60_000);

function gitIgnores(root: string, paths: readonly string[]): string[] {
  try {
    const told = execFileSync("git", ["-c", "core.excludesFile=", "check-ignore", "--stdin", "-z"], {
      cwd: root,
      input: paths.join("\0"),
      stdio: ["pipe", "pipe", "ignore"],
    });
    return told.toString().split("\0").filter(Boolean);
  } catch (error) {
    // 1: it ignores none of them.
    if (error instanceof Error && "status" in error && error.status === 1) return [];
    throw error;
  }
}
