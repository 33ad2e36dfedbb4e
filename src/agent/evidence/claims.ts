/** Finds in an answer what it claims of checks. The answer is only read; what is quoted or code is not its own word. */
import type { CheckKind, Claim } from "../../core/evidence.ts";
import {
  type ClaimRow,
  clauseBreak,
  cleanOf,
  conditional,
  goesOn,
  ofChecks,
  saidAlone,
  sayings,
  subjects,
  success,
  takenBack,
  ticked,
  verified,
} from "./claim-table.ts";
import { checkOf } from "./recognise.ts";

/** A claim as found, not yet held against anything. */
export type FoundClaim = { kind: Claim["kind"]; provenBy: readonly CheckKind[]; text: string };

/** The longest sentence shown. */
const shownChars = 120;
/** Characters of an answer that are looked at, from its end: that is where it says what came of the work. */
const readChars = 20_000;

/** The claims of an answer, one of each kind: the first that is made. */
export function claimsIn(answer: string): FoundClaim[] {
  const found = new Map<string, FoundClaim>();
  const end = answer.slice(-readChars);
  // A code span may be the name of a check, whatever letters it has.
  if (!end.includes("`") && !ofChecks.test(end)) return [];
  let before = "";
  for (const sentence of sentencesOf(ownWords(end))) {
    const about = `${before} ${sentence}`;
    before = sentence;
    if (!ofChecks.test(sentence) || sentence.endsWith("?") || conditional.test(sentence)) continue;
    for (const clause of sentence.split(clauseBreak)) {
      const whole = ofTests.test(about) ? clause.replace(goesOn, "the tests") : clause;
      for (const part of partsOf(whole)) {
        for (const { kind, provenBy } of claimsOfPart(part))
          if (!found.has(kind)) found.set(kind, { kind, provenBy, text: shown(sentence) });
      }
    }
  }
  return [...found.values()];
}

const ofTests = /\b(?:tests?|suite|specs?)\b|‹test›/i;

/** The answer without code blocks, quotes and markup; a code span that is a check becomes the name of its kind. */
function ownWords(answer: string): string {
  return answer
    .replace(/(^|\n)[ \t]*(```+|~~~+)[\s\S]*?(\n[ \t]*\2|$)/g, "\n")
    .replace(/(^|\n)[ \t]*>[^\n]*/g, "\n")
    .replace(/`+([^`\n]+)`+/g, (_, code: string) => spanWord(code))
    .replace(/"[^"\n]{2,}"|“[^”\n]*”|«[^»\n]*»|(?<=^|\s)'[^'\n]{3,}'(?=[\s.,;]|$)/g, " ")
    .replace(/\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)/g, "")
    .replace(/\[([^\][\n]{0,200})\]\([^)\n]{0,500}\)/g, "$1");
}

function spanWord(code: string): string {
  const check = checkOf(code.trim().split(/\s+/));
  return check ? `‹${check.kind}›` : "‹code›";
}

/** Sentences and list items, in one line each. */
function sentencesOf(text: string): string[] {
  return text
    .split(/\n|(?<=[.!?…])\s+(?=[^a-z])/u)
    .map((sentence) =>
      sentence
        .trim()
        .replace(/^(?:[-*+•]|\d+[.)]|#{1,6}|\|)\s+/, "")
        .replace(/[.!…:|\s]+$/u, "")
        .replace(/\s+/g, " "),
    )
    .filter((sentence) => sentence !== "");
}

/**
 * A clause, cut at "and" and commas into parts that say something of their own: `the build passes and lint was not run`
 * is two, `build, lint and tests pass` one.
 */
function partsOf(clause: string): string[] {
  const parts: string[] = [];
  let open = "";
  for (const piece of clause.split(/,?\s+(?:and|&)\s+|,\s+/i)) {
    open = open === "" ? piece : `${open} and ${piece}`;
    if (!says(prepared(open))) continue;
    parts.push(open);
    open = "";
  }
  return open === "" ? parts : [...parts, open];
}

/** Whether the words come to something: that it went well, or that it did not. */
const says = (text: string): boolean =>
  success.test(text) ||
  saidAlone.some(({ pattern }) => pattern.test(text)) ||
  /[✅✓✔☑🟢]/u.test(text) ||
  takenBack.test(text) ||
  verified.some((pattern) => pattern.test(text));

/** The words with the sayings replaced that would be mistaken word by word. */
const prepared = (text: string): string =>
  sayings.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);

function claimsOfPart(part: string): Omit<FoundClaim, "text">[] {
  const clean = cleanOf.flatMap(({ kind, pattern }) => (pattern.test(part) ? [kind] : []));
  const text = prepared(part);
  if (takenBack.test(text)) return [];
  const alone = saidAlone.flatMap(({ kind, pattern }) => (pattern.test(text) ? [kind] : []));
  const kinds = new Set<Claim["kind"]>([...clean, ...alone]);
  for (const row of subjects) if (clean.length === 0 && isSaidOf(row, text)) kinds.add(row.kind);
  if (kinds.size > 0) return [...kinds].map((kind) => ({ kind, provenBy: proofOf(kind, text) }));
  return verified.some((pattern) => pattern.test(text)) ? [{ kind: "verified", provenBy: [] }] : [];
}

/** A word of success this far from its subject says nothing of it any more. */
const reach = 90;

function isSaidOf({ subject, unless }: ClaimRow, text: string): boolean {
  const about = subject.exec(text);
  if (about === null || unless?.test(text)) return false;
  const said = success.exec(text);
  if (said !== null && Math.abs(said.index - about.index) <= reach) return true;
  const isCheck = about[0].startsWith("‹");
  return (
    ticked.after.test(text.slice(about.index + about[0].length)) ||
    (isCheck && ticked.before.test(text.slice(0, about.index)))
  );
}

function proofOf(kind: Claim["kind"], text: string): readonly CheckKind[] {
  const rows = subjects.filter((row) => row.kind === kind);
  return (rows.find(({ subject }) => subject.test(text)) ?? rows.at(-1))?.provenBy ?? [];
}

function shown(sentence: string): string {
  const text = sentence.replace(/‹(\w+)›/g, "$1");
  return text.length > shownChars ? `${text.slice(0, shownChars - 1)}…` : text;
}
