// The floor: the same work with nothing around it. `raw.cjs URL MODE` asks as an agent would, runs `bash -c` for each
// tool call, and reads the stream with the plainest parser there is.
const http = require("node:http");
const { spawn } = require("node:child_process");
const [url, mode] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const messages = [{ role: "user", content: "go" }];

function ask() {
  return new Promise((resolve) => {
    const body = JSON.stringify({ model: mode, max_tokens: 100, stream: true, messages });
    const request = http.request(
      `${url}/v1/messages`,
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        let rest = "";
        let text = "";
        let call = null;
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          rest += chunk;
          for (let at = rest.indexOf("\n\n"); at !== -1; at = rest.indexOf("\n\n")) {
            const frame = rest.slice(0, at);
            rest = rest.slice(at + 2);
            const event = JSON.parse(frame.slice(frame.indexOf("data: ") + 6));
            if (event.type === "content_block_start" && event.content_block.type === "tool_use")
              call = { id: event.content_block.id, json: "" };
            if (event.type !== "content_block_delta") continue;
            if (event.delta.type === "text_delta") text += event.delta.text;
            else call.json += event.delta.partial_json;
          }
        });
        response.on("end", () => resolve({ text, call }));
      },
    );
    request.end(body);
  });
}

(async () => {
  for (;;) {
    const { text, call } = await ask();
    if (!call) {
      process.stdout.write(`${text}\n`);
      agent.destroy();
      return;
    }
    const child = spawn("bash", ["-c", JSON.parse(call.json).command], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    await new Promise((resolve) => child.on("close", resolve));
    messages.push(
      {
        role: "assistant",
        content: [{ type: "tool_use", id: call.id, name: "bash", input: JSON.parse(call.json) }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: output }] },
    );
  }
})();
