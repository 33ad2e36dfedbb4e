import { describe, expect, test } from "vitest";
import { TauError } from "../../src/core/errors.ts";
import { connectionOf, findKey } from "../../src/providers/connection.ts";
import { providerEntry, providers, resolveModel } from "../../src/providers/registry.ts";
import { routeOf } from "../../src/providers/route.ts";

/** URL and headers a streaming request of a model would have. */
function target(name: string, env: Record<string, string>, settings = {}) {
  const { provider, model } = resolveModel(name, settings);
  const connection = connectionOf(provider, env, {});
  const { path, query } = routeOf(provider.dialect, connection, model, true);
  const search = new URLSearchParams(query).toString();
  return {
    url: connection.baseUrl + path + (search === "" ? "" : `?${search}`),
    headers: connection.headers,
  };
}

describe("addresses and authentication as each vendor documents them", () => {
  const bearer = { authorization: "Bearer k" };
  test.each([
    [
      "anthropic/claude-x",
      { ANTHROPIC_API_KEY: "k" },
      "https://api.anthropic.com/v1/messages",
      { "x-api-key": "k", "anthropic-version": "2023-06-01" },
    ],
    ["anthropic/claude-x", { ANTHROPIC_AUTH_TOKEN: "k" }, "https://api.anthropic.com/v1/messages", bearer],
    [
      "anthropic/claude-x",
      { ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: "https://gw.example/anthropic/" },
      "https://gw.example/anthropic/v1/messages",
      { "x-api-key": "k" },
    ],
    [
      "anthropic/claude-x",
      { ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: "https://gw.example/v1" },
      "https://gw.example/v1/messages",
      { "x-api-key": "k" },
    ],
    ["openai/gpt-x", { OPENAI_API_KEY: "k" }, "https://api.openai.com/v1/responses", bearer],
    [
      "openai/gpt-x",
      {
        OPENAI_API_KEY: "k",
        OPENAI_BASE_URL: "https://gw.example/v1",
        OPENAI_ORG_ID: "o",
        OPENAI_PROJECT_ID: "p",
      },
      "https://gw.example/v1/responses",
      { ...bearer, "openai-organization": "o", "openai-project": "p" },
    ],
    [
      "google/gemini-x",
      { GEMINI_API_KEY: "k" },
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:streamGenerateContent?alt=sse",
      { "x-goog-api-key": "k" },
    ],
    [
      "google/gemini-x",
      { GOOGLE_API_KEY: "k", GOOGLE_GEMINI_BASE_URL: "https://gw.example" },
      "https://gw.example/v1beta/models/gemini-x:streamGenerateContent?alt=sse",
      { "x-goog-api-key": "k" },
    ],
    [
      "google/tunedModels/mine",
      { GEMINI_API_KEY: "k" },
      "https://generativelanguage.googleapis.com/v1beta/tunedModels/mine:streamGenerateContent?alt=sse",
      { "x-goog-api-key": "k" },
    ],
    [
      "openrouter/anthropic/claude-x:nitro",
      { OPENROUTER_API_KEY: "k" },
      "https://openrouter.ai/api/v1/chat/completions",
      { ...bearer, "x-title": "Tau", "http-referer": "https://www.npmjs.com/package/tau-agent" },
    ],
    [
      "openrouter/x/y",
      { OPENROUTER_API_KEY: "k", OPENROUTER_BASE_URL: "https://eu.example/api/v1" },
      "https://eu.example/api/v1/chat/completions",
      bearer,
    ],
    [
      "deepseek/deepseek-chat",
      { DEEPSEEK_API_KEY: "k" },
      "https://api.deepseek.com/chat/completions",
      bearer,
    ],
    [
      "groq/openai/gpt-oss-120b",
      { GROQ_API_KEY: "k" },
      "https://api.groq.com/openai/v1/chat/completions",
      bearer,
    ],
    ["xai/grok-x", { XAI_API_KEY: "k" }, "https://api.x.ai/v1/chat/completions", bearer],
    ["mistral/mistral-x", { MISTRAL_API_KEY: "k" }, "https://api.mistral.ai/v1/chat/completions", bearer],
    [
      "azure/my-gpt",
      { AZURE_OPENAI_API_KEY: "k", AZURE_OPENAI_ENDPOINT: "https://r.openai.azure.com/" },
      "https://r.openai.azure.com/openai/v1/chat/completions",
      { "api-key": "k" },
    ],
    [
      "azure/my-gpt",
      {
        AZURE_OPENAI_API_KEY: "k",
        AZURE_OPENAI_ENDPOINT: "https://r.openai.azure.com",
        AZURE_OPENAI_API_VERSION: "2024-10-21",
      },
      "https://r.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
      { "api-key": "k" },
    ],
    ["ollama/qwen3:8b", {}, "http://127.0.0.1:11434/v1/chat/completions", {}],
    ["ollama/qwen3", { OLLAMA_HOST: "0.0.0.0" }, "http://127.0.0.1:11434/v1/chat/completions", {}],
    ["ollama/qwen3", { OLLAMA_HOST: "gpu.lan:9999" }, "http://gpu.lan:9999/v1/chat/completions", {}],
    ["ollama/qwen3", { OLLAMA_HOST: ":8000" }, "http://127.0.0.1:8000/v1/chat/completions", {}],
    [
      "ollama/qwen3",
      { OLLAMA_HOST: "https://ollama.example/base/" },
      "https://ollama.example/base/v1/chat/completions",
      {},
    ],
    ["lmstudio/m", {}, "http://127.0.0.1:1234/v1/chat/completions", {}],
    ["llamacpp/m", { LLAMA_API_KEY: "k" }, "http://127.0.0.1:8080/v1/chat/completions", bearer],
    [
      "vllm/org/m",
      { VLLM_API_KEY: "k", VLLM_BASE_URL: "http://gpu.lan:8000/v1" },
      "http://gpu.lan:8000/v1/chat/completions",
      bearer,
    ],
  ])("%s with %o", (name, env, url, headers) => {
    const found = target(name, env);
    expect(found.url).toBe(url);
    expect(found.headers).toMatchObject(headers);
    const carried = Object.values(found.headers).filter((value) => value === "k" || value === "Bearer k");
    const given = Object.values<string>(env).filter((value) => value === "k");
    expect(carried).toHaveLength(given.length);
  });

  test("without a path of its own, the paths of one model's slashes are kept", () => {
    expect(resolveModel("openrouter/anthropic/claude-x", {}).model).toBe("anthropic/claude-x");
  });

  test("every built-in provider has what the table above needs", () => {
    expect(providers.map(({ id }) => id)).toEqual([
      ...["anthropic", "openai", "google", "openrouter", "deepseek", "groq", "xai", "mistral", "azure"],
      ...["ollama", "lmstudio", "llamacpp", "vllm"],
    ]);
  });
});

describe("keys", () => {
  test("a missing one says which variables would do", () => {
    const error = thrown(() => connectionOf(providerEntry("google", {}), {}, {}));
    expect(error).toMatchObject({
      reason: "auth",
      message: "no key for google",
      hint: "tau auth login google, or set GEMINI_API_KEY or GOOGLE_API_KEY",
    });
  });

  test("the environment is nearer than the credentials file", () => {
    const entry = providerEntry("openai", {});
    expect(findKey(entry, { OPENAI_API_KEY: " env " }, { openai: "file" })).toMatchObject({
      value: "env",
      source: "OPENAI_API_KEY",
    });
    expect(findKey(entry, { OPENAI_API_KEY: "" }, { openai: "file" })).toMatchObject({ value: "file" });
    expect(findKey(entry, { ANTHROPIC_API_KEY: "other" }, { anthropic: "other" })).toBeNull();
  });
});

describe("a key as it is sent", () => {
  const entry = providerEntry("openai", {});
  const broken = [
    "sk-live-\n0123456789",
    "sk-live-\r\nx-evil: 1",
    "sk-live-\t0123",
    "sk-live-\u20260123",
    "sk-\u0000live",
  ];

  test.each(["\n", "\r\n", "  ", "\t"])(
    "has no %j around it, whether from the environment or the file",
    (blank) => {
      const bearer = { authorization: "Bearer sk-live-0123456789" };
      const key = `${blank}sk-live-0123456789${blank}`;
      expect(connectionOf(entry, { OPENAI_API_KEY: key }, {}).headers).toMatchObject(bearer);
      expect(connectionOf(entry, {}, { openai: key }).headers).toMatchObject(bearer);
      expect(connectionOf(entry, { OPENAI_API_KEY: blank }, { openai: key }).headers).toMatchObject(bearer);
      expect(thrown(() => connectionOf(entry, {}, { openai: blank })).message).toBe("no key for openai");
    },
  );

  test.each(broken)(
    "is refused when no header may carry it (%j), by its place and never by its value",
    (key) => {
      for (const [env, file, place] of [
        [{ OPENAI_API_KEY: key }, {}, "OPENAI_API_KEY"],
        [{}, { openai: key }, "credentials.json"],
      ] as const) {
        const error = thrown(() => connectionOf(entry, env, file));
        expect(error).toMatchObject({ reason: "auth", hint: expect.stringContaining("openai") });
        expect(error.message).toContain(place);
        expect(error.message + error.hint).not.toContain("sk-live");
      }
      const organization = { OPENAI_API_KEY: "k", OPENAI_ORG_ID: key };
      expect(thrown(() => connectionOf(entry, organization, {}))).toMatchObject({
        reason: "config",
        message: expect.stringMatching(/^OPENAI_ORG_ID holds/),
      });
    },
  );

  test.each([
    ["vllm", { VLLM_API_KEY: "k", VLLM_BASE_URL: "http://gpu.lan:8000/v1" }, 1],
    ["openai", { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://10.0.0.7/v1" }, 1],
    ["vllm", { VLLM_BASE_URL: "http://gpu.lan:8000/v1" }, 0],
    ["vllm", { VLLM_API_KEY: "k", VLLM_BASE_URL: "http://[::1]:8000/v1" }, 0],
    ["openai", { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://localhost:4000/v1" }, 0],
    ["openai", { OPENAI_API_KEY: "k" }, 0],
  ])("to %s with %o is warned of %i times: plain http beyond this machine", (id, env, count) => {
    const { warnings } = connectionOf(providerEntry(id, {}), env, {});
    expect(warnings).toHaveLength(count);
    for (const warning of warnings) expect(warning).toMatch(/unencrypted/);
  });
});

describe("settings", () => {
  test("a host of the user's own, in each dialect", () => {
    const settings = {
      corp: {
        dialect: "chat-completions",
        baseUrl: "https://llm.corp.example/v1/",
        apiKeyEnv: "CORP_KEY",
        headers: { "X-Team": "tau" },
      },
      claude: { dialect: "messages", baseUrl: "https://claude.corp.example", apiKeyEnv: "CORP_KEY" },
      gem: { dialect: "generate-content", baseUrl: "https://gem.corp.example/v1beta", apiKeyEnv: "CORP_KEY" },
    } as const;
    const env = { CORP_KEY: "k" };
    expect(target("corp/a/b", env, settings)).toEqual({
      url: "https://llm.corp.example/v1/chat/completions",
      headers: { authorization: "Bearer k", "x-team": "tau" },
    });
    expect(target("claude/c", env, settings)).toEqual({
      url: "https://claude.corp.example/v1/messages",
      headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
    });
    expect(target("gem/g", env, settings)).toEqual({
      url: "https://gem.corp.example/v1beta/models/g:streamGenerateContent?alt=sse",
      headers: { "x-goog-api-key": "k" },
    });
    expect(thrown(() => target("corp/a", {}, settings))).toMatchObject({
      reason: "auth",
      hint: "tau auth login corp, or set CORP_KEY",
    });
  });

  test("a host that named no key variable is asked without one", () => {
    const settings = { lan: { dialect: "chat-completions", baseUrl: "http://gpu.lan/v1" } } as const;
    expect(target("lan/m", { OPENAI_API_KEY: "secret" }, settings).headers).toEqual({});
  });

  test("a built-in provider's dialect, address and waiting can be set; its own address variable then loses", () => {
    const own = {
      dialect: "chat-completions",
      baseUrl: "https://proxy.example/v1",
      idleTimeoutSeconds: 7,
    } as const;
    const env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "https://other.example/v1" };
    expect(target("openai/gpt-x", env, { openai: own }).url).toBe(
      "https://proxy.example/v1/chat/completions",
    );
    expect(providerEntry("openai", { openai: own }).timeouts.idleMs).toBe(7_000);
  });

  test("OpenRouter's routing travels as request fields beside the request for its cost", () => {
    const options = { provider: { order: ["anthropic"], allow_fallbacks: false }, models: ["a/b", "c/d"] };
    expect(providerEntry("openrouter", { openrouter: { options } }).fields).toEqual({
      usage: { include: true },
      ...options,
    });
  });

  test.each([
    ["gpt-5", {}, "usage", '"gpt-5" is not a model name'],
    ["/gpt-5", {}, "usage", "not a model name"],
    ["openai/", {}, "usage", "not a model name"],
    ["nobody/m", {}, "config", 'there is no provider "nobody"'],
    ["half/m", { half: { dialect: "messages" } }, "config", 'provider "half" has no baseUrl'],
    ["half/m", { half: { baseUrl: "http://x.example" } }, "config", 'provider "half" has no dialect'],
  ] as const)("%s with %o is refused as %s", (name, settings, reason, message) => {
    const error = thrown(() => resolveModel(name, settings));
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(message);
    expect(error.hint).toBeDefined();
  });

  test("a mistyped provider is refused with what may have been meant, the user's own hosts too", () => {
    const work = { work: { dialect: "messages", baseUrl: "http://x.example" } } as const;
    const hint = (name: string) => thrown(() => resolveModel(name, work)).hint;
    expect(hint("antropic/claude-opus-5")).toMatch(/^did you mean anthropic\?/);
    expect(hint("wrok/m")).toMatch(/^did you mean work\?/);
    expect(hint("nobody/m")).toMatch(/^Known are anthropic,.* work, demo;/);
  });

  test.each([
    ["azure", { AZURE_OPENAI_API_KEY: "k" }, "set AZURE_OPENAI_ENDPOINT"],
    ["openai", { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "ftp://x" }, "correct OPENAI_BASE_URL"],
    ["openai", { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "api.example.com/v1" }, "correct OPENAI_BASE_URL"],
    ["openai", { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://" }, "correct OPENAI_BASE_URL"],
    ["ollama", { OLLAMA_HOST: "host with blanks" }, "correct OLLAMA_HOST"],
  ])("%s without a usable address says what to set", (id, env, hint) => {
    expect(thrown(() => connectionOf(providerEntry(id, {}), env, {}))).toMatchObject({
      reason: "config",
      hint,
    });
  });
});

test.each([
  "https://ann:hunter2000@gw.example/v1",
  "junk://ann:hunter2000@gw.example",
  "ann:hunter2000@gw.example",
])("a password in an address (%s) is refused and not shown", (address) => {
  const error = thrown(() =>
    connectionOf(providerEntry("openai", {}), { OPENAI_API_KEY: "k", OPENAI_BASE_URL: address }, {}),
  );
  expect(error.reason).toBe("config");
  expect(error.message).toContain("OPENAI_BASE_URL");
  expect(`${error.message} ${error.hint}`).not.toContain("hunter2000");
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "what every object inherits is no provider: %s",
  (id) => {
    expect(thrown(() => resolveModel(`${id}/m`, {}))).toMatchObject({ reason: "config" });
    const settings = {
      corp: { dialect: "chat-completions", baseUrl: "https://corp.example", apiKeyEnv: id },
    } as const;
    expect(thrown(() => target("corp/m", {}, settings))).toMatchObject({
      reason: "auth",
      hint: `tau auth login corp, or set ${id}`,
    });
  },
);

function thrown(act: () => unknown): TauError {
  try {
    act();
  } catch (error) {
    if (error instanceof TauError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
