/** What a person attaches to a message by naming it: read by the same tools, through the same gate, as the model's own reading. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { TauError } from "../core/errors.ts";
import type { ImagePart, TextPart, ToolCallPart } from "../core/message.ts";
import type { Decision } from "../core/permission.ts";
import type { AgentRun } from "./run.ts";
import { modelOutput } from "./run-tool.ts";

/** A file or folder to attach. */
export type AttachWish = {
  /** As the person wrote it; relative to the working folder. */
  path: string;
  /** The first and the last line wanted, both counted in; null for the whole file. */
  lines: { first: number; last: number } | null;
};

/** What goes with the message. */
export type AttachedParts = { kind: "file" | "folder" | "image"; parts: (TextPart | ImagePart)[] };

/** What can be done about a name that leads to nothing that can be read. */
const withoutIt = "a space behind its @ sends the message without it";

/**
 * Reads it. What policy would ask about the person answered by naming it; what it forbids, and files that hold
 * credentials, are refused: a key must not leave the machine by a slip of the completion.
 * @throws TauError `denied` or what the tool says of a file that cannot be read
 */
export async function attach(
  run: Pick<AgentRun, "toolbox" | "permissions" | "cwd" | "redaction">,
  { path, lines }: AttachWish,
  signal: AbortSignal,
): Promise<AttachedParts> {
  const absolute = resolve(run.cwd, path);
  const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
  const range = lines === null ? {} : { offset: lines.first, limit: lines.last - lines.first + 1 };
  const call: ToolCallPart = {
    type: "tool_call",
    id: "attached",
    name: isFolder ? "ls" : "read",
    input: { path: absolute, ...(isFolder ? {} : range) },
  };
  const prepared = await run.toolbox.prepare(call, run.cwd);
  if (!("tool" in prepared))
    throw new TauError("denied", `${path} cannot be attached: ${prepared.problem}`, withoutIt);
  const decision = run.permissions.decide(prepared);
  if (isRefusal(decision))
    throw new TauError(
      "denied",
      `${path} is not attached: ${decision.reason}`,
      decision.effect === "ask"
        ? `the rule Read(${path}) allows it: /permissions adds it`
        : `/permissions lists the rules; ${withoutIt}`,
    );
  const result = await prepared.tool.run(prepared.input, {
    callId: call.id,
    cwd: run.cwd,
    signal,
    emit: () => undefined,
  });
  const output = run.redaction.data("your message", modelOutput(result));
  if (result.isError)
    throw new TauError("usage", `${path} cannot be attached: ${output.map(textIn).join(" ")}`, withoutIt);
  const where = lines === null ? "" : ` lines="${lines.first}-${lines.last}"`;
  const tag = isFolder ? "folder" : "file";
  const pictures = output.filter((part) => part.type === "image");
  if (pictures.length > 0) return { kind: "image", parts: output };
  const text = output.map(textIn).join("\n");
  return {
    kind: tag,
    parts: [{ type: "text", text: `\n\n<${tag} path="${path}"${where}>\n${text}\n</${tag}>` }],
  };
}

const textIn = (part: TextPart | ImagePart): string => (part.type === "text" ? part.text : "");

const isRefusal = ({ effect, rule }: Decision): boolean =>
  effect === "deny" || (effect === "ask" && rule === "credential file");
