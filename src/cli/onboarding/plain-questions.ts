/** Questions as plain numbered lines: for dumb terminals, screen readers, and whoever prefers them. */
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { clean } from "../../tui/view/clean.ts";
import { type Asker, Back, type Choice, Interrupted, Skipped } from "./asker.ts";

/** How many answers of a long list are read out. */
const mostShown = 12;
/** What Escape is where there is only text. */
const leave = "/leave";
/** What Shift+Tab is. */
const back = "/back";

/** The asker over a terminal that only shows lines. */
export function plainQuestions(stdin: ReadStream, stdout: WriteStream): Asker {
  const tell = (text: string): void => void stdout.write(`${clean(text)}\n`);
  const line = (prompt: string, hidden: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      // With a terminal of its own, readline would show what is typed and move the cursor about.
      const reader: Interface = createInterface({
        input: stdin,
        output: hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stdout,
        terminal: hidden,
      });
      // Only now: what is typed in answer to it must find the echo off.
      stdout.write(clean(prompt));
      const end = (settle: () => void): void => {
        reader.removeAllListeners();
        reader.close();
        process.off("SIGINT", stop);
        if (hidden) stdout.write("\n");
        settle();
      };
      const stop = (): void => end(() => reject(new Interrupted()));
      process.once("SIGINT", stop);
      reader.once("SIGINT", stop);
      reader.once("close", () => end(() => reject(new Skipped())));
      reader.once("line", (text) =>
        end(() => {
          const word = text.trim();
          if (word === leave) reject(new Skipped());
          else if (word === back) reject(new Back());
          else resolve(text.replace(/\r$/, ""));
        }),
      );
    });
  const numbered = (choices: readonly Choice<unknown>[], chosen: number): void => {
    for (const [index, { name, description }] of choices.entries())
      tell(
        `  ${index + 1}. ${name}${index === chosen ? " (default)" : ""}${description ? `: ${description}` : ""}`,
      );
  };
  return {
    howTo: `Answer with a number or words and Enter.\n${back} asks the last question again, ${leave} starts Tau as it is, Ctrl+C stops; answers are kept.`,
    async choose({ message, choices, default: wanted }) {
      const chosen = Math.max(
        0,
        choices.findIndex(({ value }) => value === wanted),
      );
      tell(message);
      numbered(choices, chosen);
      for (;;) {
        const answer = (await line(`Number [${chosen + 1}]: `, false)).trim();
        const found = choices[answer === "" ? chosen : Number(answer) - 1];
        if (found) return found.value;
        tell(`Please answer with a number from 1 to ${choices.length}, ${back} or ${leave}.`);
      }
    },
    async search({ message, find }) {
      tell(message);
      let found = find("").slice(0, mostShown);
      for (;;) {
        numbered(found, 0);
        const answer = (await line("Number, or words to search for [1]: ", false)).trim();
        const picked =
          answer === "" ? found[0] : /^\d+$/.test(answer) ? found[Number(answer) - 1] : undefined;
        if (picked) return picked.value;
        const next = find(answer).slice(0, mostShown);
        if (next.length > 0) found = next;
        else tell(`Nothing fits "${answer}".`);
      }
    },
    async text({ message, default: given = "", validate }) {
      for (;;) {
        const text = (await line(`${message}${given ? ` [${given}]` : ""} `, false)) || given;
        const problem = validate?.(text) ?? true;
        if (problem === true) return text;
        tell(problem);
      }
    },
    async secret({ message, validate }) {
      for (;;) {
        const text = await line(`${message} (not shown) `, true);
        const problem = validate?.(text) ?? true;
        if (problem === true) return text;
        tell(problem);
      }
    },
    async confirm({ message, default: given }) {
      for (;;) {
        const answer = (await line(`${message} [${given ? "Y/n" : "y/N"}] `, false)).trim();
        if (answer === "") return given;
        if (/^(y|yes|n|no)$/i.test(answer)) return /^y/i.test(answer);
        tell("Please answer y or n.");
      }
    },
    tell,
    during: (work) =>
      new Promise((resolve, reject) => {
        const controller = new AbortController();
        const stop = (): void => {
          controller.abort();
          reject(new Interrupted());
        };
        process.once("SIGINT", stop);
        work(controller.signal)
          .then(resolve, reject)
          .finally(() => process.off("SIGINT", stop));
      }),
  };
}
