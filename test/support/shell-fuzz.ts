/**
 * Shell lines by grammar, some of them damaged, and what bash makes of them. The programs have names nothing has, so that
 * bash calls its handler for commands it does not find: that tells every command that would have run.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Numbers from a seed, below 1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A line by grammar; three in ten are damaged in one to three places. */
export function fuzzLine(random: () => number): string {
  const line = list(random, 2);
  return random() < 0.3 ? damaged(line, random) : line;
}

type Random = () => number;

const pick = <Item>(items: readonly Item[], random: Random, fallback: Item): Item =>
  items[Math.floor(random() * items.length)] ?? fallback;
const program = (random: Random): string => {
  const name = `p${Math.floor(random() * 9)}q`;
  // A name that goes on in the next line is not taken for certain, so there are few of them.
  if (random() < 0.02) return `p\\\n${name.slice(1)}`;
  const forms = [
    name,
    name,
    name,
    `'${name}'`,
    `"${name}"`,
    `\\${name}`,
    `p''${name.slice(1)}`,
    `$'${name}'`,
  ];
  return pick(forms, random, name);
};

function list(random: Random, depth: number): string {
  const count = 1 + Math.floor(random() * 3);
  let text = statement(random, depth);
  for (let at = 1; at < count; at += 1)
    text +=
      pick([" && ", " || ", "; ", "\n", " | ", " |& ", " & ", ";", "&&", " # p0q; x\n"], random, "; ") +
      statement(random, depth);
  return text;
}

function statement(random: Random, depth: number): string {
  if (depth <= 0 || random() < 0.55) return command(random, depth);
  const inner = () => list(random, depth - 1);
  const forms: (() => string)[] = [
    () => `(${inner()})`,
    () => `{ ${inner()}; }`,
    () => `if ${inner()}; then ${inner()}; else ${inner()}; fi`,
    () => `for x in a "b c" $(${inner()}); do ${inner()}; done`,
    () => `while ${inner()}; do ${inner()}; break; done`,
    () => `until ${inner()}\ndo ${inner()}; break; done`,
    () => `case a in b|c) ${inner()};; *) ${inner()};; esac`,
    () => `f() { ${inner()}; }; f x`,
    () => `! ${command(random, depth)}`,
    () => `[[ -n x && a == b ]] && ${command(random, depth)}`,
    () => `for ((i=0;i<2;i++)); do ${inner()}; done`,
    () => `eval '${inner().replaceAll("'", "'\\''")}'`,
    () => `${program(random)} <<EOF\n$(${inner()}) text\nEOF`,
    () => `${program(random)} <<'EOF' | ${program(random)}\n$(${inner()}) it's\nEOF`,
    () => `x=$(${inner()}) ${program(random)}`,
    () => `time ${command(random, depth)}`,
  ];
  return pick(forms, random, inner)();
}

function command(random: Random, depth: number): string {
  const words = [program(random)];
  const count = Math.floor(random() * 4);
  for (let at = 0; at < count; at += 1) words.push(word(random, depth));
  if (random() < 0.2)
    words.push(pick(["> o", "2>&1", "< /dev/null", ">> o", "&> o", "<<< w", "2> o"], random, "> o"));
  if (random() < 0.1) words.unshift(pick(["A=1", "A='x y'", "> o", "command", "A=$x"], random, "A=1"));
  return words.join(pick([" ", " ", "  ", "\t", " \\\n "], random, " "));
}

function word(random: Random, depth: number): string {
  const inner = () => (depth > 0 ? list(random, depth - 1) : "p1q");
  const forms: (() => string)[] = [
    () => "-x",
    () => "a",
    () => "'it; p0q'",
    () => '"a $x b"',
    () => `"$(${inner()})"`,
    () => `$(${inner()})`,
    () => `\`${inner().replaceAll(/[`\\]/g, "")}\``,
    () => `<(${inner()})`,
    () => "$x",
    () => `\${x:-$(${inner()})}`,
    () => "${#x}",
    () => "$((1 + 2))",
    () => "a#b",
    () => "\\;",
    () => "{a,b}",
    () => "$'\\x41\\n'",
    () => '"#"',
    () => "*",
    () => "a\\ b",
    () => '"\\"; p0q"',
  ];
  return pick(forms, random, () => "a")();
}

const pieces = [
  ..."'\"`$(){};&|<>\\#\n\t =[]*?!x0",
  "$(",
  "<<",
  ";;",
  "EOF",
  "done",
  "fi",
  "\\\n",
  "p3q",
  " # ",
  "$'",
];

function damaged(line: string, random: Random): string {
  let text = line;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const at = Math.floor(random() * (text.length + 1));
    const cut = random() < 0.5 ? 0 : 1 + Math.floor(random() * 3);
    text = text.slice(0, at) + (random() < 0.7 ? pick(pieces, random, "x") : "") + text.slice(at + cut);
  }
  return text;
}

/** What bash says of a line: whether it is one, and which programs it would have run. */
export type Ran = { wellFormed: boolean; programs: string[] };

const oracle = `
exec 9>&1
command_not_found_handle() { printf 'R%s:%s\\0' $__at "$1" >&9; return $((RANDOM % 2)); }
PATH=/nowhere; HOME=$PWD; __at=0
while IFS= read -r -d '' line; do
  if ( ulimit -t 2; exec 9>/dev/null; eval "__check() {
$line
}" ) </dev/null >/dev/null 2>&1; then printf 'G%s\\0' $__at >&9; fi
  ( ulimit -t 2; ulimit -f 64; eval "$line" ) </dev/null >/dev/null 2>&1
  __at=$((__at + 1))
done
`;

/** Runs lines in bash, in a folder of their own, with nothing to find. */
export function runInBash(lines: readonly string[]): Ran[] {
  const folder = mkdtempSync(join(tmpdir(), "tau-fuzz-"));
  try {
    const { stdout } = spawnSync("bash", ["--norc", "--noprofile", "-c", oracle, "fuzz"], {
      cwd: folder,
      input: lines.map((line) => `${line}\0`).join(""),
      env: {},
      timeout: 120_000,
      maxBuffer: 2 ** 26,
      encoding: "utf8",
    });
    // What runs in the background may be told of late.
    const found = lines.map((): Ran => ({ wellFormed: false, programs: [] }));
    for (const told of stdout.split("\0")) {
      const [, at, name] = /^R(\d+):(.*)$/s.exec(told) ?? [];
      if (name !== undefined) found[Number(at)]?.programs.push(name);
      const one = told.startsWith("G") ? found[Number(told.slice(1))] : undefined;
      if (one) one.wellFormed = true;
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
