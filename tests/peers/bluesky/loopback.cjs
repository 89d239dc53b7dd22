// Preloaded into the test network: it is reachable from this machine alone, and its
// database may be a PostgreSQL without pg_trgm, which only searching for people needs.
"use strict";
const net = require("node:net");

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  const [first, ...rest] = given;
  if (typeof first === "number") {
    const callback = rest.find((one) => typeof one === "function");
    return listen.call(this, { port: first, host: "127.0.0.1" }, callback);
  }
  if (first && typeof first === "object" && "port" in first) {
    return listen.call(this, { ...first, host: "127.0.0.1" }, ...rest);
  }
  return listen.apply(this, given);
};

const pg = require("pg");
const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (first, ...rest) {
  const text = typeof first === "string" ? first : first && first.text;
  if (typeof text === "string" && /pg_trgm|gist_trgm_ops/.test(text)) {
    return query.call(this, "select 1", ...rest.filter((one) => typeof one === "function"));
  }
  return query.call(this, first, ...rest);
};
