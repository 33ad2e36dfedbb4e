/** A question of the agent as numbered answers, and what a line answers. */
import type { ApprovalAnswer } from "../../core/permission.ts";
import type { Question } from "../state/calls.ts";
import { oneRow, reveal } from "../view/clean.ts";
import { displayText } from "./displays.ts";

/** All about a question, and how to answer it. Nothing is cut: nobody is to agree to what they were not told. */
export function questionText(question: Question, rule: string | null, open: number): string[] {
  const { name, summary, display, decision, details } = question;
  const { commands = [] } = details ?? {};
  const { reason, rule: by, source } = decision;
  return [
    `question: may Tau run ${oneRow(reveal(name))}?${open > 1 ? ` (${open} questions are open)` : ""}`,
    `  ${oneRow(reveal(summary))}`,
    ...display.flatMap((one) => displayText(one, reveal)).map((row) => `  ${row}`),
    ...(commands.length > 1
      ? commands.map(
          (one) =>
            `  ${one.decision.effect}: ${oneRow(reveal(one.command))} (${oneRow(reveal(one.decision.rule))})`,
        )
      : []),
    `  why it asks: ${oneRow(reveal(`${reason} (${by}, ${source})`))}`,
    "1 yes, once",
    ...(rule === null
      ? []
      : [
          `2 yes, and always in this session by the rule ${oneRow(reveal(rule))}`,
          `3 yes, and always in this project by the rule ${oneRow(reveal(rule))}`,
        ]),
    "4 no",
    "5 no, with a word to the model: 5 and the word",
    ...(rule === null ? [] : ["6 another rule"]),
  ];
}

/** What a line says to a question: an answer, the wish for another rule, or nothing that settles it. */
export function answerIn(line: string, rule: string | null): ApprovalAnswer | "another rule" | null {
  const [, said = "", word = ""] = /^(\w+)[.,:]?(?:\s+([\s\S]*))?$/.exec(line.trim()) ?? [];
  const exact = word === "" ? said.toLowerCase() : "";
  if (["1", "y", "yes"].includes(exact)) return { answer: "allow", scope: "once" };
  if (rule !== null && ["2", "s", "session"].includes(exact))
    return { answer: "allow", scope: "session", rule };
  if (rule !== null && ["3", "p", "project"].includes(exact))
    return { answer: "allow", scope: "project", rule };
  if (rule !== null && exact === "6") return "another rule";
  if (["4", "5", "n", "no"].includes(said.toLowerCase()))
    return { answer: "deny", scope: "once", ...(word.trim() !== "" && { comment: word.trim() }) };
  return null;
}
