/** Knows whether a question was answered: who goes back wants the last one again, not one that never was asked. */
import type { Asker } from "./asker.ts";

/** The same asker, and how many answers it got so far. */
export function countAnswers(asker: Asker): { asker: Asker; answered(): number } {
  let answers = 0;
  const counted = async <Value>(asked: Promise<Value>): Promise<Value> => {
    const value = await asked;
    answers += 1;
    return value;
  };
  return {
    asker: {
      ...asker,
      choose: (menu) => counted(asker.choose(menu)),
      search: (search) => counted(asker.search(search)),
      text: (line) => counted(asker.text(line)),
      secret: (line) => counted(asker.secret(line)),
      confirm: (question) => counted(asker.confirm(question)),
    },
    answered: () => answers,
  };
}
