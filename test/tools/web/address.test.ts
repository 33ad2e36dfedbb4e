import { describe, expect, it } from "vitest";
import { publicOnly } from "../../../src/tools/web/address.ts";

describe("an address a fetch may reach", async () => {
  const policy = await publicOnly();

  it.each(["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])(
    "%s is public",
    (address) => {
      expect(policy(address)).toBeNull();
    },
  );

  it.each([
    ["127.0.0.1", "loopback"],
    ["127.1.2.3", "loopback"],
    ["::1", "loopback"],
    ["0.0.0.0", "unspecified"],
    ["::", "unspecified"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["192.168.1.1", "private"],
    ["fd00::1", "private"],
    ["fd00:ec2::254", "private"],
    ["169.254.169.254", "link-local"],
    ["fe80::1", "link-local"],
    ["100.64.0.1", "carrier"],
    ["100.100.100.200", "carrier"],
    ["168.63.129.16", "host service"],
    ["224.0.0.1", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["240.0.0.1", "reserved"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:a9fe:a9fe", "link-local"],
    ["64:ff9b::10.0.0.1", "private"],
    ["2002:7f00:1::", "tunnelled"],
    ["not an address", "not an address"],
    ["", "not an address"],
  ])("%s is not: %s", (address, why) => {
    expect(policy(address)).toContain(why);
  });
});
