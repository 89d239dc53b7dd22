// Starts a Bluesky network of one host: directory, AppView and PDS, all real, and says
// where they are in one line of JSON. It ends when its standard input does.
"use strict";
const { TestBsky, TestPds, TestPlc, mockNetworkUtilities } = require("@atproto/dev-env");
const { Secp256k1Keypair } = require("@atproto/crypto");

/** Give a service of ours (the chat, whose server is not public) a DID that the PDS finds. */
async function named(plc, id, type, endpoint) {
  const key = await Secp256k1Keypair.create();
  const client = plc.getClient();
  const did = await client.createDid({
    signingKey: key.did(), rotationKeys: [key.did()], handle: `${type.toLowerCase()}.test`,
    pds: endpoint, signer: key,
  });
  await client.updateData(did, key, (data) => {
    data.services[id] = { type, endpoint };
    return data;
  });
  return `${did}#${id}`;
}

async function main() {
  const plc = await TestPlc.create({});
  const pdsPort = Number(process.env.PDS_PORT);
  const bsky = await TestBsky.create({
    plcUrl: plc.url,
    pdsPort,
    repoProvider: `ws://localhost:${pdsPort}`,
    dbPostgresUrl: process.env.DB_POSTGRES_URL,
    dbPostgresSchema: "appview",
    redisHost: "127.0.0.1:1",
    labelsFromIssuerDids: [],
    modServiceDid: "did:example:nobody",
    rolodexIgnoreBadTls: true,
  });
  const pds = await TestPds.create({
    port: pdsPort,
    didPlcUrl: plc.url,
    bskyAppViewUrl: bsky.url,
    bskyAppViewDid: bsky.ctx.cfg.serverDid,
  });
  mockNetworkUtilities(pds, bsky);
  const chat = await named(plc, "bsky_chat", "BskyChatService", process.env.CHAT_URL);
  console.log(JSON.stringify({ pds: pds.url, chat }));
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
