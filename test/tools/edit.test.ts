/** The edit tool on real files: what it finds, what it refuses, and what it leaves alone. */
import { lstatSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
});
afterEach(() => bench.remove());

async function edit(path: string, ...edits: [string, string, boolean?][]) {
  return bench.call("edit", {
    path,
    edits: edits.map(([old_string, new_string, replace_all]) => ({
      old_string,
      new_string,
      ...(replace_all === undefined ? {} : { replace_all }),
    })),
  });
}

/** Puts a file, reads it as the session must, and edits it. */
async function edited(before: string | Uint8Array, ...edits: [string, string, boolean?][]) {
  bench.put("f", before);
  await bench.call("read", { path: "f" });
  const result = await edit("f", ...edits);
  return { result, output: String(result.output), after: bench.bytes("f") };
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16();

describe("what is found, tier by tier", () => {
  const cases: [name: string, before: string, old: string, now: string, after: string][] = [
    ["exact, in the middle of a line", "let a = 1;\n", "= 1", "= 2", "let a = 2;\n"],
    ["exact, across lines and into the next", "a\nb\nc\n", "a\nb\n", "x\n", "x\nc\n"],
    ["deletion with its line break", "a\nb\nc\n", "b\n", "", "a\nc\n"],
    ["trailing blanks of the file", "a  \nb\t\nc\n", "a\nb\nc", "a\nB\nc", "a  \nB\nc\n"],
    ["trailing blanks of the model", "a\nb\n", "a \nb ", "a\nc", "a\nc\n"],
    [
      "indentation, moved by the offset",
      "class A {\n    f() {\n        g();\n    }\n}\n",
      "f() {\n    g();\n}",
      "f() {\n    g();\n    if (x) {\n        h();\n    }\n}",
      "class A {\n    f() {\n        g();\n        if (x) {\n            h();\n        }\n    }\n}\n",
    ],
    [
      "tabs in the file, spaces from the model",
      "\tif (a) {\n\t\tb();\n\t}\n",
      "    if (a) {\n        b();\n    }",
      "    if (a) {\n        b();\n        while (c) {\n            d();\n        }\n    }",
      "\tif (a) {\n\t\tb();\n\t\twhile (c) {\n\t\t\td();\n\t\t}\n\t}\n",
    ],
    [
      "runs of blanks inside a line",
      "a =   1;\nb = 2;\n",
      "a = 1;\nb = 2;",
      "a = 1;\nb = 3;",
      "a =   1;\nb = 3;\n",
    ],
    [
      "typographic quotes inside a line",
      "say “it’s” – now\n",
      '"it\'s" -',
      '"it\'s not" -',
      'say "it\'s not" - now\n',
    ],
    [
      "no-break spaces and indentation together",
      "\t\tprice:\u00a05\n\t\tend\n",
      "price: 5\nend",
      "price: 6\nend",
      "\t\tprice: 6\n\t\tend\n",
    ],
    ["a missing final line break", "a\nb", "a \nb\n", "a\nc\n", "a\nc"],
    ["CRLF asked for as LF", "a\r\nb\r\nc\r\n", "a\nb", "a\nx\ny", "a\r\nx\r\ny\r\nc\r\n"],
    ["LF asked for as CRLF", "a\nb\n", "a\r\nb", "a\r\nc", "a\nc\n"],
    [
      "mixed endings, each line keeps its own",
      "a\r\nb\nc\r\nd\n",
      "a\nb\nc\nd",
      "a\nb\nX\nd",
      "a\r\nb\nX\r\nd\n",
    ],
    ["a word in an LF line among CRLF lines", "a\r\nb\nc\r\n", "b", "B", "a\r\nB\nc\r\n"],
    ["lone CR as a line ending", "a\rb\rc", "b\nc", "b\nd", "a\rb\rd"],
  ];
  test.each(cases)("%s", async (_, before, old, now, after) => {
    const { result, after: bytes } = await edited(before, [old, now]);
    expect(result.isError, String(result.output)).toBeUndefined();
    expect(bytes.toString()).toBe(after);
  });

  test("a lax match says so", async () => {
    const { result } = await edited("  a\n", ["a ", "b "]);
    expect(result.note).toContain("indentation");
  });
});

describe("what is refused, with the file untouched", () => {
  const cases: [name: string, before: string, edits: [string, string, boolean?][], says: RegExp][] = [
    ["two places", "a\nb\na\n", [["a", "c"]], /stands in 2 places: lines 1, 3\.[\s\S]*replace_all/],
    ["overlapping places", "aaa\n", [["aa", "b"]], /2 places/],
    [
      "two places on a lax tier",
      "  x = 1\n\tx = 1\n",
      [["x = 1 ", "y"]],
      /2 places \(ignoring indentation\): lines 1, 2/,
    ],
    ["the same text", "a\n", [["a", "a"]], /Nothing to change/],
    ["an empty old text", "a\n", [["", "b"]], /empty/],
    [
      "not found, with the nearest line",
      "const total = sum(items);\n",
      [["const totl = sum(item);", "x"]],
      /Nearest[\s\S]*Line 1:\n- const totl = sum\(item\);\n\+ const total = sum\(items\);/,
    ],
    [
      "not found, with the nearest lines",
      "a()\nif (one) {\n  two();\n}\n",
      [["if (one) {\n  three();\n}", "x"]],
      /Lines 2-4 \(2 of 3 lines match\):\n- {3}three\(\);\n\+ {3}two\(\);/,
    ],
    [
      "a second edit that fails takes the first back",
      "a\nb\n",
      [
        ["a", "x"],
        ["nope nope", "y"],
      ],
      /Edit 2 of 2: The text was not found/,
    ],
    ["half a surrogate pair", "😀\n", [["\ud83d", "x"]], /surrogate/],
    ["blank lines only, on a lax tier", "a\n \n", [["\n\n\n", "x"]], /not found/],
  ];
  test.each(cases)("%s", async (_, before, edits, says) => {
    const { result, output, after } = await edited(before, ...edits);
    expect(result.isError).toBe(true);
    expect(output).toMatch(says);
    expect(after.toString()).toBe(before);
  });

  test("a file that was not read", async () => {
    bench.put("f", "a\n");
    const result = await edit("f", ["a", "b"]);
    expect(result).toMatchObject({ isError: true, output: expect.stringContaining("has not been read") });
    expect(bench.text("f")).toBe("a\n");
  });

  test("a file that changed since it was read, until it is read again", async () => {
    const path = bench.put("f", "a\n");
    await bench.call("read", { path: "f" });
    writeFileSync(path, "a\nsomeone else\n");
    expect(await edit("f", ["a", "b"])).toMatchObject({
      isError: true,
      output: expect.stringContaining("changed since"),
    });
    expect(bench.text("f")).toBe("a\nsomeone else\n");
    await bench.call("read", { path: "f" });
    expect((await edit("f", ["a\n", "b\n"])).isError).toBeUndefined();
    expect(bench.text("f")).toBe("b\nsomeone else\n");
  });

  test("a folder, a missing file with the nearest name, a file too large", async () => {
    bench.put("dir/config.ts", "x");
    expect(await edit("dir", ["a", "b"])).toMatchObject({
      isError: true,
      output: expect.stringContaining("is a folder"),
    });
    expect((await edit("dir/confg.ts", ["a", "b"])).output).toMatch(
      /no file or folder dir\/confg\.ts[\s\S]*dir\/config\.ts/,
    );
    bench.put("big", Buffer.alloc(17 * 1024 * 1024, "a\n"));
    expect((await edit("big", ["a", "b"])).output).toMatch(/big is 17 MB; files over 16 MB/);
  });
});

describe("several edits", () => {
  test("apply in order to what the ones before left", async () => {
    const { after } = await edited("one\n", ["one", "two"], ["two", "three\nfour"], ["four", "five"]);
    expect(after.toString()).toBe("three\nfive\n");
  });
  test("replace_all takes every place, several on a line too", async () => {
    const { after, result } = await edited("a.a.a\nb\na\n", ["a", "xy", true]);
    expect(after.toString()).toBe("xy.xy.xy\nb\nxy\n");
    expect(result.output).toContain("4 replacements");
  });
  test("parallel edits of one file all arrive", async () => {
    bench.put("f", "1\n2\n3\n4\n5\n6\n7\n8\n");
    symlinkSync("f", join(bench.cwd, "alias"));
    await bench.call("read", { path: "f" });
    const jobs = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => edit(n % 2 ? "f" : "alias", [`${n}`, `<${n}>`]));
    for (const result of await Promise.all(jobs)) expect(result.isError).toBeUndefined();
    expect(bench.text("f")).toBe("<1>\n<2>\n<3>\n<4>\n<5>\n<6>\n<7>\n<8>\n");
  });
});

describe("encodings", () => {
  test.each<[string, Buffer, string, string, Buffer]>([
    ["UTF-8 with BOM, first line", Buffer.from("\ufeffa\nb\n"), "a\nb", "a\né", Buffer.from("\ufeffa\né\n")],
    [
      "UTF-16LE",
      Buffer.from("\ufeffa\r\nb\r\n", "utf16le"),
      "a\nb",
      "a\n😀",
      Buffer.from("\ufeffa\r\n😀\r\n", "utf16le"),
    ],
    ["UTF-16BE", utf16be("a\nb\n"), "b", "ü", utf16be("a\nü\n")],
    [
      "Latin-1",
      latin1("caf\xe9\nna\xefve \x93x\x94\n"),
      "café",
      "thé",
      latin1("th\xe9\nna\xefve \x93x\x94\n"),
    ],
    [
      "Latin-1, a quote only Windows-1252 has",
      latin1("caf\xe9 \x93x\x94\n"),
      "“x”",
      "“y”",
      latin1("caf\xe9 \x93y\x94\n"),
    ],
    [
      "damaged UTF-8, exact",
      Buffer.from([0xc3, 0xa9, 10, 0xff, 0xfe, 10, 0x61, 10]),
      "a",
      "é",
      Buffer.from([0xc3, 0xa9, 10, 0xff, 0xfe, 10, 0xc3, 0xa9, 10]),
    ],
  ])("%s stays what it is", async (_, before, old, now, after) => {
    const { result, after: bytes } = await edited(before, [old, now]);
    expect(result.isError, String(result.output)).toBeUndefined();
    expect(bytes).toEqual(after);
  });
  test("a character the encoding lacks, and a lax match in damaged bytes, are refused", async () => {
    expect((await edited(latin1("caf\xe9\n"), ["café", "日本"])).output).toContain("windows-1252");
    expect((await edited(Buffer.from([0xc3, 0xa9, 0xff, 10, 32, 0x61, 10]), ["a ", "b"])).output).toContain(
      "not found",
    );
  });
});

test("mode, symbolic link and owner stay, and no temporary file is left", async () => {
  bench.put("bin/run", "#!/bin/sh\necho a\n", 0o755);
  symlinkSync("bin/run", join(bench.cwd, "link"));
  await bench.call("read", { path: "link" });
  expect((await edit("link", ["echo a", "echo b"])).isError).toBeUndefined();
  expect(bench.mode("bin/run")).toBe(0o755);
  expect(bench.text("bin/run")).toBe("#!/bin/sh\necho b\n");
  expect(lstatSync(join(bench.cwd, "link")).isSymbolicLink()).toBe(true);
  expect(readlinkSync(join(bench.cwd, "link"))).toBe("bin/run");
  expect((await bench.call("ls", { path: "bin" })).output).toBe("run");
});

test("people see a diff, and the ledger which file was left how", async () => {
  const { result } = await edited("a\r\nb\r\n", ["b", "c"]);
  expect(result.display).toEqual([
    expect.objectContaining({ type: "diff", path: "f", added: 1, removed: 1 }),
  ]);
  expect(result.facts).toMatchObject({
    files: [{ path: join(bench.cwd, "f"), hash: expect.stringMatching(/^[0-9a-f]{64}$/) }],
  });
});

test("policy is shown the place a link leads to outside the project", () => {
  symlinkSync("/etc/hosts", join(bench.cwd, "out"));
  symlinkSync("f", join(bench.cwd, "in"));
  const paths = (path: string) => bench.tools.edit?.intent({ path, edits: [] }, bench.cwd).paths;
  expect(paths("out")).toEqual([join(bench.cwd, "out"), "/etc/hosts"]);
  expect(paths("in")).toEqual([join(bench.cwd, "in"), join(bench.cwd, "f")]);
  expect(paths("../x")).toEqual([join(bench.cwd, "../x")]);
  expect(paths("/abs/y")).toEqual(["/abs/y"]);
});
