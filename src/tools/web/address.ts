/** Which network addresses a fetch may reach: public ones only, whatever a name resolves to. */

/** Says why an address must not be reached; null when it may be. */
export type AddressPolicy = (address: string) => string | null;

/** Public by number, but served by the cloud's own host: Azure's metadata and DNS. */
const hostServices = new Set(["168.63.129.16"]);

/**
 * Refuses every address that is not public unicast: private, loopback, link-local (where clouds serve credentials),
 * carrier-grade NAT, multicast, reserved. IPv4 inside IPv6 (mapped, NAT64) is judged as the IPv4 it is; tunnels
 * (6to4, Teredo) are refused. Ranges as in the IANA special-purpose registries, through ipaddr.js.
 */
export async function publicOnly(): Promise<AddressPolicy> {
  const { default: ipaddr } = await import("ipaddr.js");
  return (address) => {
    if (!ipaddr.isValid(address)) return `${address} is not an address`;
    let parsed = ipaddr.process(address);
    if (parsed.kind() === "ipv6" && parsed.range() === "rfc6052") {
      const bytes = parsed.toByteArray();
      parsed = ipaddr.fromByteArray(bytes.slice(12));
    }
    const range = parsed.range();
    if (range !== "unicast") return `${address} is a ${rangeNames[range] ?? range} address`;
    return hostServices.has(parsed.toString()) ? `${address} is a cloud host service` : null;
  };
}

const rangeNames: { readonly [range: string]: string } = {
  unspecified: "unspecified",
  linkLocal: "link-local",
  carrierGradeNat: "carrier-internal",
  uniqueLocal: "private",
  ipv4Mapped: "mapped",
  rfc6145: "translated",
  rfc6052: "translated",
  "6to4": "tunnelled",
  teredo: "tunnelled",
};
