/** The composer's hands, each by itself: drafts, remembering, pictures, names of files, what was sent before. */
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Drafts } from "../../../src/tui/compose/drafts.ts";
import { clipboardTools, droppedImage } from "../../../src/tui/compose/pictures.ts";
import { projectFile, rememberedIn, withLine } from "../../../src/tui/compose/remember.ts";
import { noTokens, pasteToken, withToken } from "../../../src/tui/compose/tokens.ts";
import { buildHouse, sitDown } from "../../support/front-end.ts";

const folderOf = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tau-hands-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

describe("drafts", () => {
  const day = 24 * 3600 * 1000;
  const desk = (folder: string, pid: number, alive: readonly number[] = [], root = "/p") =>
    new Drafts({ folder, root, pid, now: Date.now, isAlive: (one) => alive.includes(one) });

  it("are taken over from a process that is gone, with their tokens, and from no other", async () => {
    const folder = folderOf();
    const token = pasteToken("long\n".repeat(9), noTokens);
    const tokens = withToken(noTokens, token);
    const first = desk(folder, 1);
    first.changed({ text: `see ${token.label}`, tokens });
    first.flush();
    expect(statSync(join(folder, readdirSync(folder)[0] ?? "")).mode & 0o777).toBe(0o600);
    expect(await desk(folder, 2, [1]).adopt()).toBeNull();
    expect(await desk(folder, 2, [], "/other").adopt()).toBeNull();
    expect(await desk(folder, 2).adopt()).toEqual({ text: `see ${token.label}`, tokens });
    // It is the second one's now.
    expect(await desk(folder, 3, [2]).adopt()).toBeNull();
    const second = desk(folder, 2);
    second.changed({ text: "  ", tokens: noTokens });
    second.flush();
  });

  it("are put aside and taken back last first; damaged and old files are none", async () => {
    const folder = folderOf();
    const at = desk(folder, 1);
    expect(await at.pop()).toBeNull();
    for (const text of ["a", "b"]) await at.push({ text, tokens: noTokens });
    expect(await at.pop()).toEqual({ draft: { text: "b", tokens: noTokens }, left: 1 });
    expect(await at.pop()).toMatchObject({ draft: { text: "a" }, left: 0 });
    expect(await at.pop()).toBeNull();
    at.changed({ text: "old", tokens: noTokens });
    at.flush();
    const [name = ""] = readdirSync(folder);
    const then = (Date.now() - 31 * day) / 1000;
    utimesSync(join(folder, name), then, then);
    expect(await desk(folder, 2).adopt()).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, name), '{"text": 1}');
    expect(await desk(folder, 2).adopt()).toBeNull();
  });
});

describe("a line to remember", () => {
  it.each([
    ["# use tabs", "use tabs"],
    ["#use tabs", null],
    ["# a\n# b", null],
    ["## use tabs", null],
    ["#", null],
  ])("in %j is %j", (text, line) => {
    expect(rememberedIn(text)).toBe(line);
  });

  it.each([
    ["", "- x\n"],
    ["- a\n", "- a\n- x\n"],
    ["- a", "- a\n- x\n"],
    ["Words.\n", "Words.\n\n- x\n"],
    ["# Head\r\n\r\n- a\r\n", "# Head\r\n\r\n- a\r\n- x\r\n"],
  ])("stands in %j as %j", (text, after) => {
    expect(withLine(text, "x")).toBe(after);
  });

  it("is for the file that is there", () => {
    const root = folderOf();
    expect(projectFile(root)).toBe(join(root, "AGENTS.md"));
    writeFileSync(join(root, "GEMINI.md"), "");
    expect(projectFile(root)).toBe(join(root, "GEMINI.md"));
    writeFileSync(join(root, "CLAUDE.md"), "");
    expect(projectFile(root)).toBe(join(root, "CLAUDE.md"));
  });
});

describe("pictures", () => {
  it.each([
    ["darwin", {}, ["pngpaste", "osascript"], "brew install pngpaste"],
    ["win32", {}, ["powershell.exe"], "PowerShell"],
    ["linux", { WSL_DISTRO_NAME: "Debian" }, ["powershell.exe"], "PowerShell"],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["wl-paste", "xclip"], "wl-clipboard"],
    ["linux", { DISPLAY: ":0" }, ["xclip", "wl-paste"], "xclip"],
  ])("of the clipboard on %s with %j come from %j", (platform, env, commands, install) => {
    const found = clipboardTools(platform, env, "/tmp/x.png");
    expect(found.tools.map(({ command }) => command)).toEqual(commands);
    expect(found.install).toContain(install);
  });

  it.each([
    ["/a/shot.png", "/a/shot.png"],
    ["'/a/my shot.PNG'\n", "/a/my shot.PNG"],
    ['"/a/my shot.webp"', "/a/my shot.webp"],
    ["/a/my\\ shot.jpeg ", "/a/my shot.jpeg"],
    ["file:///a/my%20shot.gif", "/a/my shot.gif"],
    ["file://host/a.png", null],
    ["a.png", null],
    ["see /a/shot.png", null],
    ["/a/b.txt", null],
    ["/a.png\n/b.png", null],
  ])("dropped as %j: %j", (text, path) => {
    expect(droppedImage(text)).toBe(path);
  });
});

describe("what is named and may not be read", () => {
  it("is refused with what to do, and what was typed comes back", async () => {
    const at = await sitDown(
      await buildHouse({
        settings: { permissions: { deny: ["Read(/secret/**)"] } },
        files: { "secret/a.txt": "no", ".env": "KEY=1", "a.bin": "\u0000\u0001" },
      }),
    );
    for (const [text, words] of [
      [
        "see @secret/a.txt",
        /is not attached: .*Read\(\/secret\/\*\*\).*\(\/permissions lists the rules; a space/,
      ],
      ["see @.env", /\.env is not attached: .*\(the rule Read\(\.env\) allows it: \/permissions adds it\)/],
    ] as const) {
      at.command(text);
      await vi.waitFor(() => expect(at.told().at(-1)).toMatch(words), { timeout: 20_000 });
      expect(at.text()).toBe(text);
      at.key("ctrl+u");
    }
    expect(at.fake.requests).toEqual([]);
    at.command("!rm -rf /");
    await vi.waitFor(
      () =>
        expect(at.told().at(-1)).toMatch(/^! rm -rf \/: .*\(it can be run in a shell of your own: ctrl\+z/),
      { timeout: 20_000 },
    );
  });
});

describe("what was sent before", () => {
  it("comes in pages, newest first, of one session or of a folder; and rules are held against the calls", async () => {
    const house = await buildHouse({
      flags: { mode: "edit" },
      script: [{ calls: [{ id: "w", name: "write", input: { path: "a.txt", content: "a" } }] }],
    });
    const at = await sitDown(house);
    for (const text of ["one", "two", "three"]) await at.say(text);
    const page = await house.app.prompts({ limit: 2 });
    expect(page.map(({ text }) => text)).toEqual(["three", "two"]);
    const last = page.at(-1);
    expect(await house.app.prompts({ limit: 2, ...(last && { before: last.n }) })).toMatchObject([
      { text: "one" },
    ]);
    expect(await house.app.prompts({ limit: 9, session: at.session().id })).toHaveLength(3);
    expect(await house.app.prompts({ limit: 9, cwd: "/nowhere" })).toEqual([]);
    const { rules } = at.session();
    expect(await rules.pastMatches("Edit(/a.txt)")).toMatchObject({ matched: 1, looked: 1 });
    expect(await rules.pastMatches("Edit(/b.txt)")).toEqual({ matched: 0, looked: 1, examples: [] });
  });
});
