/**
 * Every recorded stream, body, error and request of the four dialects, against the codecs. `TAU_WIRE` keeps the run to
 * one dialect or provider folder (`TAU_WIRE=responses`, `TAU_WIRE=openrouter/`).
 */
import { describe, expect, test } from "vitest";
import { type Json, type Part, textOf } from "../../src/core/message.ts";
import type { Dialect, ModelEvent } from "../../src/core/model.ts";
import type { AnyCodec, ChatCompat } from "../../src/wire/codecs.ts";
import { loadCodec } from "../../src/wire/codecs.ts";
import { splitAt } from "../support/arbitraries.ts";
import { expectations as chat } from "./dialects/chat-completions.ts";
import { type Aspect, type Exception, type Expectations, isBody } from "./dialects/expectations.ts";
import { expectations as gemini } from "./dialects/generate-content.ts";
import { expectations as messages } from "./dialects/messages.ts";
import { expectations as responses } from "./dialects/responses.ts";
import { recordedAnswers } from "./wire-answers.ts";
import {
  dialectOf,
  type Fixture,
  loadFixtures,
  payloadsOf,
  peerOf,
  present,
  readJson,
  readText,
  responseBytes,
} from "./wire-fixtures.ts";
import {
  flaws,
  knownEvents,
  partsOf,
  reading,
  recordedTotals,
  sha256,
  totalsOf,
  usageOf,
} from "./wire-readings.ts";

/** Above this a stream is not split at every byte but at seeded random places. */
const shortStream = 4096;
const randomSplits = 5;

const written: { [D in Dialect]: Expectations } = {
  messages,
  responses,
  "chat-completions": chat,
  "generate-content": gemini,
};

const only = process.env.TAU_WIRE ?? "";
const fixtures = loadFixtures().filter(
  (fixture) => only === "" || dialectOf(fixture) === only || fixture.id.startsWith(only),
);
if (!present) process.stderr.write("provider-wire: the shared fixtures are not on this machine; skipped\n");

/** What is written down about a check of a fixture, if anything. */
function excuse(fixture: Fixture, aspect: Aspect): Exception | undefined {
  return written[dialectOf(fixture)].exceptions.find(
    (exception) =>
      exception.fixture === fixture.id && (exception.aspect === aspect || exception.aspect === "all"),
  );
}

const codecs = new Map<string, Promise<AnyCodec>>();
async function compatOf(fixture: Fixture): Promise<ChatCompat | undefined> {
  if (dialectOf(fixture) !== "chat-completions") return undefined;
  return (await import("../../src/wire/chat-completions/compat.ts")).compatFor(fixture.provider);
}
async function codecOf(fixture: Fixture): Promise<AnyCodec> {
  const key = `${dialectOf(fixture)} ${dialectOf(fixture) === "chat-completions" ? fixture.provider : ""}`;
  const known = codecs.get(key) ?? loadCodec(dialectOf(fixture), await compatOf(fixture));
  codecs.set(key, known);
  return known;
}

/** A tiny generator (mulberry32), so that the same splits are tried on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function decodeChunks(codec: AnyCodec, fixture: Fixture, chunks: readonly Uint8Array[]): ModelEvent[] {
  const decoder = codec.streamDecoder(peerOf(fixture));
  const events = chunks.flatMap((chunk) => decoder.push(chunk));
  return [...events, ...decoder.end()];
}

async function decode(fixture: Fixture): Promise<ModelEvent[]> {
  const codec = await codecOf(fixture);
  return fixture.stream
    ? decodeChunks(codec, fixture, [responseBytes(fixture)])
    : codec.decodeResponse(readJson(fixture.file), peerOf(fixture));
}

/**
 * A test; where an exception is written down it must fail, so that no exception outlives its reason. A fixture that is
 * no response at all is skipped.
 */
function check(aspect: Aspect, title: string, fixture: Fixture, body: () => Promise<void>): void {
  const written = excuse(fixture, aspect);
  if (written === undefined) test(title, body);
  else if (written.aspect === "all") test.skip(`${title} (${written.reason})`, body);
  else test.fails(`${title}: not here (${written.reason})`, body);
}

const argumentsOf = (text: string | null | undefined): Json => {
  if (typeof text !== "string" || text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
};

test.skipIf(!present)("every written exception names a fixture", () => {
  const ids = new Set(loadFixtures().map((fixture) => fixture.id));
  const named = Object.values(written).flatMap((one) => one.exceptions.map((exception) => exception.fixture));
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});

describe.skipIf(!present)("recorded traffic", () => {
  for (const fixture of fixtures) {
    const failed = fixture.status >= 400;
    const broken = fixture.features.includes("stream:error-event");
    describe(fixture.id, () => {
      if (failed) {
        checkError(fixture);
      } else {
        checkAnswer(fixture, broken);
        if (fixture.stream) checkChunking(fixture);
      }
      if (fixture.request_file !== undefined) checkRequest(fixture, fixture.request_file);
    });
  }
});

function checkAnswer(fixture: Fixture, broken: boolean): void {
  check("shape", "gives a well-formed stream", fixture, async () => {
    const events = await decode(fixture);
    expect(flaws(events)).toEqual([]);
    if (broken) expect(events.at(-1)?.type).toBe("error");
  });

  const known = knownEvents[dialectOf(fixture)];
  if (known !== undefined && fixture.stream) {
    check("unknown", "keeps every event it has no word for", fixture, async () => {
      const strangers = payloadsOf(fixture).filter((data) => isBody(data) && !known.has(String(data.type)));
      // Fields without a word in events that are known are kept under the event's own name; they are no strangers.
      const kept = (await decode(fixture)).flatMap((event) =>
        event.type === "unknown" && !known.has(event.name ?? "") ? [event.data] : [],
      );
      expect(kept.map(withoutSequence)).toEqual(strangers.map(withoutSequence));
    });
  }

  const spoken =
    dialectOf(fixture) === "responses" && fixture.stream ? deltaText(payloadsOf(fixture)) : undefined;
  if (spoken !== undefined) {
    check("text", "says what the text deltas say", fixture, async () => {
      expect(reading(await decode(fixture)).text).toBe(spoken);
    });
  }

  const derived = fixture.derived;
  // The indexing script read nothing out of the Responses files that hold payloads only.
  const unread = dialectOf(fixture) === "responses" && fixture.framing.startsWith("json-per-line");
  if (derived !== undefined && !unread) {
    check("text", "says the text the index found", fixture, async () => {
      // The index counts refusals as no text.
      const text = textOf(
        partsOf(await decode(fixture)).filter((part) => part.type === "text" && part.refusal !== true),
      );
      if (derived.text_sha256 !== undefined)
        expect({ text, sha256: sha256(text) }).toMatchObject({ sha256: derived.text_sha256 });
      else expect(text).toBe(derived.text ?? "");
    });
    check("calls", "asks for the tool calls the index found", fixture, async () => {
      const { calls } = reading(await decode(fixture));
      const expected = (derived.tool_calls ?? []).map((call, at) => ({
        name: call.name,
        // Of long arguments the index gives only a hash, taken over Python's own printing of some of them.
        input:
          typeof call.arguments !== "string" && call.arguments_sha256 !== undefined
            ? calls[at]?.input
            : argumentsOf(call.arguments),
      }));
      expect(calls).toEqual(expected);
    });
  }

  check("usage", "reports the usage the provider reported", fixture, async () => {
    const expected = recordedTotals(dialectOf(fixture), payloadsOf(fixture));
    const usage = usageOf(await decode(fixture));
    expect(usage === undefined ? undefined : totalsOf(usage)).toEqual(expected);
    if (usage !== undefined) expect(usage.reasoning).toBeLessThanOrEqual(usage.output);
  });

  if (fixture.expected?.self !== undefined) {
    check("self", "streams the same answer as the finished object at its end", fixture, async () => {
      const last = payloadsOf(fixture).findLast((data) => isBody(data) && isBody(data.response));
      if (!isBody(last)) throw new Error("the stream has no finished response");
      const whole = (await codecOf(fixture)).decodeResponse(last.response ?? null, peerOf(fixture));
      const streamed = await decode(fixture);
      expect(usageOf(streamed)).toEqual(usageOf(whole));
      // The Codex backend leaves the finished object's output empty: only the stream has it.
      if (!isBody(last.response) || !Array.isArray(last.response.output) || last.response.output.length === 0)
        return;
      expect(reading(streamed)).toEqual(reading(whole));
      expect(withoutCiphertext(partsOf(streamed))).toEqual(withoutCiphertext(partsOf(whole)));
      expect(streamed.at(-1)).toEqual(whole.at(-1));
    });
  }

  const echo = fixture.expected?.echo;
  if (echo !== undefined) {
    check("echo", "is what the recording's own client sent back in the next turn", fixture, async () => {
      const body = readJson(echo.request_file);
      const list = echo.items[0]?.split("[")[0] ?? "";
      if (!isBody(body) || !Array.isArray(body[list]))
        throw new Error(`no list ${list} in ${echo.request_file}`);
      const all = body[list];
      const items = echo.items.map((item) => all[Number(item.match(/\[(\d+)\]/)?.[1])] ?? null);
      const request = (await codecOf(fixture)).decodeRequest({ ...body, [list]: items }, peerOf(fixture));
      const parts = request.messages
        .filter((message) => message.role === "assistant")
        .flatMap((message) => message.parts);
      const sent = reading(parts.map((part, index) => ({ type: "part.end", index, part })));
      const ours = reading(await decode(fixture));
      expect(ours.calls).toEqual(sent.calls);
      // Clients trim, or leave out, the text beside tool calls.
      if (sent.text.trim() !== "") expect(ours.text.trim()).toBe(sent.text.trim());
    });
  }

  const file = fixture.expected?.file;
  if (file !== undefined) {
    const answers = recordedAnswers(readJson(file));
    if (answers.length > 0) {
      check("file", "is an answer the source's own tests expect", fixture, async () => {
        const events = await decode(fixture);
        const ours = reading(events);
        const usage = usageOf(events);
        const said = answers.filter((answer) => answer.text === ours.text);
        expect(answers.map((answer) => answer.text)).toContain(ours.text);
        const calls = said.flatMap((answer) => (answer.calls === undefined ? [] : [answer.calls]));
        if (calls.length > 0) expect(calls).toContainEqual(ours.calls);
        const usages = said.flatMap((answer) => (answer.usage === undefined ? [] : [answer.usage]));
        if (usage !== undefined && usages.length > 0) {
          const { prompt, output } = totalsOf(usage);
          expect(usages).toContainEqual({ prompt, output });
        }
      });
    }
  }
}

/** Azure encrypts the same thought twice, and the two differ. */
function withoutCiphertext(parts: readonly Part[]): Json {
  return JSON.parse(
    JSON.stringify(parts, (key, value: Json) => (key === "encrypted_content" ? "..." : value)),
  ) as Json;
}

/** The text deltas of a Responses stream, joined: a reading without any code of ours. */
function deltaText(payloads: readonly Json[]): string {
  return payloads
    .filter(isBody)
    .filter((data) => data.type === "response.output_text.delta" || data.type === "response.refusal.delta")
    .map((data) => String(data.delta))
    .join("");
}

function withoutSequence(data: Json): Json {
  if (!isBody(data)) return data;
  const { sequence_number: _, ...rest } = data;
  return rest;
}

function checkChunking(fixture: Fixture): void {
  const bytes = responseBytes(fixture);
  const title =
    bytes.length <= shortStream
      ? "gives the same events cut at any byte"
      : "gives the same events cut anywhere";
  check("chunking", title, fixture, async () => {
    const codec = await codecOf(fixture);
    const whole = JSON.stringify(decodeChunks(codec, fixture, [bytes]));
    if (bytes.length <= shortStream) {
      for (let cut = 1; cut < bytes.length; cut++) {
        const events = decodeChunks(codec, fixture, [bytes.subarray(0, cut), bytes.subarray(cut)]);
        if (JSON.stringify(events) !== whole)
          expect({ cut, events }).toEqual({ cut, events: JSON.parse(whole) });
      }
      const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      expect(JSON.stringify(decodeChunks(codec, fixture, single))).toBe(whole);
      return;
    }
    const random = randomFrom(bytes.length);
    for (let round = 0; round < randomSplits; round++) {
      const cuts = Array.from({ length: 2 ** (round + 2) }, () => Math.floor(random() * bytes.length));
      const events = decodeChunks(codec, fixture, splitAt(bytes, cuts));
      if (JSON.stringify(events) !== whole)
        expect({ cuts, events }).toEqual({ cuts, events: JSON.parse(whole) });
    }
  });
}

/** Which codes an HTTP status may stand for; the body decides among them. */
function codesOf(status: number): string[] {
  if (status === 401 || status === 403) return ["auth"];
  if (status === 429) return ["rate_limited", "quota"];
  if (status === 529) return ["overloaded"];
  if (status >= 500) return ["overloaded", "unknown"];
  return ["invalid_request", "context_overflow", "refused", "auth", "quota"];
}

function checkError(fixture: Fixture): void {
  check("error", `names the failure behind HTTP ${fixture.status}`, fixture, async () => {
    const failure = {
      status: fixture.status,
      headers: fixture.response_headers ?? {},
      body: readText(fixture.file),
    };
    const error = (await codecOf(fixture)).decodeError(failure);
    expect(codesOf(fixture.status)).toContain(error.code);
    expect(error.status).toBe(fixture.status);
    expect(error.message.trim()).not.toBe("");
    expect(error.raw).toBe(failure.body.slice(0, error.raw?.length));
    const id = failure.headers["x-request-id"] ?? failure.headers["request-id"];
    if (id !== undefined) expect(error.requestId).toBe(id);
    if (failure.headers["retry-after"] !== undefined) expect(error.retryAfterMs).toBeGreaterThanOrEqual(0);
  });
}

function checkRequest(fixture: Fixture, file: string): void {
  check("request", "has a request that survives decoding and encoding", fixture, async () => {
    const codec = await codecOf(fixture);
    const body = readJson(file);
    // Generate Content names the model in the path and streams by the method's name; the body has neither.
    const request = codec.decodeRequest(body, peerOf(fixture));
    const again: Json = codec.encodeRequest(request, peerOf(fixture));
    const sides = [body, again].map((side) => {
      const copy = structuredClone(side);
      if (isBody(copy)) for (const rule of written[dialectOf(fixture)].rules) rule.apply(copy);
      return copy;
    });
    expect(sides[1]).toEqual(sides[0]);
  });
}
