/** The demo model's mind: a handful of rules over what the conversation has shown. */
import type { Json, Message } from "../../core/message.ts";
import { diagnose, uniquePlace } from "./bugs.ts";
import { type Evidence, evidenceOf, importsOf, pathOf } from "./evidence.ts";
import type { TestReport } from "./test-report.ts";

/** What it says, and the one thing it then does. */
export type Move = { text: string; call: { name: string; input: Json } | null };

/** The command it runs; front ends allow it for the demo. */
export const testCommand = "node --test";

const introduction =
  "I am Tau's demo model: a script, not an AI. I run offline and only know how to find and fix a few classic " +
  "mistakes in a small JavaScript project with failing tests.";

/** Decides the next move. `tools` are the names the request offers. */
export function decide(messages: readonly Message[], tools: readonly string[]): Move {
  const evidence = evidenceOf(messages);
  const working = evidence.report !== null || evidence.blocked !== null || evidence.edits.length > 0;
  if (
    !working &&
    !/\b(fix|test|tests|bug|fail|fails|failing|repair|broken|demo)\b/i.test(evidence.question)
  ) {
    return say(
      `${introduction} Ask me to fix the failing test of the demo project, or choose a real model with ` +
        "`--model provider/model` once its key is set.",
    );
  }
  const needed = ["bash", "read", "edit"].filter((name) => !tools.includes(name));
  if (needed.length > 0)
    return say(summary(evidence, `I am not given the tools I need (${needed.join(", ")}).`));
  if (evidence.blocked !== null) {
    return say(
      `I could not run the tests, and without them I would only be guessing:\n\n${evidence.blocked}`,
    );
  }
  if (evidence.report === null) {
    const done = evidence.edits.some(({ failed }) => !failed);
    const text = done
      ? "The edit is made. I run the tests again to prove it."
      : `${introduction} First I run the tests.`;
    return { text, call: { name: "bash", input: { command: testCommand } } };
  }
  return afterTests(evidence, evidence.report);
}

function afterTests(evidence: Evidence, { failure, failed, passed }: TestReport): Move {
  if (failure === null) {
    const proof = `All ${passed} tests pass.`;
    return say(summary(evidence, evidence.edits.length > 0 ? proof : `${proof} There is nothing to fix.`));
  }
  const { test, file, expected, actual } = failure;
  const values = expected === null ? "" : ` It expected ${expected} and got ${actual ?? "something else"}.`;
  const heading = `${failed} of ${failed + passed} tests fail, first of all "${test}".${values}`;
  if (file === null) return say(`${heading} The output does not say in which file, so I stop here.`);
  const toRead = nextFile(file, evidence);
  if (toRead === file) return read(`${heading} I look at what it checks.`, file);
  if (toRead !== null) return read("The code it exercises is next.", toRead);
  return repair(evidence, heading);
}

/** The test, then what it imports, breadth first; null when everything within reach is read. */
function nextFile(test: string, { files, unreadable }: Evidence): string | null {
  const reachable = [test];
  for (const path of reachable) {
    const source = files.get(path);
    if (source === undefined) {
      if (unreadable.has(path)) continue;
      return path;
    }
    for (const target of importsOf(path, source)) if (!reachable.includes(target)) reachable.push(target);
  }
  return null;
}

function repair({ files, edits }: Evidence, heading: string): Move {
  for (const [path, source] of files) {
    const diagnosis = /\.test\.[cm]?[jt]s$/.test(path) ? null : diagnose(source);
    if (diagnosis === null) continue;
    const refused = edits.findLast(({ call, failed }) => failed && pathOf(call) === path);
    const where = `In ${short(path)}, line ${diagnosis.line}, ${diagnosis.reason}`;
    if (refused !== undefined) return say(`${where}. I was not able to change it:\n\n${refused.output}`);
    const { from, to } = uniquePlace(source, diagnosis);
    const input = { path, edits: [{ old_string: from, new_string: to }] };
    return { text: `${where}. I correct that line and leave the rest alone.`, call: { name: "edit", input } };
  }
  return say(`${heading} I see none of the mistakes I know, so this one needs a real model.`);
}

function summary({ edits }: Evidence, outcome: string): string {
  const changed = edits.filter(({ failed }) => !failed).map(({ call }) => short(pathOf(call)));
  if (changed.length === 0) return outcome;
  return (
    `Fixed. I changed one line at a time in ${[...new Set(changed)].join(", ")} and touched nothing else; the tests ` +
    `show the cause was found, not hidden. ${outcome}\n\nWith a provider key the same loop, tools and limits work for a real model.`
  );
}

const say = (text: string): Move => ({ text, call: null });
const read = (text: string, path: string): Move => ({ text, call: { name: "read", input: { path } } });
const short = (path: string): string => path.split("/").slice(-2).join("/");
