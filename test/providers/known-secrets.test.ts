import { describe, expect, test } from "vitest";
import { knownSecrets } from "../../src/providers/known-secrets.ts";
import { providers } from "../../src/providers/registry.ts";

describe("the credential values Tau knows", () => {
  test("are the keys of all providers, whichever is used", () => {
    const variables = providers.flatMap(({ keys }) => keys.map(({ variable }) => variable));
    const env = Object.fromEntries(variables.map((name) => [name, ` key-of-${name}\n`]));
    const credentials = { anthropic: "stored-anthropic", gone: "stored-for-nobody" };
    expect(knownSecrets(env, credentials, {}).sort()).toEqual(
      [...variables.map((name) => `key-of-${name}`), ...["stored-anthropic", "stored-for-nobody"]].sort(),
    );
  });

  test.each([
    [{ apiKeyEnv: "CORP_KEY" }, ["corp-key-1"]],
    [{ apiKeyEnv: "__proto__" }, []],
    [{ headers: { Authorization: "Bearer abc-def-ghi" } }, ["Bearer abc-def-ghi", "abc-def-ghi"]],
    [{ headers: { "X-Api-Key": "plainwords" } }, ["plainwords"]],
    [
      { headers: { cookie: "session_id=abcdefgh; theme=d" } },
      ["session_id=abcdefgh; theme=d", "abcdefgh", "d"],
    ],
    [{ headers: { "x-tenant": "t-4711-8822" } }, ["t-4711-8822"]],
    // Words of the language, and what tells a program and not a person, stay readable.
    [{ headers: { "x-team": "engineering" } }, []],
    [
      {
        headers: {
          "user-agent": "tool/1.2.3-beta",
          "anthropic-beta": "files-2025-04-14",
          "api-version": "2025-01-01",
        },
      },
      [],
    ],
    [{ baseUrl: "https://gw.example/v1?key=query-value-1&alt=sse" }, ["query-value-1"]],
    [{ baseUrl: "https://ann:pass%40word@gw.example" }, ["pass%40word", "pass@word", "YW5uOnBhc3NAd29yZA=="]],
  ])("of a provider with %o are %o", (own, expected) => {
    expect(knownSecrets({ CORP_KEY: "corp-key-1" }, {}, { corp: own })).toEqual(expected);
  });

  test.each([
    [{ HTTPS_PROXY: "http://ann:hunter2000@proxy.example:3128" }, "hunter2000"],
    [{ all_proxy: "ann:hunter2000@proxy.example" }, "hunter2000"],
    [{ OPENAI_BASE_URL: "https://ghp_0123456789@gw.example" }, "ghp_0123456789"],
    [{ OLLAMA_HOST: "ann:hunter2000@gpu.lan" }, "hunter2000"],
    [{ HTTP_PROXY: "http://ann:100%hunter@proxy.example" }, "100%hunter"],
  ])("stand in %o too", (env, secret) => {
    expect(knownSecrets(env, {}, {})).toContain(secret);
  });

  test("are none where a server wants some key and checks none", () => {
    expect(knownSecrets({ LMSTUDIO_API_KEY: "lm-studio", OPENAI_API_KEY: "" }, {}, {})).toEqual([]);
  });
});
