import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Key, KeyDecoder } from "../../src/tui/input/keys.ts";

const read = (...chunks: string[]): Key[] => {
  const decoder = new KeyDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.flush()];
};
const key = (chord: string): Key => ({ type: "key", chord });
const text = (value: string): Key => ({ type: "text", text: value });
const report = (sequence: string): Key => ({ type: "report", sequence });
const paste = (value: string): Key => ({ type: "paste", text: value });

describe("keys", () => {
  it.each<[string, string, Key[]]>([
    ["typed text", "héllo 漢", [text("héllo 漢")]],
    ["a line and its Enter in one read", "hello\r", [text("hello"), key("enter")]],
    ["Ctrl+J inside a line", "a\nb\r", [text("a"), key("ctrl+j"), text("b"), key("enter")]],
    ["lines pasted without marks", "a\rb\r", [text("a"), paste("\n"), text("b"), key("enter")]],
    ["the same with CR LF", "a\r\nb", [text("a"), paste("\n"), text("b")]],
    ["Alt+Enter", "\u001b\r", [key("alt+enter")]],
    [
      "Shift+Enter where the terminal tells it",
      "\u001b[13;2u\u001b[27;2;13~",
      [key("shift+enter"), key("shift+enter")],
    ],
    ["backspaces of a held key", "ab\u007f\u007f\b", [text("ab"), ...Array(3).fill(key("backspace"))]],
    ["Ctrl+C glued to text", "ls\u0003", [text("ls"), key("ctrl+c")]],
    [
      "arrows, both ways to send them, with modifiers",
      "\u001b[A\u001bOB\u001b[1;5C",
      [key("up"), key("down"), key("ctrl+right")],
    ],
    ["Home, End, Delete", "\u001b[H\u001b[4~\u001b[3~", [key("home"), key("end"), key("delete")]],
    ["Shift+Tab", "\u001b[Z", [key("shift+tab")]],
    ["Escape alone", "\u001b", [key("escape")]],
    ["Escape twice", "\u001b\u001b", [key("escape"), key("escape")]],
    ["a paste", "\u001b[200~a\r\nb\rc\u001b[201~d", [paste("a\nb\nc"), text("d")]],
    ["a paste with keys in it", "\u001b[200~a\u001b[A\u0003\u001b[201~", [paste("a\u001b[A\u0003")]],
    ["an empty paste", "\u001b[200~\u001b[201~x", [text("x")]],
    [
      "what terminals answer and report",
      "\u001b[?62;c\u001b[I\u001b]11;rgb:0/0/0\u0007\u001bP1$r\u001b\\x",
      [
        ...["\u001b[?62;c", "\u001b[I", "\u001b]11;rgb:0/0/0\u0007", "\u001bP1$r\u001b\\"].map(report),
        text("x"),
      ],
    ],
    [
      "function keys and Alt with a letter",
      "\u001b[15~\u001bOP\u001b[[Aa\u001bb\u001bB",
      [key("f5"), key("f1"), text("a"), key("alt+b"), key("alt+shift+b")],
    ],
    ["Alt+Backspace", "\u001b\u007f", [key("alt+backspace")]],
    [
      "control characters",
      "a\u0000\u001fb\u000b",
      [text("a"), key("ctrl+space"), key("ctrl+_"), text("b"), key("ctrl+k")],
    ],
    [
      "keys of the kitty protocol",
      "\u001b[107;5u\u001b[27u\u001b[127;3u\u001b[97;2u\u001b[32u\u001b[9;2u\u001b[107;133u\u001b[57358u",
      [
        ...[key("ctrl+k"), key("escape"), key("alt+backspace"), text("A"), text(" "), key("shift+tab")],
        key("ctrl+k"),
      ],
    ],
    [
      "the Latin key beside one of another script, and keys that are one code elsewhere",
      "\u001b[1089::99;5u\u001b[1089u\u001b[47;5u\u001b[45:95;6u\u001b[91;5u",
      [key("ctrl+c"), text("с"), key("ctrl+_"), key("ctrl+_"), key("escape")],
    ],
    [
      "modifiers in their order",
      "\u001b[1;8D\u001b[5;3~\u001b[27;6;120~",
      [key("ctrl+alt+shift+left"), key("alt+pageup"), key("ctrl+shift+x")],
    ],
  ])("%s", (_, bytes, keys) => {
    expect(read(bytes)).toEqual(keys);
  });

  it("are the same however the reads are cut, but for Enter, which a read's end tells from a pasted line break", () => {
    const pieces = fc.constantFrom(
      ...["a", "漢", "é", " ", "\u007f", "\u0003", "\n"],
      ...["\u001b[A", "\u001bOB", "\u001b[1;5D", "\u001b[3~", "\u001b[Z", "\u001b[13;2u", "\u001b\r"],
      ...[
        "\u001b[200~x\r\ny\u001b\u001b[20\u001b[201~",
        "\u001b]0;t\u0007",
        "\u001bPq\u001b\\",
        "\u001b[?1;2c",
      ],
    );
    /** Neighbouring texts are one. */
    const joined = (keys: Key[]): Key[] => {
      const all: Key[] = [];
      for (const next of keys) {
        const last = all.at(-1);
        if (last?.type === "text" && next.type === "text") all.splice(-1, 1, text(last.text + next.text));
        else all.push(next);
      }
      return all;
    };
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        (parts, cuts) => {
          const bytes = parts.join("");
          const points = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
          const chunks = [0, ...points].map((start, index) =>
            bytes.slice(start, points[index] ?? bytes.length),
          );
          expect(joined(read(...chunks))).toEqual(joined(read(bytes)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("take a paste of ten megabytes in slices", () => {
    const text = "const answer = 42; // 漢字\r\n".repeat(400_000);
    const whole = `\u001b[200~${text}\u001b[201~`;
    const decoder = new KeyDecoder();
    // Time of this process, not of whatever else the machine does.
    const before = process.cpuUsage();
    const keys: Key[] = [];
    for (let at = 0; at < whole.length; at += 65_536)
      keys.push(...decoder.push(whole.slice(at, at + 65_536)));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toEqual(paste(text.replaceAll("\r\n", "\n")));
  });
});
