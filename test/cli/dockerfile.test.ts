/** No engine runs in the tests; what an image is judged by can be read. The steps it shares with a plain install are in test/e2e. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const instructions = readFileSync("Dockerfile", "utf8")
  .replace(/^#.*\n/gm, "")
  .replace(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => line.trim() !== "");
const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));
const of = (name: string): string[] =>
  last.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));

describe("the image", () => {
  it("runs tau as a user who is not root, with its home in a volume", () => {
    expect(of("USER")).toEqual(["node"]);
    expect(last.at(-1)).toBe('ENTRYPOINT ["tau"]');
    expect(of("ENV")).toEqual(["TAU_HOME=/tau"]);
    expect(of("VOLUME")).toEqual(["/tau"]);
    expect(last.findIndex((line) => line.startsWith("USER"))).toBeGreaterThan(
      last.findLastIndex((line) => line.startsWith("RUN")),
    );
  });

  it("holds no compiler and no sources: its last stage begins small and takes the installed package alone", () => {
    expect(of("FROM")).toEqual(["node:22-bookworm-slim"]);
    expect(of("COPY")).toEqual(["--from=build /opt/tau /opt/tau"]);
    expect(of("RUN")[0]).toMatch(/--no-install-recommends .*\bgit\b.*rm -rf \/var\/lib\/apt\/lists/);
  });

  it("is built on a Node the package asks for", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    const needed = Number(/(\d+)/.exec(engines.node)?.[1]);
    const used = instructions.flatMap((line) => /^FROM node:(\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(new Set(used).size).toBe(1);
    expect(Math.min(...used)).toBeGreaterThanOrEqual(needed);
  });

  it("gets only what .dockerignore lets through, all of which is there", () => {
    const rules = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"));
    expect(rules[0]).toBe("*");
    const allowed = rules.slice(1).map((line) => line.replace(/^!/, ""));
    for (const path of allowed) expect(existsSync(path), path).toBe(true);
    const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
    const built = ["dist"];
    expect(files.filter((path) => !built.includes(path) && !allowed.includes(path))).toEqual([]);
  });
});
