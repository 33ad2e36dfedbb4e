/** Commands from Markdown files, beside those of the table: known soon after the start, read anew when they are needed. */
import { messageWithHint } from "../../core/errors.ts";
import type { MarkdownCommand } from "../../extensions/commands/load.ts";
import type { ComposePlace } from "./place.ts";

/** How long what was read serves, in ms. */
const freshMs = 2_000;

/** The commands from files. */
export class FileCommands {
  readonly #place: Pick<ComposePlace, "app" | "warn">;
  readonly #taken: ReadonlySet<string>;
  readonly #told = new Set<string>();
  #commands: readonly MarkdownCommand[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  /** What is being read: whoever asks meanwhile waits for it, too. */
  #reading: Promise<void> | null = null;

  /** @param taken names of the table, which no file may take */
  constructor(place: Pick<ComposePlace, "app" | "warn">, taken: ReadonlySet<string>) {
    this.#place = place;
    this.#taken = taken;
  }

  /** What is known. */
  get all(): readonly MarkdownCommand[] {
    return this.#commands;
  }

  /** Reads them anew where what is known is old. */
  refresh(): Promise<void> {
    if (this.#reading !== null) return this.#reading;
    if (Date.now() - this.#readAt < freshMs) return Promise.resolve();
    this.#reading = this.#read().finally(() => {
      this.#readAt = Date.now();
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const { commands, problems } = await this.#place.app.markdownCommands();
      this.#commands = commands.filter(({ name }) => !this.#taken.has(name));
      const hidden = commands.filter(({ name }) => this.#taken.has(name));
      this.#tell([
        ...problems,
        ...hidden.map(({ name, path }) => `${path} is no command: /${name} is one of Tau's own`),
      ]);
    } catch (error) {
      this.#tell([`commands from files cannot be read: ${messageWithHint(error)}`]);
    }
  }

  /** The one of that name, read anew. */
  async find(name: string): Promise<MarkdownCommand | null> {
    // What is being read may be older than the file that was written a moment ago.
    await this.#reading;
    this.#readAt = Number.NEGATIVE_INFINITY;
    await this.refresh();
    return this.#commands.find((command) => command.name === name.toLowerCase()) ?? null;
  }

  /** Each problem once. */
  #tell(problems: readonly string[]): void {
    for (const problem of problems.filter((text) => !this.#told.has(text))) {
      this.#told.add(problem);
      this.#place.warn(problem);
    }
  }
}

/** Whose a command is and where it stands, in a few words behind its help. */
export const whence = ({ owner, description }: MarkdownCommand): string =>
  `${description}${description === "" ? "" : " "}(${owner === "project" ? "this project's file" : "your file"})`;
