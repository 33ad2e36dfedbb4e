/** The laws of the loop as checks over requests and entries. */
import { expect } from "vitest";
import type { Message } from "../../src/core/message.ts";

/** Law "pairing": each call has exactly one result, in the tool message right after its answer, in its order. */
export function assertPaired(messages: readonly Message[]): void {
  const seen = new Set<string>();
  for (const [index, { role, parts }] of messages.entries()) {
    const calls = parts.flatMap((part) => (part.type === "tool_call" ? [part.id] : []));
    const results = parts.flatMap((part) => (part.type === "tool_result" ? [part.callId] : []));
    if (calls.length > 0) {
      expect(role).toBe("assistant");
      const next = messages[index + 1];
      expect(next?.role, `the message after the calls ${calls}`).toBe("tool");
      expect(next?.parts.flatMap((part) => (part.type === "tool_result" ? [part.callId] : []))).toEqual(
        calls,
      );
      for (const id of calls) expect(seen.has(id), `call id ${id} twice`).toBe(false);
      for (const id of calls) seen.add(id);
    }
    if (results.length > 0) {
      expect(role).toBe("tool");
      expect(messages[index - 1]?.role).toBe("assistant");
    }
  }
}
