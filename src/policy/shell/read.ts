/**
 * Reads a shell line: every simple command in it, wherever it stands, and what cannot be judged.
 * Source: POSIX.1-2024 XCU 2.7 (redirection), 2.9 (commands); bash(1); the node types of tree-sitter-bash 0.25.
 */
import { completed } from "./carriers.ts";
import { guessedCommands } from "./guess.ts";
import type { Redirect, ShellLine, SimpleCommand, Unclear, Word } from "./line.ts";
import type { ParseShell, SyntaxNode } from "./syntax.ts";
import { hereDocument, misread } from "./tokens.ts";
import { calculation, oddSyntax, readWord, type Surroundings } from "./words.ts";

/** A longer line is not judged part by part. */
const maxLength = 64_000;
/** How deep scripts in arguments are read; nobody nests deeper in good faith. */
const maxScripts = 5;
/** Folders a command may run in, beyond which nobody can say where it runs. */
const maxFolders = 8;

/** Reads a line with a parser. */
export function readShell(text: string, parse: ParseShell, depth = 0): ShellLine {
  const nothing = { text, commands: [], operators: [], flat: false, unread: false };
  const unclear = (what: string): ShellLine => ({
    ...nothing,
    unclear: [{ what, text }],
    guessed: text.length > maxLength ? [] : guessedCommands(text),
  });
  if (text.length > maxLength) return unclear(`more than ${maxLength} characters`);
  if (depth > maxScripts) return unclear("scripts nested too deep");
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(text)) return unclear("a control character");
  const root = parse(text);
  const wrong = misread(root, text);
  const reader = new Reader(text, (script) => readShell(script, parse, depth + 1));
  reader.read(root);
  const { commands, operators, flat, doubts } = reader;
  for (const node of wrong.slice(0, 1)) doubts.unshift({ what: oddSyntax, text: shownPart(node, text) });
  const guessed = doubts.some(({ what }) => what === oddSyntax) ? guessedCommands(text) : [];
  return {
    text,
    commands,
    operators,
    flat: flat && wrong.length === 0,
    unclear: doubts,
    guessed,
    unread: false,
  };
}

function shownPart({ start, end }: SyntaxNode, text: string): string {
  const part = text.slice(start, end).trim();
  return part === "" ? text.slice(Math.max(0, start - 20), end + 20).trim() : part;
}

/** A command while it is read. */
type Draft = {
  assignments: string[];
  words: Word[];
  redirects: Redirect[];
  pieces: string[];
  input: SimpleCommand["input"];
  /** What a here-document or here-string gives it, where that is known. */
  given: string | null;
};

const keywords = new Set(
  "if then elif else fi for while until do done case esac function select in { } ! [[ ]] coproc".split(" "),
);
const joints = new Set(["&&", "||", "|", "|&", ";", "&", "\n", ";;"]);
const folderChangers = new Set(["cd", "pushd", "popd"]);
/** Builtins that give variables values nobody knows. */
const assigners = new Set(["read", "mapfile", "readarray", "getopts", "printf", "select", "wait"]);
const isRedirect = ({ type }: SyntaxNode): boolean => /^(file|heredoc|herestring)_redirect$/.test(type);

/** Walks the tree from left to right. */
class Reader {
  readonly #source: string;
  readonly #script: (text: string) => ShellLine;
  readonly commands: SimpleCommand[] = [];
  readonly operators: string[] = [];
  readonly doubts: Unclear[] = [];
  flat = true;
  /** Where the next command may run, and where else, if what changed the folder last did not succeed. */
  #folders: readonly (readonly Word[])[] = [[]];
  #otherwise: readonly (readonly Word[])[] = [];
  /** In a loop or a function what is read once runs any number of times. */
  #repeated = false;
  #piped = false;
  readonly #calculated = new Set<string>();
  readonly #unknownValues = new Set<string>();
  readonly #around: Surroundings;

  constructor(source: string, script: (text: string) => ShellLine) {
    this.#source = source;
    this.#script = script;
    this.#around = {
      source,
      substitution: (node) => this.#substitution(node),
      doubt: (what, node) => this.#doubt(what, node),
      calculated: (name) => this.#calculated.add(name),
    };
  }

  read(root: SyntaxNode): void {
    this.#statements(root.children);
    const open = [...this.#calculated].find(
      (name) => this.#unknownValues.has(name) || /^(\d+|[@*])$/.test(name),
    );
    if (open !== undefined)
      this.doubts.push({ what: "calculating with a value that is not known", text: `$${open}` });
  }

  #text({ start, end }: SyntaxNode): string {
    return this.#source.slice(start, end);
  }

  #doubt(what: string, node: SyntaxNode): void {
    this.doubts.push({ what, text: shownPart(node, this.#source) });
  }

  #word(node: SyntaxNode): Word {
    return readWord(node, this.#around);
  }

  /** A subshell, a substitution or a pipeline's member: what it does to the folder ends with it. */
  #apart(read: () => void): void {
    const { flat } = this;
    const before = { folders: this.#folders, otherwise: this.#otherwise, piped: this.#piped };
    read();
    this.#folders = before.folders;
    this.#otherwise = before.otherwise;
    this.#piped = before.piped;
    this.flat = flat && this.flat;
  }

  #substitution(node: SyntaxNode): void {
    const inner = node.children.filter(({ type }) => !/^(?:\$\(|\)|\$?`|[<>]\()$/.test(type));
    // Inside backticks a backslash means something else.
    if (this.#source.charAt(node.start) === "`" && this.#text(node).includes("\\"))
      this.#doubt("a backslash inside backticks", node);
    this.#apart(() => this.#statements(inner));
    this.flat = false;
  }

  /** Statements and what stands between them. */
  #statements(nodes: readonly SyntaxNode[]): void {
    for (const node of nodes) {
      if (joints.has(node.type)) this.#joint(node.type);
      else if (isRedirect(node)) this.#onlyRedirects([node]);
      else this.#statement(node, []);
    }
  }

  #joint(type: string): void {
    if (this.commands.length > 0) this.operators[this.commands.length - 1] = type === ";;" ? ";" : type;
    if (type !== "&&") this.#settle();
  }

  /** From here on it is open whether the last change of folder succeeded. */
  #settle(): void {
    this.#folders = this.#union(this.#folders, this.#otherwise);
    this.#otherwise = [];
  }

  #union(
    some: readonly (readonly Word[])[],
    others: readonly (readonly Word[])[],
  ): readonly (readonly Word[])[] {
    const key = (folder: readonly Word[]): string => JSON.stringify(folder);
    const have = new Set(some.map(key));
    const all = [...some, ...others.filter((folder) => !have.has(key(folder)))];
    if (all.length <= maxFolders) return all;
    this.doubts.push({ what: "too many changes of the folder", text: this.#source });
    return all.slice(0, maxFolders);
  }

  #block(nodes: readonly SyntaxNode[], repeated: boolean): void {
    this.flat = false;
    const before = this.#repeated;
    this.#repeated = before || repeated;
    this.#settle();
    this.#statements(nodes);
    this.#settle();
    this.#repeated = before;
  }

  /** One statement; `redirects` are those of a statement around it that are its own. */
  #statement(node: SyntaxNode, redirects: readonly SyntaxNode[]): void {
    const { children } = node;
    switch (node.type) {
      case "comment":
        return;
      case "command":
      case "declaration_command":
      case "unset_command":
      case "test_command":
      case "variable_assignment":
      case "variable_assignments":
        this.#command(node, redirects);
        return;
      case "redirected_statement":
        this.#redirected(node, redirects);
        return;
      case "list":
        this.#parts(children, redirects, (part, own) => this.#statement(part, own));
        return;
      case "pipeline":
        this.#pipeline(children, redirects);
        return;
      default:
        if (redirects.length > 0) this.#onlyRedirects(redirects);
        this.#compound(node);
    }
  }

  #parts(
    nodes: readonly SyntaxNode[],
    redirects: readonly SyntaxNode[],
    read: (node: SyntaxNode, own: readonly SyntaxNode[]) => void,
  ): void {
    const last = nodes.at(-1);
    for (const node of nodes) {
      if (joints.has(node.type)) this.#joint(node.type);
      else read(node, node === last ? redirects : []);
    }
  }

  #pipeline(nodes: readonly SyntaxNode[], redirects: readonly SyntaxNode[]): void {
    let first = !joints.has(nodes[0]?.type ?? "");
    this.#parts(nodes, redirects, (part, own) => {
      const piped = !first;
      first = false;
      this.#apart(() => {
        this.#piped ||= piped;
        this.#statement(part, own);
      });
    });
  }

  #compound(node: SyntaxNode): void {
    const { children, type } = node;
    const [opening] = children;
    switch (type) {
      case "compound_statement":
        this.flat = false;
        if (opening?.type === "((") for (const child of children) calculation(child, this.#around);
        else
          this.#block(
            children.filter((child) => !/^[{}]$/.test(child.type)),
            false,
          );
        return;
      case "subshell":
        this.#apart(() =>
          this.#block(
            children.filter((child) => !/^[()]$/.test(child.type)),
            false,
          ),
        );
        return;
      case "negated_command":
        this.flat = false;
        this.#statements(children.filter((child) => child.type !== "!"));
        this.#settle();
        return;
      case "function_definition":
        this.#function(children);
        return;
      case "if_statement":
      case "elif_clause":
      case "else_clause":
        this.#block(
          children.filter((child) => !keywords.has(child.type)),
          false,
        );
        return;
      case "while_statement":
      case "do_group":
        this.#block(
          children.filter((child) => !/^(while|until|do|done)$/.test(child.type)),
          true,
        );
        return;
      case "for_statement":
        this.#for(children);
        return;
      case "c_style_for_statement":
        for (const child of children.slice(0, -1)) calculation(child, this.#around);
        this.#block(children.slice(-1), true);
        return;
      case "case_statement":
        this.#case(children);
        return;
      default:
        // What the parser could not place may still hold commands.
        this.flat = false;
        if (type !== "ERROR") this.#doubt(oddSyntax, node);
        for (const child of children)
          if (/(command|statement|list|pipeline|subshell|ERROR|assignment)/.test(child.type))
            this.#statement(child, []);
    }
  }

  #function(children: readonly SyntaxNode[]): void {
    const name = children.find(({ type }) => type === "word");
    this.#block(
      children.filter(({ type }) => !/^(word|function|[()])$/.test(type)),
      true,
    );
    // Where a folder is changed by a function of that name nobody can follow.
    if (name !== undefined && folderChangers.has(this.#text(name)))
      this.#doubt("a function that changes what cd means", name);
  }

  #for(children: readonly SyntaxNode[]): void {
    const at = children.findIndex(({ type }) => type === "in");
    const name = children[1];
    for (const child of children.slice(at === -1 ? 2 : at + 1)) {
      if (child.type === "do_group") this.#compound(child);
      else if (!joints.has(child.type) && child.type !== "comment") {
        const value = this.#word(child);
        if (name !== undefined && (value.dynamic || /[$`]/.test(value.text)))
          this.#unknownValues.add(this.#text(name));
      }
    }
    if (name !== undefined && (at === -1 || children[0]?.type === "select"))
      this.#unknownValues.add(this.#text(name));
    this.flat = false;
  }

  #case(children: readonly SyntaxNode[]): void {
    this.flat = false;
    for (const child of children) {
      if (child.type === "case_item") {
        const end = child.children.findIndex(({ type }) => type === ")");
        for (const pattern of child.children.slice(0, end))
          if (!/^[(|]$/.test(pattern.type)) this.#pattern(pattern);
        this.#block(
          child.children.slice(end + 1).filter(({ type }) => !/^;;?&$|^;;$/.test(type)),
          false,
        );
      } else if (!/^(case|in|esac|comment|;|\n)$/.test(child.type)) this.#word(child);
    }
  }

  #pattern(node: SyntaxNode): void {
    if (/^(regex|extglob_pattern)$/.test(node.type)) calculation(node, this.#around);
    else this.#word(node);
  }

  /** A statement with redirections: a simple command's are its own, those of anything else are judged alone. */
  #redirected({ children }: SyntaxNode, outer: readonly SyntaxNode[]): void {
    const redirects = [...children.filter(isRedirect), ...outer];
    const body = children.find((child) => !isRedirect(child) && child.type !== "comment");
    if (body === undefined) this.#onlyRedirects(redirects);
    else this.#statement(body, redirects);
  }

  #onlyRedirects(redirects: readonly SyntaxNode[]): void {
    const draft = this.#draft();
    const after = redirects.flatMap((redirect) => this.#redirect(redirect, draft));
    this.#finish(draft);
    for (const node of after) this.#continued(node);
  }

  #draft(): Draft {
    const input = this.#piped ? "pipe" : null;
    return { assignments: [], words: [], redirects: [], pieces: [], input, given: null };
  }

  #command(node: SyntaxNode, redirects: readonly SyntaxNode[]): void {
    const draft = this.#draft();
    const own = /^variable_assignment$/.test(node.type) ? [node] : node.children;
    const after: SyntaxNode[] = [];
    if (node.type === "test_command") this.#test(node, draft);
    else for (const child of own) this.#element(child, draft);
    for (const redirect of redirects) after.push(...this.#redirect(redirect, draft));
    this.#finish(draft);
    for (const each of after) this.#continued(each);
  }

  /** What stands behind a here-document's beginning, on the same line. */
  #continued(node: SyntaxNode): void {
    if (joints.has(node.type)) this.#joint(node.type);
    else if (node.type === "pipeline") this.#pipeline(node.children, []);
    else this.#statement(node, []);
  }

  #element(node: SyntaxNode, draft: Draft): void {
    switch (node.type) {
      case "comment":
        return;
      case "variable_assignment":
        this.#assignment(node, draft);
        return;
      case "file_redirect":
      case "herestring_redirect":
        this.#redirect(node, draft);
        return;
      case "command_name":
        for (const child of node.children) this.#take(child, draft);
        return;
      case "subshell":
        this.#doubt("a group among a command's words", node);
        this.#compound(node);
        return;
      case "regex":
        this.#doubt(oddSyntax, node);
        return;
      default:
        this.#take(node, draft);
    }
  }

  #take(node: SyntaxNode, draft: Draft): void {
    const raw = this.#text(node);
    draft.pieces.push(raw);
    if (/^(declare|typeset|export|readonly|local|unset|unsetenv)$/.test(node.type)) {
      draft.words.push({ text: node.type, dynamic: false, tilde: false });
      return;
    }
    const word = this.#word(node);
    if (draft.words.length === 0) this.#program(word, raw, node);
    draft.words.push(word);
  }

  #program(word: Word, raw: string, node: SyntaxNode): void {
    if (word.dynamic || word.tilde) this.#doubt("a command whose name is computed", node);
    else if (keywords.has(raw)) this.#doubt(`the keyword ${raw}`, node);
    else if (/^[A-Za-z_]\w*(\[.*\])?\+?=/.test(raw)) this.#doubt("an assignment in an odd place", node);
    // What only looks like a known name is another program.
    else if (!/^[\x21-\x7e]+$/.test(word.text))
      this.#doubt("a command with unusual characters in its name", node);
  }

  #assignment(node: SyntaxNode, draft: Draft): void {
    const [target, , value] = node.children;
    draft.pieces.push(this.#text(node));
    if (target?.type === "subscript")
      for (const child of target.children.slice(1)) calculation(child, this.#around);
    const name = /^\w+/.exec(this.#text(node))?.[0] ?? "";
    let text = "";
    let dynamic = false;
    const values =
      value?.type === "array" ? value.children.filter(({ type }) => !/^[()]$/.test(type)) : [value];
    for (const each of values) {
      if (each === undefined || each.type === "comment") continue;
      const word = this.#word(each);
      text += word.text;
      dynamic ||= word.dynamic;
    }
    if (dynamic || /[$`]/.test(text)) this.#unknownValues.add(name);
    draft.assignments.push(`${name}=${text}`);
    // `export A=1` is a word of the command as well.
    if (draft.words.length > 0) draft.words.push({ text: `${name}=${text}`, dynamic, tilde: false });
  }

  /** `[ … ]` and `[[ … ]]`: its words in order. */
  #test(node: SyntaxNode, draft: Draft): void {
    const double = node.children[0]?.type === "[[";
    if (double) this.flat = false;
    const visit = (child: SyntaxNode): void => {
      if (/^(unary|binary|ternary|postfix|parenthesized)_expression$/.test(child.type)) {
        const operator = child.children.find(({ type }) => type === "test_operator");
        const calculates = operator !== undefined && /^-(eq|ne|lt|gt|le|ge|v)$/.test(this.#text(operator));
        if (double && calculates) for (const each of child.children) calculation(each, this.#around);
        for (const each of child.children) visit(each);
      } else if (/^(regex|extglob_pattern)$/.test(child.type)) {
        calculation(child, this.#around);
        draft.words.push({ text: this.#text(child), dynamic: true, tilde: false });
      } else if (child.children.length === 0 && child.type === this.#text(child)) {
        if (!double && /^[<>]/.test(child.type)) this.#doubt("a redirection inside [", child);
        draft.words.push({ text: child.type, dynamic: false, tilde: false });
      } else draft.words.push(this.#word(child));
    };
    for (const child of node.children) visit(child);
    draft.pieces.push(this.#text(node).replace(/\s+/g, " "));
  }

  /** One redirection; returns what else stands on the line behind a here-document. */
  #redirect(node: SyntaxNode, draft: Draft): SyntaxNode[] {
    draft.pieces.push(this.#text(node));
    if (node.type === "heredoc_redirect") return this.#hereDocument(node, draft);
    const operator = node.children.find(({ type }) => /[<>]/.test(type));
    const words = node.children.filter((child) => child !== operator && child.type !== "file_descriptor");
    if (node.type === "herestring_redirect") {
      for (const word of words) {
        const { text, dynamic } = this.#word(word);
        draft.input = "text";
        draft.given = dynamic ? null : text;
      }
      return [];
    }
    const type = operator?.type ?? "";
    const [destination, ...more] = words;
    // The parser takes the words behind a target for further targets; the shell gives them to the command.
    for (const word of /-$/.test(type) ? words : more) this.#take(word, draft);
    if (destination === undefined || /-$/.test(type)) return [];
    draft.pieces.splice(
      draft.pieces.length - more.length - 1,
      1,
      this.#source.slice(node.start, destination.end),
    );
    const target = this.#word(destination);
    if (/^[<>]&$/.test(type) && /^(\d+|\d*-)$/.test(target.text) && !target.dynamic) return [];
    if (type === "<" && draft.input === null) draft.input = "text";
    if (target.text === "/dev/null") return [];
    draft.redirects.push({ direction: /^<&?$/.test(type) ? "read" : "write", target });
    return [];
  }

  #hereDocument(node: SyntaxNode, draft: Draft): SyntaxNode[] {
    const after: SyntaxNode[] = [];
    const document = hereDocument(node, this.#source);
    draft.input = "text";
    draft.given =
      document === null || (document.expanded && /[$`\\]/.test(document.text)) ? null : document.text;
    for (const child of node.children) {
      if (/^(<<-?|heredoc_start|heredoc_end|file_descriptor|\n|comment)$/.test(child.type)) continue;
      if (child.type === "heredoc_body") {
        // Quoted, it is text; else the shell runs what is in it.
        if (document?.expanded !== false) this.#body(child);
      } else if (/^(file|herestring)_redirect$/.test(child.type)) this.#redirect(child, draft);
      else if (child.type === "heredoc_redirect") after.push(...this.#redirect(child, draft));
      else if (joints.has(child.type) || this.#isStatement(child)) after.push(child);
      else this.#take(child, draft);
    }
    return after;
  }

  #isStatement({ type }: SyntaxNode): boolean {
    return /(_statement|_command|^command|^list|^pipeline|^subshell|^variable_assignments?|^function_definition)$/.test(
      type,
    );
  }

  #body(node: SyntaxNode): void {
    let at = node.start;
    const literal = (end: number): void => {
      if (/(?<!\\)(?:\\\\)*(?:`|\$[({])/.test(this.#source.slice(at, end))) this.#doubt(oddSyntax, node);
    };
    for (const child of node.children) {
      if (!/expansion|substitution/.test(child.type)) continue;
      literal(child.start);
      this.#word(child);
      at = child.end;
    }
    literal(node.end);
  }

  #finish({ assignments, words, redirects, pieces, input, given }: Draft): void {
    if (pieces.length === 0) return;
    const command = { assignments, words, redirects, raw: pieces.join(" "), folders: this.#folders, input };
    this.commands.push(completed({ ...command, carried: null, hidden: [] }, given, this.#script));
    this.operators.push("");
    const name = words[0]?.text ?? "";
    if (assigners.has(name))
      for (const { text } of words.slice(1)) this.#unknownValues.add(text.replace(/\[.*/, ""));
    if (folderChangers.has(name)) this.#changeFolder(words);
  }

  #changeFolder(words: readonly Word[]): void {
    const targets = words.slice(1).filter(({ text }) => !/^-[LPe@n]+$/.test(text) && text !== "--");
    const unknown: Word = { text: "$OLDPWD", dynamic: true, tilde: false };
    const home: Word = { text: "~", dynamic: false, tilde: true };
    const [target = words[0]?.text === "cd" ? home : unknown] = targets;
    const to = target.text === "-" || /^[+-]\d+$/.test(target.text) ? unknown : target;
    if (this.#repeated) {
      const raw = words.map(({ text }) => text).join(" ");
      this.doubts.push({ what: "a change of the folder that may happen many times", text: raw });
    }
    const before = this.#folders;
    const isLast = this.operators.at(-2) === "||";
    this.#folders = before.map((folder) => [...folder, to]);
    this.#otherwise = this.#union(this.#otherwise, before);
    if (isLast) this.#settle();
  }
}
