/** Recorded provider traffic, as the folder's README describes it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../src/core/message.ts";
import type { Dialect } from "../../src/core/model.ts";
import type { Peer } from "../../src/wire/codec.ts";

/** Where the shared fixtures are: `TAU_SHARED`, else beside the repository. */
export const sharedRoot = process.env.TAU_SHARED ?? join(import.meta.dirname, "../../../shared");
const root = join(sharedRoot, "fixtures/provider-wire");

/** Whether the recordings are on this machine. */
export const present = existsSync(join(root, "INDEX.json"));

/** One line of the index; only what the suite reads. */
export type Fixture = {
  id: string;
  file: string;
  provider: string;
  api: string;
  model: string | null;
  status: number;
  stream: boolean;
  framing: string;
  bytes: number;
  features: string[];
  response_headers?: { [name: string]: string };
  request_file?: string;
  turn?: number;
  derived?: {
    text?: string;
    text_chars: number;
    text_sha256?: string;
    tool_calls?: { name: string | null; arguments?: string | null; arguments_sha256?: string }[];
  };
  expected?: {
    self?: string;
    file?: string;
    echo?: { request_file: string; items: string[] };
  };
};

const dialects: { [api: string]: Dialect } = {
  messages: "messages",
  "messages-vertex": "messages",
  responses: "responses",
  "chat-completions": "chat-completions",
  "generate-content": "generate-content",
};

/** The dialect of a fixture of one of the four dialects. */
export function dialectOf(fixture: Fixture): Dialect {
  const dialect = dialects[fixture.api];
  if (dialect === undefined) throw new Error(`${fixture.id}: ${fixture.api} is none of the four dialects`);
  return dialect;
}

/** Every fixture of the four dialects, in the index's order. */
export function loadFixtures(): Fixture[] {
  if (!present) return [];
  const index = JSON.parse(readFileSync(join(root, "INDEX.json"), "utf8")) as { fixtures: Fixture[] };
  return index.fixtures.filter((fixture) => fixture.api in dialects);
}

/** Who answered. */
export function peerOf(fixture: Fixture): Peer {
  return { provider: fixture.provider, model: fixture.model ?? "unknown" };
}

/** A file of the folder as text. */
export function readText(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** A file of the folder as JSON. */
export function readJson(file: string): Json {
  return JSON.parse(readText(file)) as Json;
}

/** The bytes the provider sent: `json-per-line` files hold only the data payloads and are framed again. */
export function responseBytes(fixture: Fixture): Uint8Array {
  if (!fixture.framing.startsWith("json-per-line")) return readFileSync(join(root, fixture.file));
  const named = dialectOf(fixture) === "messages" || dialectOf(fixture) === "responses";
  const blocks = readText(fixture.file)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const type = named ? (JSON.parse(line) as { type?: string }).type : undefined;
      return `${type === undefined ? "" : `event: ${type}\n`}data: ${line}\n\n`;
    });
  if (dialectOf(fixture) === "chat-completions" && !blocks.at(-1)?.includes("[DONE]"))
    blocks.push("data: [DONE]\n\n");
  return Buffer.from(blocks.join(""));
}

/** The JSON payloads of a response, read without any code of ours: a plain line reader, for second opinions only. */
export function payloadsOf(fixture: Fixture): Json[] {
  const text = Buffer.from(responseBytes(fixture)).toString("utf8");
  if (!fixture.stream) return [JSON.parse(text) as Json];
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) =>
      block
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n"),
    )
    .filter((data) => data.startsWith("{") || data.startsWith("["))
    .flatMap((data) => {
      try {
        return [JSON.parse(data) as Json];
      } catch (error) {
        // Some recordings were cut inside an event; the reader under test must cope, this one need not.
        if (error instanceof SyntaxError) return [];
        throw error;
      }
    });
}
