/** Printers that say a run in another tool's format; each format is loaded when it is asked for. */
import { randomUUID } from "node:crypto";
import type { Printer } from "../printer.ts";
import type { CompatDialect } from "./dialects.ts";
import type { Mapper, ObjectMapper } from "./mapper.ts";

/** Prints a line an event. */
export async function compatLines(dialect: CompatDialect, write: (text: string) => void): Promise<Printer> {
  const mapper = await openMapper(dialect);
  const print = (lines: readonly object[]): void => {
    if (lines.length > 0) write(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  };
  return {
    init: (line) => print(mapper.init(line)),
    event: (event) => print(mapper.event(event)),
    result: (line) => print(mapper.result(line)),
  };
}

/** Prints the format's one object at the end. */
export async function compatObject(
  dialect: "claude" | "gemini",
  write: (text: string) => void,
): Promise<Printer> {
  const mapper = dialect === "claude" ? await openClaude() : await openGemini();
  return {
    init: (line) => void mapper.init(line),
    event: (event) => void mapper.event(event),
    result: (line) => write(`${JSON.stringify(mapper.object(line))}\n`),
  };
}

async function openMapper(dialect: CompatDialect): Promise<Mapper> {
  switch (dialect) {
    case "codex":
      return new (await import("./codex.ts")).CodexMapper();
    case "claude":
      return openClaude();
    case "gemini":
      return openGemini();
    case "opencode":
      return new (await import("./opencode.ts")).OpencodeMapper();
  }
}

async function openClaude(): Promise<ObjectMapper> {
  return new (await import("./claude.ts")).ClaudeMapper(randomUUID);
}

async function openGemini(): Promise<ObjectMapper> {
  return new (await import("./gemini.ts")).GeminiMapper();
}
