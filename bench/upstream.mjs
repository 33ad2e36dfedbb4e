// A bare upstream for measuring, in a process of its own: Anthropic Messages, no latency, times on the wall clock that
// all processes share. Its mode comes from the model's name in the request.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { answers, beginning, file } from "./answers.mjs";

const clock = () => performance.timeOrigin + performance.now();
const event = (type, data) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const usage = {
  input_tokens: 1000,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 1,
};
const start = (model) =>
  event("message_start", {
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  });
const end = (reason) =>
  event("message_delta", {
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: 10 },
  }) + event("message_stop", {});
const text = (deltas) => {
  const parts = [event("content_block_start", { index: 0, content_block: { type: "text", text: "" } })];
  for (const delta of deltas)
    parts.push(event("content_block_delta", { index: 0, delta: { type: "text_delta", text: delta } }));
  parts.push(event("content_block_stop", { index: 0 }));
  return parts.join("");
};
const call = (n, name, input, index = 0) =>
  event("content_block_start", {
    index,
    content_block: { type: "tool_use", id: `toolu_${n}`, name, input: {} },
  }) +
  event("content_block_delta", {
    index,
    delta: { type: "input_json_delta", partial_json: JSON.stringify(input) },
  }) +
  event("content_block_stop", { index });

/** 200 KB in deltas of 16 characters, about four tokens each. */
const words = "The quick brown fox jumps over the lazy dog and runs away again. ";
const longText = words.repeat(Math.ceil(200_000 / words.length)).slice(0, 200_000);
const longDeltas = longText.match(/[\s\S]{1,16}/g);
const longBody = start("long") + text(longDeltas) + end("end_turn");

/**
 * Streams an answer in deltas. `answer-NAME-SIZE-MS`: one of bench/answers.mjs, so many characters each so many
 * milliseconds, at once where that is 0; `paced-NAME`: the first 12 KB of it at 400 tokens a second.
 */
async function stream(response, mode) {
  const [, name, size, ms] =
    /^answer-(\w+)-(\d+)-(\d+)$/.exec(mode) ?? /^paced-(\w+)$/.exec(mode)?.concat("16", "10") ?? [];
  const whole = mode.startsWith("paced-") ? beginning(name, 12_000) : answers[name];
  const deltas = whole.match(new RegExp(`[^]{1,${size}}`, "g"));
  const frame = (delta) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: delta } });
  response.write(
    start(mode) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  );
  if (ms === "0") response.write(deltas.map(frame).join(""));
  else {
    const begun = clock();
    for (const [index, delta] of deltas.entries()) {
      response.write(frame(delta));
      const wait = begun + (index + 1) * Number(ms) - clock();
      if (wait > 0) await sleep(wait);
    }
  }
  response.end(event("content_block_stop", { index: 0 }) + end("end_turn"));
}

/** Calls of one answer: twenty that run at once, or three edits of 500 lines that must be allowed. */
const calls = {
  tools: () =>
    Array.from({ length: 20 }, (_, n) =>
      call(n, "bash", { command: `for i in 1 2 3 4 5; do echo tool ${n} line $i; sleep 0.1; done` }, n),
    ),
  edits: () =>
    Array.from({ length: 3 }, (_, n) =>
      call(n, "write", { path: `changed${n}.txt`, content: file(500, `changed ${n}`) }, n),
    ),
};

let steps = 0;
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const at = clock();
    const raw = Buffer.concat(chunks).toString();
    const mode = /"model":"([^"]*)"/.exec(raw)?.[1] ?? "";
    response.writeHead(200, { "content-type": "text/event-stream" });
    const finish = (body) => {
      response.end(body, () => process.send({ type: "exchange", mode, at, end: clock(), bytes: raw.length }));
    };
    if (mode === "long") return finish(longBody);
    if (/^(answer|paced)-/.test(mode)) return void stream(response, mode);
    if (calls[mode] !== undefined)
      return finish(
        raw.includes('"tool_result"')
          ? start(mode) + text(["the end"]) + end("end_turn")
          : start(mode) + calls[mode]().join("") + end("tool_use"),
      );
    const [, total, command] = /^steps-(\d+)-(.*)$/.exec(mode) ?? [];
    if (total === undefined || steps >= Number(total)) {
      steps = 0;
      return finish(start(mode) + text(["Done."]) + end("end_turn"));
    }
    steps += 1;
    finish(start(mode) + call(steps, "bash", { command: `${command} ${steps}` }) + end("tool_use"));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  process.send({ type: "listening", url: `http://127.0.0.1:${server.address().port}` }),
);
process.on("disconnect", () => process.exit());
