// Runs cases through @simplewebauthn/server. Reads cases as JSON, one a line, and writes one answer
// a line: an empty object if the case is accepted, the message of the library in `refused`, or in
// `lacks` the setting that the library does not have.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  SettingsService,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";

const FORMATS = ["android-key", "android-safetynet", "apple", "compound", "fido-u2f", "packed", "tpm"];

const RealDate = Date;

// The library reads the clock, so the clock shows the time of the case.
function setClock(now) {
  const time = now == null ? RealDate.now() : RealDate.parse(now);
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      super(...(parts.length === 0 ? [time] : parts));
    }
    static now() {
      return time;
    }
  };
}

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));

function setAnchors(item) {
  for (const format of FORMATS) {
    const anchors = item.anchors_by_format?.[format] ?? item.trust_anchors;
    SettingsService.setRootCertificates({ identifier: format, certificates: anchors.map(bytes) });
  }
}

function lacks(item) {
  if (item.registration) {
    return item.needs.find((need) => /frames|pages that may frame/.test(need));
  }
  if (item.needs.includes("refusing frames")) {
    let claims;
    try {
      claims = JSON.parse(Buffer.from(item.response.response.clientDataJSON, "base64url"));
    } catch {
      return undefined;
    }
    return claims.topOrigin === undefined ? "refusing unnamed pages that frame" : undefined;
  }
  return undefined;
}

async function verify(item) {
  const expected = {
    response: item.response,
    expectedChallenge: item.challenge,
    expectedOrigin: item.origins,
    expectedRPID: item.rp_id,
    requireUserVerification: item.user_verification === "required",
  };
  if (item.registration) {
    setAnchors(item);
    return verifyRegistrationResponse({
      ...expected,
      requireUserPresence: item.mediation !== "conditional",
      ...(item.algorithms === null ? {} : { supportedAlgorithmIDs: item.algorithms }),
    });
  }
  return verifyAuthenticationResponse({
    ...expected,
    ...(item.top_origins == null ? {} : { expectedTopOrigin: item.top_origins }),
    credential: {
      id: item.credential.id,
      publicKey: bytes(item.credential.public_key),
      counter: item.credential.sign_count,
    },
  });
}

async function answer(item) {
  const missing = lacks(item);
  if (missing !== undefined) {
    return { lacks: missing };
  }
  setClock(item.now);
  try {
    const { verified } = await verify(item);
    return verified ? {} : { refused: "not verified" };
  } catch (error) {
    return { refused: String(error?.message ?? error) };
  }
}

if (process.argv[2] === "--version") {
  const path = new URL("../node_modules/@simplewebauthn/server/package.json", import.meta.url);
  console.log(JSON.parse(readFileSync(path)).version);
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}
