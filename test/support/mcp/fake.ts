/**
 * An MCP server in the test's own process, written from the specification (2025-06-18) and not over the SDK that Tau
 * uses: what it says is a table, and it says as much rubbish as it is told to.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Dialogue, DialogueListener } from "../../../src/tools/process/client.ts";
import type { CommandOutcome } from "../../../src/tools/process/protocol.ts";

type Data = { [key: string]: unknown };

/** What came in. */
export type Heard = { method: string; params: Data; id?: number };

/** How an answer says something beside itself. */
export type Tell = (method: string, params?: Data) => void;

/** What is asked for, by method; a rejected promise is an error of the protocol, one that stays open no answer. */
export type Answers = { [method: string]: (params: Data, tell: Tell) => unknown };

/** What a server has. All of it may change while it runs. */
export type FakeMcp = {
  tools: string[];
  /** Contents by address. */
  resources: { [uri: string]: Data };
  prompts: Data[];
  /** Answers in place of the usual ones; `tools/call NAME` for one tool. */
  answers: Answers;
  heard: Heard[];
};

/** Makes one. */
export const fakeMcp = (has: Partial<FakeMcp> = {}): FakeMcp => ({
  tools: ["echo"],
  resources: {},
  prompts: [],
  answers: {},
  heard: [],
  ...has,
});

/** A tool's answer of one text. */
export const text = (value: string) => ({ content: [{ type: "text", text: value }] });

async function answerTo(fake: FakeMcp, { method, params }: Heard, tell: Tell): Promise<unknown> {
  const own = fake.answers[`${method} ${String(params.name)}`] ?? fake.answers[method];
  if (own) return await own(params, tell);
  switch (method) {
    case "initialize":
      return {
        protocolVersion: "2025-06-18",
        serverInfo: { name: "fake", version: "1" },
        capabilities: { tools: { listChanged: true }, resources: {}, prompts: {} },
      };
    case "tools/list":
      return {
        tools: fake.tools.map((name) => ({
          name,
          description: `The tool ${name}.`,
          inputSchema: { type: "object", properties: { text: { type: "string" } } },
        })),
      };
    case "tools/call":
      return text(`${String(params.name)}: ${String((params.arguments as Data).text)}`);
    case "resources/list":
      return {
        resources: Object.keys(fake.resources).map((uri) => ({ uri, name: `the ${uri.split("/").at(-1)}` })),
      };
    case "resources/read": {
      const uri = String(params.uri);
      const content = fake.resources[uri];
      if (content === undefined) throw new Error(`there is no ${uri}`);
      return { contents: [{ uri, ...content }] };
    }
    case "prompts/list":
      return { prompts: fake.prompts };
    case "prompts/get":
      return {
        messages: [
          {
            role: "user",
            content: { type: "text", text: `${params.name} ${JSON.stringify(params.arguments)}` },
          },
        ],
      };
    default:
      throw new Error(`${method} is not known here`);
  }
}

/** Takes one message; what is said of it goes to `say`. */
async function take(fake: FakeMcp, line: string, say: (message: Data) => void): Promise<void> {
  const { id, method, params = {} } = JSON.parse(line) as { id?: number; method?: string; params?: Data };
  if (method === undefined) return;
  const heard: Heard = { method, params, ...(id !== undefined && { id }) };
  fake.heard.push(heard);
  if (id === undefined) return;
  const tell: Tell = (told, about = {}) => say({ method: told, params: about });
  try {
    say({ id, result: await answerTo(fake, heard, tell) });
  } catch (error) {
    say({ id, error: { code: -32_000, message: String(error) } });
  }
}

/** A program that is spoken with over its stdin and stdout, without the program. */
export type FakeProgram = {
  talk(listener: DialogueListener): Dialogue;
  starts: number;
  /** Of the run that is under way. */
  listener: DialogueListener | null;
  /** Ends it. */
  end(exitCode: number): void;
};

const over: Extract<CommandOutcome, { status: "exited" }> = {
  status: "exited",
  exitCode: 0,
  signal: null,
  timedOut: false,
  aborted: false,
  head: "",
  tail: "",
  totalBytes: 0,
  omittedBytes: 0,
  spillPath: null,
  lostBytes: 0,
  killedSurvivors: 0,
  durationMs: 1,
};

/** Makes one. @param begin what it does first, in place of waiting to be spoken to */
export function fakeProgram(fake: FakeMcp, begin?: (listener: DialogueListener) => void): FakeProgram {
  const program: FakeProgram = {
    starts: 0,
    listener: null,
    talk(listener) {
      program.starts += 1;
      program.listener = listener;
      if (begin) queueMicrotask(() => begin(listener));
      return {
        say: (line) =>
          void take(fake, line, (message) => {
            if (program.listener === listener)
              listener.said(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
          }),
        // A program takes its time to end.
        stop: () => queueMicrotask(() => program.listener === listener && program.end(0)),
      };
    },
    end(exitCode) {
      const { listener } = program;
      program.listener = null;
      listener?.ended({ ...over, exitCode });
    },
  };
  return program;
}

/** A server over streamable HTTP on loopback. */
export type RemoteMcp = { url: string; headers: IncomingMessage["headers"][]; close(): Promise<void> };

/** Starts one; every answer is a stream, so that it can say something before it. */
export async function startRemote(fake: FakeMcp): Promise<RemoteMcp> {
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer(async (request, response) => {
    headers.push(request.headers);
    if (request.method !== "POST") {
      response.writeHead(405).end();
      return;
    }
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (!body.includes('"id"')) {
      await take(fake, body, () => undefined);
      response.writeHead(202).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    await take(fake, body, (message) =>
      response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`),
    );
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    headers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
