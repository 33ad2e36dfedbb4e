/**
 * Reads a request as its vendor would, dialect by dialect, and says what the vendor would refuse. Written from the
 * vendors' documentation, like the rest of this folder, and sharing no code with src/wire.
 */
import type { SeenRequest } from "./script.ts";

type Fields = { [key: string]: unknown };

/** One item of a conversation; `raw` is its JSON as it came, without prompt-cache marks. */
export type Item = { role: string; raw: string } & (
  | { kind: "text"; text: string }
  | { kind: "call"; id: string; name: string; input: unknown }
  | { kind: "result"; id: string; text: string }
  | { kind: "other" }
);

/** A request taken apart. */
export type Conversation = {
  dialect: "messages" | "chat" | "responses" | "generate-content";
  /** The system prompt and the tools, byte for byte. */
  fixed: string;
  /** The names of the body's fields, in their order. */
  keys: string[];
  items: Item[];
};

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const json = (value: unknown): unknown => {
  try {
    return JSON.parse(text(value));
  } catch {
    return undefined;
  }
};

/** Cache marks move from request to request and are no part of what is cached. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (key, inner) => (key === "cache_control" ? undefined : inner));

/** The text of a list of content blocks, or of plain content. */
const contentText = (content: unknown): string =>
  typeof content === "string"
    ? content
    : list(content)
        .map((block) => text(block.text))
        .join("");

/** Takes a request apart. */
export function conversationOf({ path, body }: SeenRequest): Conversation {
  const keys = Object.keys(body);
  if (path.includes("/messages"))
    return {
      dialect: "messages",
      fixed: plain([body.system, body.tools]),
      keys,
      items: list(body.messages).flatMap(messageItems),
    };
  if (path.includes("/chat/completions")) {
    const [system, ...rest] = list(body.messages);
    return { dialect: "chat", fixed: plain([system, body.tools]), keys, items: rest.flatMap(chatItems) };
  }
  if (path.includes("/responses"))
    return {
      dialect: "responses",
      fixed: plain([body.instructions, body.tools]),
      keys,
      items: list(body.input).flatMap(responsesItems),
    };
  return {
    dialect: "generate-content",
    fixed: plain([body.systemInstruction, body.tools]),
    keys,
    items: generateItems(list(body.contents)),
  };
}

function messageItems(message: Fields): Item[] {
  const role = text(message.role);
  return list(message.content).map((block): Item => {
    const base = { role, raw: plain(block) };
    if (block.type === "text") return { ...base, kind: "text", text: text(block.text) };
    if (block.type === "tool_use")
      return { ...base, kind: "call", id: text(block.id), name: text(block.name), input: block.input };
    if (block.type === "tool_result")
      return { ...base, kind: "result", id: text(block.tool_use_id), text: contentText(block.content) };
    return { ...base, kind: "other" };
  });
}

function chatItems(message: Fields): Item[] {
  const { tool_calls: calls, ...rest } = message;
  const base = { role: text(message.role), raw: plain(rest) };
  if (base.role === "tool")
    return [{ ...base, kind: "result", id: text(message.tool_call_id), text: contentText(message.content) }];
  return [
    { ...base, kind: "text", text: contentText(message.content) },
    ...list(calls).map((call): Item => {
      const called = fields(call.function);
      return {
        role: base.role,
        raw: plain(call),
        kind: "call",
        id: text(call.id),
        name: text(called.name),
        input: json(called.arguments),
      };
    }),
  ];
}

function responsesItems(item: Fields): Item[] {
  const base = { role: text(item.role) || text(item.type), raw: plain(item) };
  if (item.type === "function_call")
    return [
      { ...base, kind: "call", id: text(item.call_id), name: text(item.name), input: json(item.arguments) },
    ];
  if (item.type === "function_call_output")
    return [{ ...base, kind: "result", id: text(item.call_id), text: contentText(item.output) }];
  if (item.type === "message") return [{ ...base, kind: "text", text: contentText(item.content) }];
  return [{ ...base, kind: "other" }];
}

/** Calls have no ids here: the responses of the next content answer them in their order, by name. */
function generateItems(contents: readonly Fields[]): Item[] {
  let open: { id: string; name: string }[] = [];
  let count = 0;
  return contents.flatMap((content) => {
    const role = text(content.role);
    if (role === "model") open = [];
    return list(content.parts).map((part): Item => {
      const base = { role, raw: plain(part) };
      const call = fields(part.functionCall);
      const response = fields(part.functionResponse);
      if (part.functionCall !== undefined) {
        const id = `${text(call.name)} #${count++}`;
        open.push({ id, name: text(call.name) });
        return { ...base, kind: "call", id, name: text(call.name), input: call.args };
      }
      if (part.functionResponse !== undefined) {
        const at = open.findIndex(({ name }) => name === response.name);
        const [answered] = at === -1 ? [] : open.splice(at, 1);
        const said = fields(response.response);
        return {
          ...base,
          kind: "result",
          id: answered?.id ?? `no call of ${text(response.name)}`,
          text: Object.values(said).flat().map(text).join(""),
        };
      }
      return { ...base, kind: "text", text: text(part.text) };
    });
  });
}

/**
 * What breaks the rule that every call has exactly one result, directly after the answer that made it. Empty for a
 * sound request.
 */
export function pairingFaults({ items }: Conversation): string[] {
  const faults: string[] = [];
  let open = new Set<string>();
  const seen = new Set<string>();
  let answering = false;
  for (const item of items) {
    if (item.kind === "call") {
      if (answering && open.size > 0) faults.push(`calls ${[...open].join(", ")} have no result`);
      if (answering) open = new Set();
      answering = false;
      if (seen.has(item.id)) faults.push(`two calls have the id ${item.id}`);
      seen.add(item.id);
      open.add(item.id);
    } else if (item.kind === "result") {
      answering = true;
      if (!open.delete(item.id)) faults.push(`the result of ${item.id} answers no open call`);
    } else if (open.size > 0 && (answering || item.role === "user")) {
      faults.push(`calls ${[...open].join(", ")} have no result before "${item.raw.slice(0, 60)}"`);
      open = new Set();
    }
  }
  if (open.size > 0) faults.push(`calls ${[...open].join(", ")} have no result at the end`);
  return faults;
}

/** Where `later` does not begin with `earlier`; null when it does. */
export function prefixFault(earlier: Conversation, later: Conversation): string | null {
  if (earlier.fixed !== later.fixed) return "system prompt or tools differ";
  if (earlier.keys.join() !== later.keys.join()) return `fields: ${earlier.keys} then ${later.keys}`;
  const at = earlier.items.findIndex(
    ({ role, raw }, index) => later.items[index]?.role !== role || later.items[index]?.raw !== raw,
  );
  if (at === -1) return null;
  return `item ${at} was ${earlier.items[at]?.raw.slice(0, 300)} and is ${later.items[at]?.raw.slice(0, 300)}`;
}
