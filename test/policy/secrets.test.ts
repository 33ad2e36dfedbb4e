import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childEnvironment } from "../../src/policy/secrets.ts";

describe("the environment of a child", () => {
  it("is an allowlist: what nobody named stays behind", () => {
    const env = {
      PATH: "/bin",
      HOME: "/h",
      LANG: "C",
      LC_TIME: "C",
      TMPDIR: "/t",
      NODE_ENV: "test",
      JAVA_HOME: "/j",
      GOPATH: "/g",
      CARGO_HOME: "/c",
      VIRTUAL_ENV: "/v",
      ANTHROPIC_API_KEY: "a",
      OPENAI_API_KEY: "b",
      AWS_SECRET_ACCESS_KEY: "c",
      GITHUB_TOKEN: "d",
      SSH_AUTH_SOCK: "/s",
      MY_PASSWORD: "e",
      TAU_HOME: "/x",
      NOT_SET: undefined,
    };
    expect(Object.keys(childEnvironment(env, [], [])).sort()).toEqual([
      "CARGO_HOME",
      "GOPATH",
      "HOME",
      "JAVA_HOME",
      "LANG",
      "LC_TIME",
      "NODE_ENV",
      "PATH",
      "TMPDIR",
      "VIRTUAL_ENV",
    ]);
    expect(childEnvironment(env, ["SSH_AUTH_SOCK", "NOT_SET", "ABSENT"], [])).toHaveProperty(
      "SSH_AUTH_SOCK",
      "/s",
    );
    expect(childEnvironment(env, ["NOT_SET"], [])).not.toHaveProperty("NOT_SET");
  });

  it("has a proxy only without a password", () => {
    expect(childEnvironment({ HTTPS_PROXY: "http://p:3128", https_proxy: "http://u:p@p:1" }, [], [])).toEqual(
      {
        HTTPS_PROXY: "http://p:3128",
      },
    );
  });

  it("never holds a known credential, whatever it is named, unless that name was asked for", () => {
    const name = fc.constantFrom("PATH", "GOFLAGS", "LC_X", "NODE_OPTIONS", "HTTPS_PROXY", "OTHER", "TOKEN");
    const secret = fc.stringMatching(/^[a-z0-9-]{8,20}$/);
    fc.assert(
      fc.property(
        secret,
        fc.dictionary(name, fc.tuple(fc.string(), fc.boolean(), fc.string())),
        fc.array(name),
        (value, entries, allow) => {
          const env = Object.fromEntries(
            Object.entries(entries).map(([key, [before, has, after]]) => [
              key,
              `${before}${has ? value : ""}${after}`,
            ]),
          );
          const child = childEnvironment(env, allow, [value]);
          for (const [key, text] of Object.entries(child)) {
            if (!allow.some((each) => each === key)) expect(text).not.toContain(value);
            expect(text).toBe(env[key]);
          }
          for (const key of allow) expect(child[key]).toBe(env[key]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
