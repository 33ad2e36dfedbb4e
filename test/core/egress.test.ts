import { expect, it } from "vitest";
import { EgressLog } from "../../src/core/egress.ts";

it("counts the requests to each host, in the order of first contact, and those since a moment", () => {
  const log = new EgressLog();
  const { contacted } = log;
  for (const host of ["api.a.example", "proxy.example:3128", "api.a.example"]) contacted(host);
  const before = log.contacts();
  expect(before).toEqual([
    { host: "api.a.example", requests: 2 },
    { host: "proxy.example:3128", requests: 1 },
  ]);
  expect(log.contacts(before)).toEqual([]);
  for (const host of ["docs.example", "api.a.example"]) contacted(host);
  expect(log.contacts(before)).toEqual([
    { host: "api.a.example", requests: 1 },
    { host: "docs.example", requests: 1 },
  ]);
});
