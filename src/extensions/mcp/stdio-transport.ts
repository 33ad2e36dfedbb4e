/** The SDK's transport over a program that the process helper runs: one message a line. */
import { deserializeMessage, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { Dialogue, DialogueListener } from "../../tools/process/client.ts";
import type { CommandOutcome } from "../../tools/process/protocol.ts";

/** Characters of one message. What is longer would fill memory before anybody could look at it. */
const longestMessage = 16 * 1024 * 1024;

/** What the owner of a transport hears beside messages. */
export type StdioListener = {
  muttered(text: string): void;
  /** The program is over, and how. */
  over(why: string): void;
};

/** Speaks with one run of the program. */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #talk: (listener: DialogueListener) => Dialogue;
  readonly #listener: StdioListener;
  #dialogue: Dialogue | null = null;
  #pieces: string[] = [];
  #length = 0;
  #over = false;
  #tooLong = false;

  constructor(talk: (listener: DialogueListener) => Dialogue, listener: StdioListener) {
    this.#talk = talk;
    this.#listener = listener;
  }

  start(): Promise<void> {
    this.#dialogue = this.#talk({
      said: (text) => this.#take(text),
      muttered: (text) => this.#listener.muttered(text),
      ended: (outcome) => this.#end(this.#tooLong ? "it sent a message of more than 16 MB" : endOf(outcome)),
    });
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.#over) return Promise.reject(new Error("the server is gone"));
    this.#dialogue?.say(serializeMessage(message));
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#dialogue?.stop();
    this.#finish();
    return Promise.resolve();
  }

  #take(text: string): void {
    if (this.#over || this.#tooLong) return;
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      const line = [...this.#pieces, text.slice(from, end)].join("");
      this.#pieces = [];
      this.#length = 0;
      from = end + 1;
      this.#hear(line);
    }
    this.#pieces.push(text.slice(from));
    this.#length += text.length - from;
    if (this.#length <= longestMessage) return;
    this.#tooLong = true;
    this.#pieces = [];
    this.#dialogue?.stop();
  }

  #hear(line: string): void {
    if (line.trim() === "") return;
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch {
      // Programs print banners where only messages belong; that is worth a line in the log and no more.
      this.#listener.muttered(`${line.slice(0, 500)}\n`);
      return;
    }
    this.onmessage?.(message);
  }

  #end(why: string): void {
    if (this.#over) return;
    this.#listener.over(why);
    this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#pieces = [];
    this.onclose?.();
  }
}

/** How the program ended, in words that go behind "the server is gone: ". */
function endOf(outcome: CommandOutcome): string {
  if (outcome.status !== "exited") return outcome.message;
  if (outcome.exitCode !== null) return `it ended with exit code ${outcome.exitCode}`;
  return `it was ended by ${outcome.signal ?? "a signal"}`;
}
