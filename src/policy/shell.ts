/**
 * Splits a shell line into simple commands, where it plainly is a sequence of them. Whatever is not plain (control flow,
 * substitutions, here-documents, functions) is called so, and then no prefix rule can match it.
 * Source: POSIX.1-2024 XCU 2.2 (quoting), 2.3 (tokens), 2.7 (redirection), 2.9 (commands); bash(1).
 */

/** A word with its quotes removed. */
export type Word = {
  /** Unquoted text; variables stand in it as written. */
  text: string;
  /** It has a variable, a pattern or a brace list, so what the command gets is not known. */
  dynamic: boolean;
  /** It began with an unquoted `~`. */
  tilde: boolean;
};

/** A redirection to or from a file. Those between descriptors and to /dev/null are not listed. */
export type Redirect = { direction: "read" | "write"; target: Word };

/** One command: what it sets, what it runs, where it reads and writes. */
export type SimpleCommand = {
  /** `NAME=value` before the first word. */
  assignments: string[];
  words: Word[];
  redirects: Redirect[];
  /** As written, blanks between words made single. */
  raw: string;
};

/**
 * A line, split; or why it cannot be. `operators[i]` stands after `commands[i]`: `&&`, `||`, `|`, `|&`, `;`, `&` or a
 * line break, and nothing where the line ends there.
 */
export type ShellLine =
  | { plain: true; commands: SimpleCommand[]; operators: string[] }
  | { plain: false; reason: string };

class NotPlain extends Error {}

const keywords = new Set(
  "if then elif else fi for while until do done case esac function select coproc in { } ! [[ ]]".split(" "),
);

const operators = /^(?:&&|\|\||;;|\|&|;|\||&(?!>)|\n)/;
const redirection = /^(\d*)(<<<|<<|<>|<&|>&|>>|>\||&>>|&>|<|>)/;

/** Reads one line from left to right. */
class Splitter {
  #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  #rest(): string {
    return this.#line.slice(this.#at);
  }

  commands(): { commands: SimpleCommand[]; operators: string[] } {
    const commands: SimpleCommand[] = [];
    const between: string[] = [];
    while (this.#at < this.#line.length) {
      const command = this.#command();
      const operator = operators.exec(this.#rest())?.[0];
      if (operator === ";;") throw new NotPlain("a case statement");
      if (command !== null) {
        commands.push(command);
        between.push(operator ?? "");
      }
      this.#at += operator?.length ?? 0;
      if (operator === undefined && this.#at < this.#line.length) throw new NotPlain("a group or function");
    }
    return { commands, operators: between };
  }

  /** One simple command, up to an operator; null for an empty one. */
  #command(): SimpleCommand | null {
    const command: SimpleCommand = { assignments: [], words: [], redirects: [], raw: "" };
    const pieces: string[] = [];
    for (;;) {
      this.#skipBlanks();
      const rest = this.#rest();
      if (rest === "" || operators.test(rest)) break;
      const start = this.#at;
      const redirect = redirection.exec(rest);
      if (redirect) this.#redirect(redirect, command);
      else if (/^[()]/.test(rest)) throw new NotPlain("a group or function");
      else this.#take(this.#word(), this.#line.slice(start, this.#at), command);
      pieces.push(this.#line.slice(start, this.#at));
    }
    command.raw = pieces.join(" ");
    return pieces.length === 0 ? null : command;
  }

  #take(word: Word, raw: string, command: SimpleCommand): void {
    if (command.words.length > 0) {
      command.words.push(word);
      return;
    }
    if (/^[A-Za-z_]\w*\+?=/.test(raw)) {
      command.assignments.push(word.text);
      return;
    }
    if (keywords.has(raw)) throw new NotPlain(`the keyword ${raw}`);
    if (word.dynamic || word.tilde) throw new NotPlain("a command whose name is computed");
    if (/^[A-Za-z_]\w*\[/.test(raw)) throw new NotPlain("an array");
    command.words.push(word);
  }

  #redirect([whole, , operator = ""]: RegExpExecArray, command: SimpleCommand): void {
    if (operator === "<<") throw new NotPlain("a here-document");
    this.#at += whole.length;
    this.#skipBlanks();
    if (/^[()<>&|;\n]|^$/.test(this.#rest()))
      throw new NotPlain("a process substitution or unfinished redirection");
    const target = this.#word();
    if (operator === "<<<") return;
    if ((operator === ">&" || operator === "<&") && /^(\d+|-)$/.test(target.text)) return;
    if (target.text === "/dev/null") return;
    const reads = operator === "<" || operator === "<&";
    command.redirects.push({ direction: reads ? "read" : "write", target });
  }

  #skipBlanks(): void {
    for (;;) {
      const blanks = /^(?:[ \t\r]|\\\n)+/.exec(this.#rest());
      this.#at += blanks?.[0].length ?? 0;
      // A comment begins only where a word could.
      const comment = /^#[^\n]*/.exec(this.#rest());
      if (comment === null) return;
      this.#at += comment[0].length;
    }
  }

  /** One word: any mix of quoted and unquoted pieces. */
  #word(): Word {
    const word: Word = { text: "", dynamic: false, tilde: this.#rest().startsWith("~") };
    while (this.#at < this.#line.length) {
      const char = this.#line.charAt(this.#at);
      if (/[ \t\r\n;|&<>()]/.test(char)) break;
      if (char === "'") this.#single(word);
      else if (char === '"') this.#double(word);
      else if (char === "\\") this.#escaped(word);
      else if (char === "$" || char === "`") this.#expansion(word);
      else {
        if (/[*?[{]/.test(char)) word.dynamic = true;
        word.text += char;
        this.#at += 1;
      }
    }
    return word;
  }

  #single(word: Word): void {
    const end = this.#line.indexOf("'", this.#at + 1);
    if (end === -1) throw new NotPlain("a quote that is not closed");
    word.text += this.#line.slice(this.#at + 1, end);
    this.#at = end + 1;
  }

  #double(word: Word): void {
    this.#at += 1;
    for (;;) {
      const char = this.#line.charAt(this.#at);
      if (char === "") throw new NotPlain("a quote that is not closed");
      if (char === '"') break;
      if (char === "\\") {
        const next = this.#line.charAt(this.#at + 1);
        if (next !== "\n") word.text += /[$`"\\]/.test(next) ? next : `\\${next}`;
        this.#at += 2;
      } else if (char === "$" || char === "`") this.#expansion(word);
      else {
        word.text += char;
        this.#at += 1;
      }
    }
    this.#at += 1;
  }

  #escaped(word: Word): void {
    const next = this.#line.charAt(this.#at + 1);
    if (next !== "\n") word.text += next;
    this.#at += 2;
  }

  /** A plain variable is a word nobody knows yet; everything else after `$` can run or hide something. */
  #expansion(word: Word): void {
    const rest = this.#rest();
    if (/^(`|\$\()/.test(rest)) throw new NotPlain("a command substitution");
    if (/^\$['"]/.test(rest)) throw new NotPlain("a $'…' string");
    const variable = /^\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*|[0-9?#@*$!-])/.exec(rest);
    if (variable === null && rest.startsWith("${")) throw new NotPlain("a computed expansion");
    const text = variable?.[0] ?? "$";
    if (variable !== null) word.dynamic = true;
    word.text += text;
    this.#at += text.length;
  }
}

/** Splits a shell line into its simple commands. */
export function splitShell(line: string): ShellLine {
  try {
    if (line.includes("\0")) throw new NotPlain("a NUL character");
    return { plain: true, ...new Splitter(line).commands() };
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    return { plain: false, reason: error.message };
  }
}

/**
 * Everything in a line that could be a command, quotes and structure ignored: for rules that forbid, on lines that are
 * not plain. May name commands that are none; never misses one that is spelt out.
 */
export function looseCommands(line: string): SimpleCommand[] {
  const lead = /^(?:(?:if|then|elif|else|while|until|do|!|time|exec|eval)\s+)+/;
  return line.split(/[;&|(){}`\n]|\$\(/).flatMap((piece) => {
    const trimmed = piece
      .trim()
      .replace(/^["']+/, "")
      .replace(lead, "");
    const words = trimmed
      .split(/\s+/)
      .map((text) => text.replace(/["'\\]/g, ""))
      .filter((text) => text !== "");
    const first = words.findIndex((text) => !/^[A-Za-z_]\w*=/.test(text));
    if (first === -1) return [];
    const asWord = (text: string): Word => ({
      text,
      dynamic: /[$*?[{]/.test(text),
      tilde: text.startsWith("~"),
    });
    return [{ assignments: [], words: words.slice(first).map(asWord), redirects: [], raw: trimmed }];
  });
}
