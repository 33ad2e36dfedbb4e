// Loaded into tau with --require: writes down every place it connects or sends to and every name it looks up.
"use strict";
const dgram = require("node:dgram");
const dns = require("node:dns");
const fs = require("node:fs");
const net = require("node:net");

const log = (what) => fs.appendFileSync(process.env.TAU_TEST_CONNECTIONS, `${what}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const options = typeof first === "object" ? first : { port: first, host: args[1] };
  log(options.path ?? `${options.host ?? "localhost"}:${options.port}`);
  return connect.apply(this, args);
};
const { lookup } = dns;
dns.lookup = function (name, ...rest) {
  if (!net.isIP(name)) log(`lookup ${name}`);
  return lookup.call(this, name, ...rest);
};
const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  log(`datagram ${args.filter((arg) => typeof arg === "string" || typeof arg === "number").join(":")}`);
  return send.apply(this, args);
};
