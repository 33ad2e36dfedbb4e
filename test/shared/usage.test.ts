import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/core/message.ts";
import type { Dialect, ModelEvent } from "../../src/core/model.ts";
import { promptTokens, type Usage } from "../../src/core/usage.ts";
import { compatFor } from "../../src/wire/chat-completions/compat.ts";
import { loadCodec } from "../../src/wire/codecs.ts";

const shared = process.env.TAU_SHARED ?? resolve(import.meta.dirname, "../../../shared");
const file = resolve(shared, "fixtures/usage/usages.jsonl");
const present = existsSync(file);
if (!present) process.stdout.write(`skipped: no ${file}\n`);

type Counts = { [name: string]: number | undefined };
type Row = {
  body: { file: string; model?: string; usage?: { [key: string]: Json }; usageMetadata?: Json };
  model?: string;
  extracted: { usage: Counts; extractors: { provider_id: string; api_flavor: string }[] }[];
};

/** The dialect a block was sent in, by the fields only that dialect has; null for what Tau does not speak. */
function dialectOf({ usage, usageMetadata }: Row["body"]): Dialect | null {
  if (usageMetadata !== undefined) return "generate-content";
  if (usage === undefined) return null;
  if ("completion_tokens" in usage) return "chat-completions";
  if (!("input_tokens" in usage)) return null;
  return "total_tokens" in usage ? "responses" : "messages";
}

/** Who sent a Chat Completions block: recordings are named after the provider. */
function chatSender(row: Row): { extractor: string; compat: string } {
  const name = `${row.body.file} ${row.model ?? ""}`.toLowerCase();
  const senders = ["openrouter", "groq", "mistral", "deepseek", "cerebras"];
  const found = senders.find((sender) => name.includes(sender));
  if (found !== undefined) return { extractor: found, compat: found };
  if (/xai|grok/.test(name)) return { extractor: "x-ai", compat: "xai" };
  if (/zai|glm/.test(name)) return { extractor: "zai", compat: "zai" };
  if (/moonshot|kimi/.test(name)) return { extractor: "moonshotai", compat: "moonshotai" };
  return { extractor: "openai", compat: "openai" };
}

/** Which reading of a block is that of its sender. */
const readers: { [D in Exclude<Dialect, "chat-completions">]: [provider: string, flavour: string] } = {
  messages: ["anthropic", "default"],
  responses: ["openai", "responses"],
  "generate-content": ["google", "default"],
};

function expectedCounts(row: Row, dialect: Dialect): Counts | undefined {
  const [provider, flavours] =
    dialect === "chat-completions"
      ? [chatSender(row).extractor, ["chat", "default"]]
      : [readers[dialect][0], [readers[dialect][1]]];
  // xAI's two readings differ; the later one, "chat", is its Chat Completions API.
  const found = flavours.map((flavour) =>
    row.extracted.find(({ extractors }) =>
      extractors.some((reader) => reader.provider_id === provider && reader.api_flavor === flavour),
    ),
  );
  return found.find((reading) => reading !== undefined)?.usage;
}

function responseBody({ usage, usageMetadata, model = "m" }: Row["body"], dialect: Dialect): Json {
  switch (dialect) {
    case "messages":
      return {
        id: "m1",
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: "end_turn",
        usage: usage ?? null,
      };
    case "responses":
      return { id: "r1", object: "response", status: "completed", model, output: [], usage: usage ?? null };
    case "chat-completions": {
      const message = { role: "assistant", content: "ok" };
      return {
        id: "c1",
        model,
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage: usage ?? null,
      };
    }
    case "generate-content": {
      const content = { role: "model", parts: [{ text: "ok" }] };
      return {
        modelVersion: model,
        candidates: [{ content, finishReason: "STOP" }],
        usageMetadata: usageMetadata ?? null,
      };
    }
  }
}

/** The block's usage as the dialect's codec reports it at the end of a response. */
async function decodedUsage(row: Row, dialect: Dialect): Promise<Usage | undefined> {
  const { compat } = chatSender(row);
  const codec = await loadCodec(dialect, dialect === "chat-completions" ? compatFor(compat) : undefined);
  const peer = { provider: compat, model: row.body.model ?? "m" };
  const events = codec.decodeResponse(responseBody(row.body, dialect), peer);
  return events.findLast((event): event is ModelEvent & { type: "usage" } => event.type === "usage")?.usage;
}

/**
 * The one thing counted beyond the stated reading: a server-side compaction pass, which Anthropic bills and leaves out
 * of the block's own totals (platform.claude.com/docs, "Compaction"). The ledger must show what is billed.
 */
function compactionPasses({ usage }: Row["body"]): { prompt: number; cacheWrite: number; output: number } {
  const sum = { prompt: 0, cacheWrite: 0, output: 0 };
  const passes = Array.isArray(usage?.iterations) ? usage.iterations : [];
  for (const pass of passes as { [key: string]: Json }[]) {
    if (pass.type !== "compaction") continue;
    const count = (key: string) => (typeof pass[key] === "number" ? pass[key] : 0);
    const written = count("cache_creation_input_tokens");
    sum.prompt += count("input_tokens") + count("cache_read_input_tokens") + written;
    sum.cacheWrite += written;
    sum.output += count("output_tokens");
  }
  return sum;
}

describe.skipIf(!present)("usage blocks of the outside world", () => {
  const rows = present
    ? readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]))
    : [];
  const blocks = rows.flatMap((row) => {
    const dialect = dialectOf(row.body);
    return dialect === null ? [] : [{ row, dialect }];
  });

  it("are nearly all in a dialect Tau speaks", () => {
    const count = (dialect: Dialect) => blocks.filter((block) => block.dialect === dialect).length;
    process.stdout.write(
      `${rows.length} blocks: ${count("messages")} messages, ${count("responses")} responses, ${count("chat-completions")} chat-completions, ${count("generate-content")} generate-content; the rest are Bedrock Converse, Cohere and embeddings\n`,
    );
    expect(blocks.length).toBeGreaterThanOrEqual(186);
  });

  it.each(["messages", "responses", "chat-completions", "generate-content"] as const)(
    "mean what they are said to mean: %s",
    async (dialect) => {
      const wrong: string[] = [];
      let compared = 0;
      for (const { row } of blocks.filter((block) => block.dialect === dialect)) {
        const wanted = expectedCounts(row, dialect);
        if (wanted === undefined) {
          wrong.push(`no reading: ${row.body.file}`);
          continue;
        }
        compared += 1;
        const usage = await decodedUsage(row, dialect);
        const beside = compactionPasses(row.body);
        const expected = {
          prompt: (wanted.input_tokens ?? 0) + beside.prompt,
          cacheRead: wanted.cache_read_tokens ?? 0,
          cacheWrite: (wanted.cache_write_tokens ?? 0) + beside.cacheWrite,
          cacheWrite1h: wanted.cache_write_1h_tokens ?? 0,
          output: (wanted.output_tokens ?? 0) + beside.output,
          reasoning: wanted.output_reasoning_tokens ?? 0,
        };
        const found = usage && {
          prompt: promptTokens(usage),
          cacheRead: usage.cacheRead,
          cacheWrite: usage.cacheWrite5m + usage.cacheWrite1h,
          cacheWrite1h: usage.cacheWrite1h,
          output: usage.output,
          reasoning: usage.reasoning,
        };
        if (JSON.stringify(found) !== JSON.stringify(expected)) {
          const block = JSON.stringify(row.body.usage ?? row.body.usageMetadata);
          wrong.push(
            `${row.body.file}\n  ${block}\n  wanted ${JSON.stringify(expected)}\n  found  ${JSON.stringify(found)}`,
          );
        }
      }
      expect(wrong.join("\n")).toBe("");
      expect(compared).toBeGreaterThan(30);
    },
  );
});
