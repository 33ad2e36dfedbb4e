import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextFilesSection, readContextFiles } from "../../src/agent/context-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tau-context-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string): string => join(folder, path);

function write(files: { [path: string]: string | Buffer }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
}

const read = (maxBytes?: number) =>
  readContextFiles(at("user"), at("repo"), at("repo/packages/core"), maxBytes);
const paths = (files: { path: string }[]): string[] => files.map(({ path }) => path.slice(folder.length + 1));

describe("instruction files", () => {
  it("are taken from the user's folder, then from the root down to the working folder, and from nowhere else", async () => {
    write({
      "AGENTS.md": "above the repository",
      "user/AGENTS.md": "mine",
      "repo/AGENTS.md": "root",
      "repo/CLAUDE.md": "root for claude",
      "repo/packages/GEMINI.md": "packages",
      "repo/packages/core/AGENTS.md": "core",
      "repo/packages/core/src/AGENTS.md": "below",
      "repo/packages/other/AGENTS.md": "beside",
    });
    const { files, problems } = await read();
    expect(paths(files)).toEqual([
      "user/AGENTS.md",
      "repo/AGENTS.md",
      "repo/CLAUDE.md",
      "repo/packages/GEMINI.md",
      "repo/packages/core/AGENTS.md",
    ]);
    expect(problems).toEqual([]);
    const section = contextFilesSection(files, at("repo"));
    expect(section.indexOf("## packages/GEMINI.md")).toBeGreaterThan(section.indexOf("## AGENTS.md"));
    expect(section).toContain("later ones win");
  });

  it("are taken once: not twin, not link, not pointer; an override stands in for its AGENTS.md", async () => {
    write({
      "repo/AGENTS.md": "the rules\n",
      "repo/CLAUDE.md": "the rules",
      "repo/GEMINI.md": "@AGENTS.md\n",
      "repo/packages/AGENTS.override.md": "my rules",
      "repo/packages/AGENTS.md": "their rules",
      "repo/packages/core/AGENTS.md": "",
    });
    symlinkSync("../../AGENTS.md", at("repo/packages/core/CLAUDE.md"));
    const { files } = await read();
    expect(files.map(({ text }) => text)).toEqual(["the rules", "my rules"]);
  });

  it("keep within the budget, the nearest whole and the general ones cut at a line, which is said", async () => {
    write({
      "repo/AGENTS.md": "line one\nline two\nline three",
      "repo/packages/core/AGENTS.md": "core rules that matter",
    });
    const { files } = await read(35);
    expect(files).toMatchObject([
      { text: "line one", bytes: 28, truncated: true },
      { text: "core rules that matter", truncated: false },
    ]);
    expect(contextFilesSection(files, at("repo"))).toContain(
      "line one\n[cut: 28 bytes in all; read the file for the rest]",
    );
  });

  it("are read no further than the budget, however large", async () => {
    write({ "repo/AGENTS.md": `first\n${"x".repeat(5_000_000)}` });
    const { files } = await read(1_000);
    expect(files).toMatchObject([{ text: "first", bytes: 5_000_006, truncated: true }]);
  });

  it("that cannot be taken as text are named with the reason, and keep nothing from the others", async () => {
    write({
      "repo/AGENTS.md": "root",
      "repo/packages/AGENTS.md": Buffer.from([65, 0, 66]),
      "secret/id_rsa": "key",
    });
    symlinkSync(at("secret/id_rsa"), at("repo/CLAUDE.md"));
    mkdirSync(at("repo/GEMINI.md"), { recursive: true });
    mkdirSync(at("repo/packages/core"), { recursive: true });
    execFileSync("mkfifo", [at("repo/packages/core/AGENTS.md")]);
    const { files, problems } = await read();
    expect(files.map(({ text }) => text)).toEqual(["root"]);
    expect(problems).toEqual([
      expect.stringMatching(/repo\/CLAUDE\.md was not read: it leads to .*id_rsa, which is not a \.md file/),
      expect.stringMatching(/repo\/GEMINI\.md was not read: it is not a file/),
      expect.stringMatching(/packages\/AGENTS\.md was not read: it is not text/),
      expect.stringMatching(/core\/AGENTS\.md was not read: it is not a file/),
    ]);
  });
});
