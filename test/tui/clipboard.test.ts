import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { codeBlocks, copyText } from "../../src/tui/clipboard.ts";

/** A machine whose tools are scripts in a folder. */
function machine(tools: { [name: string]: string }) {
  const folder = mkdtempSync(join(tmpdir(), "tau-clip-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o700);
  }
  const written: string[] = [];
  return {
    folder,
    written,
    copy: (text: string, env: { [name: string]: string }) =>
      copyText(text, {
        env: { PATH: `${folder}:/usr/bin:/bin`, OUT: join(folder, "out"), ...env },
        platform: "linux",
        folder: join(folder, "state"),
        write: (bytes) => void written.push(bytes),
      }),
    out: () => readFileSync(join(folder, "out"), "utf8"),
  };
}

describe("copying", () => {
  it("gives the text to the tool of the desktop, and says which; one that fails is passed over", async () => {
    const { copy, out, written } = machine({ "wl-copy": "exit 1", xclip: 'cat > "$OUT"' });
    expect(await copy("ä text\n", { WAYLAND_DISPLAY: "wayland-0", DISPLAY: ":0" })).toBe("copied by xclip");
    expect([out(), written]).toEqual(["ä text\n", []]);
  });

  it("without one asks the terminal, and leaves a file for when that does not take it", async () => {
    const { copy, folder, written } = machine({});
    const file = join(folder, "state/copied.txt");
    expect(await copy("over ssh", {})).toContain(file);
    expect(written).toEqual([`\u001b]52;c;${Buffer.from("over ssh").toString("base64")}\u0007`]);
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["over ssh", 0o600]);
  });

  it("gives a terminal no more than it takes, and none that cannot", async () => {
    const { copy, folder, written } = machine({});
    const long = "x".repeat(60_000);
    expect(await copy(long, {})).toContain("no clipboard");
    expect(await copy("short", { TERM: "linux" })).toContain("no clipboard");
    expect([readFileSync(join(folder, "state/copied.txt"), "utf8"), written]).toEqual(["short", []]);
  });

  it.each([
    ["none", []],
    ["```js\na\n\nb\n```\ntext\n~~~\nc\n~~~", ["a\n\nb\n", "c\n"]],
    ["````md\n```\ninner\n```\n````", ["```\ninner\n```\n"]],
    ["```\ncut off", ["cut off\n"]],
  ])("finds the code blocks of %j", (answer, blocks) => {
    expect(codeBlocks(answer)).toEqual(blocks);
  });
});
