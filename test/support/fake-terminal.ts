/** A terminal of 60x12 over an emulator. */
import { EventEmitter } from "node:events";
import { Terminal as Emulator } from "@xterm/headless";

/** A terminal that can be full. */
export class FakeTerminal extends EventEmitter {
  columns = 60;
  rows = 12;
  full = false;
  written = "";
  readonly #emulator = new Emulator({ cols: 60, rows: 12, scrollback: 5000, allowProposedApi: true });

  write(text: string): boolean {
    this.written += text;
    this.#emulator.write(text);
    return !this.full;
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    Object.assign(this, { columns, rows });
    this.emit("resize");
  }

  drain(): void {
    this.full = false;
    this.emit("drain");
  }

  /** Rows of the screen that is shown, whichever it is. */
  async screen(): Promise<string[]> {
    const { lines } = await this.shown();
    const { baseY } = this.#emulator.buffer.active;
    return lines.slice(baseY);
  }

  /** Whether the other screen is shown. */
  get alternate(): boolean {
    return this.#emulator.buffer.active.type === "alternate";
  }

  /** Scrollback and screen, and the row the cursor is in, when all that was written is shown. */
  async shown(): Promise<{ lines: string[]; cursor: string }> {
    await new Promise((resolve) => setImmediate(resolve));
    // What follows a key is parsed at once; else each frame would wait for a timer.
    this.#emulator.input("", true);
    await new Promise<void>((resolve) => this.#emulator.write("", resolve));
    const { active } = this.#emulator.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? "",
    );
    const cursor = lines[active.baseY + active.cursorY]?.slice(0, active.cursorX) ?? "";
    return { lines: lines.slice(0, lines.findLastIndex((line) => line !== "") + 1), cursor };
  }
}
