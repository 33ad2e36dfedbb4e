/** The ways to write one command, as rules are held against them. */
import { commandMatches, type Rule } from "./rule.ts";
import { programName, type SimpleCommand, type Word } from "./shell/line.ts";

/** A word as rules are held against it: quoted where it would otherwise fall apart into several. */
function ruleWord(text: string): string {
  return /^[^\s"']+$/.test(text) ? text : JSON.stringify(text);
}

/** The ways a rule that allows may match: as written, and with the quotes taken away. */
export function spellings(command: SimpleCommand): string[] {
  return [command.words.map((word) => ruleWord(word.text)).join(" "), command.raw];
}

/** Other names of the same program. */
const sameProgram: { readonly [name: string]: string } = {
  nodejs: "node",
  gmake: "make",
  gawk: "awk",
  mawk: "awk",
  nawk: "awk",
  gtar: "tar",
  bsdtar: "tar",
  gsed: "sed",
  gfind: "find",
  gxargs: "xargs",
  grm: "rm",
  gmv: "mv",
  gcp: "cp",
  gdd: "dd",
  gln: "ln",
  gchmod: "chmod",
  gchown: "chown",
  gshred: "shred",
  gunlink: "unlink",
};

/** The names a program is known by: its own without folder, in small letters, without version, and its other ones. */
function names(command: SimpleCommand): string[] {
  const name = programName(command);
  const small = name.toLowerCase();
  const plain = small.replace(/^(python|pip|perl|ruby|node|php|lua|gcc|clang)-?[\d.]+$/, "$1");
  const same = Object.hasOwn(sameProgram, small) ? sameProgram[small] : undefined;
  return [...new Set([name, small, plain, ...(same === undefined ? [] : [same])])];
}

const gitValued = new Set([
  "-C",
  "-c",
  "--git-dir",
  "--work-tree",
  "--namespace",
  "--exec-path",
  "--config-env",
]);

/** The words of a command by each of its program's names, also without git's options before the subcommand. */
function forms(command: SimpleCommand): Word[][] {
  const rest = command.words.slice(1);
  const known = (text: string): Word => ({ text, dynamic: false, tilde: false });
  return names(command).flatMap((name) => {
    const whole = [known(name), ...rest];
    if (name !== "git") return [whole];
    let at = 0;
    while (rest[at]?.text.startsWith("-")) at += gitValued.has(rest[at]?.text ?? "") ? 2 : 1;
    return [whole, [known(name), ...rest.slice(at)]];
  });
}

/** Whether a rule that forbids or asks is about a command, however it is written. */
export function speaksOf({ spec }: Rule, command: SimpleCommand): boolean {
  if (spec === null) return true;
  const texts = forms(command).map((words) => words.map(({ text }) => text).join(" "));
  return [...spellings(command), ...texts].some((text) => commandMatches(spec, text));
}

/** Whether such a rule may be about a command, of which a word is not known before it runs. */
export function maySpeakOf({ spec }: Rule, command: SimpleCommand): boolean {
  if (spec === null) return true;
  const wanted = literalWords(spec);
  return forms(command).some((words) => {
    for (const [at, want] of wanted.entries()) {
      const word = words[at];
      if (word === undefined) return false;
      if (word.dynamic && at > 0) return /[$`*?[{]/.test(word.text);
      if (word.text !== want) return false;
    }
    return true;
  });
}

/** The words of a rule before anything in it is left open. */
function literalWords(spec: string): string[] {
  const open = spec.endsWith(":*") ? spec.length - 2 : spec.indexOf("*");
  const literal = open === -1 ? spec : spec.slice(0, open);
  const words = literal.trim().split(/\s+/);
  // `npm*` leaves its last word open.
  return open !== -1 && !spec.endsWith(":*") && !/\s$/.test(literal) ? words.slice(0, -1) : words;
}

/** Whether a rule that allows names the word at a place itself, so that it is about what begins there as well. */
export function reaches({ spec }: Rule, at: number): boolean {
  return spec === null || !spec.includes("*") || literalWords(spec).length > at;
}
