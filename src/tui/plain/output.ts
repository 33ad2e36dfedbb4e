/** Lines as they are finished, one below the other: nothing is ever moved to, cleared or written again. */
import { clean } from "../view/clean.ts";

/** Where plain lines go. */
export class PlainOutput {
  readonly #stream: NodeJS.WriteStream;
  readonly #echoed: boolean;
  #prompted = false;

  /** @param echoed whether what is typed shows by itself; else the lines that were read are printed, too */
  constructor(stream: NodeJS.WriteStream, echoed: boolean) {
    this.#stream = stream;
    this.#echoed = echoed;
  }

  /** Whether the reader is behind. */
  get full(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Resolves when it is not any more, or gone. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.once("drain", resolve);
      this.#stream.once("error", () => resolve());
    });
  }

  /** Prints lines; a prompt that stands is left where it is. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#stream.write(`${this.#prompted ? "\n" : ""}${lines.map(clean).join("\n")}\n`);
    this.#prompted = false;
  }

  /** Asks for a line, where somebody types one. */
  prompt(words: string): void {
    if (!this.#echoed || this.#prompted) return;
    this.#stream.write(words);
    this.#prompted = true;
  }

  /** A line was read. */
  heard(line: string, words: string): void {
    this.#prompted = false;
    if (!this.#echoed) this.print(`${words}${line}`.split("\n"));
  }
}
