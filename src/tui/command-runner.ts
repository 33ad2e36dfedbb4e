/** Running the commands of the table: whoever typed them, and wherever. */
import { messageWithHint } from "../core/errors.ts";
import { type CommandPlace, commandNamed, noCommand, type TypedCommand } from "./commands.ts";

/** Runs commands, one that takes its time at a time. */
export type CommandRunner = {
  /** Runs one, and tells what comes of it. */
  run(typed: TypedCommand): Promise<void>;
  /** The one that takes its time: nothing is sent beside it, for it may change the session. Null when none does. */
  running(): string | null;
};

/** Makes it. @param sent empties the place where commands are typed */
export function commandRunner(place: CommandPlace, sent: () => void): CommandRunner {
  const { conversation } = place;
  let running: string | null = null;
  return {
    running: () => running,
    async run({ name, argument }) {
      const found = commandNamed(name);
      // What is no command stays where it was typed, to be put right.
      if (found === null) {
        const told = noCommand(name, await place.everyCommand());
        return place.warn(`${told} With a space before it, it goes to the model.`);
      }
      if (conversation.working && !found.whileWorking)
        return place.warn(`/${name} has to wait until the turn is over; esc stops it`);
      sent();
      try {
        const outcome = found.run(place, argument);
        // One that works as a turn does has a queue for what is typed meanwhile.
        if (outcome instanceof Promise && !conversation.working) running = name;
        // Awaited only where there is something to wait for: what is typed behind it in one go is not to be refused.
        const text = outcome instanceof Promise ? await outcome : outcome;
        if (text !== null) place.tell(text);
      } catch (error) {
        place.warn(messageWithHint(error));
      } finally {
        running = null;
      }
    },
  };
}
